package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net"
	"net/netip"
	"sync"
	"time"
)

// The throttle: after so many failures within the window, wait for its end. An
// address may fail more often than an account on it, since a whole office can
// stand behind one; and so may an account from everywhere. Who knows names could
// shut others out that way, so a device or an address on which the account has
// signed in before does not wait for what happens elsewhere.
const (
	accountFailures  = 5
	anywhereFailures = 50
	addressFailures  = 100
	throttleWindow   = 5 * time.Minute
	// trustFor is how long an address is known for an account.
	trustFor = 30 * 24 * time.Hour
)

// maxRemembered bounds what throttle and cache keep.
const maxRemembered = 10_000

// throttle slows guessing down.
type throttle struct {
	now     func() time.Time
	mu      sync.Mutex
	seen    map[string]attempts
	trusted map[string]time.Time // until when, by account and address
}

type attempts struct {
	count int
	until time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, seen: map[string]attempts{}, trusted: map[string]time.Time{}}
}

// origin is for which account and from where somebody tries.
type origin struct {
	account, address string
	device           string // token of a device that the account has signed in on; empty if it is none
}

// bound is a key and how often it may fail.
type bound struct {
	key      string
	failures int
}

// bounds are what an attempt counts for.
func (t *throttle) bounds(o origin) []bound {
	if o.account == "" { // a token
		return []bound{{"address|" + o.address, addressFailures}}
	}
	if o.device != "" {
		return []bound{{o.account + "|device|" + o.device, accountFailures}}
	}
	all := []bound{{o.account + "|" + o.address, accountFailures}, {"address|" + o.address, addressFailures}}
	if !t.now().Before(t.trusted[o.account+"|"+o.address]) {
		all = append(all, bound{o.account + "|anywhere", anywhereFailures})
	}
	return all
}

// begin counts an attempt before it is looked at, so that many at once are no
// way round, or tells how long to wait.
func (t *throttle) begin(o origin) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait := t.wait(o); wait > 0 {
		return wait
	}
	for _, b := range t.bounds(o) {
		t.count(b.key)
	}
	return 0
}

// blocked tells how long to wait, without counting anything.
func (t *throttle) blocked(o origin) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wait(o)
}

func (t *throttle) wait(o origin) (longest time.Duration) {
	for _, b := range t.bounds(o) {
		if a := t.seen[b.key]; a.count >= b.failures {
			longest = max(longest, a.until.Sub(t.now()))
		}
	}
	return longest
}

// count adds an attempt. The window runs from the last one.
func (t *throttle) count(key string) {
	now := t.now()
	a := t.seen[key]
	if !now.Before(a.until) {
		a = attempts{}
	}
	if len(t.seen) >= maxRemembered {
		t.prune(now)
	}
	t.seen[key] = attempts{count: a.count + 1, until: now.Add(throttleWindow)}
}

// prune forgets what is over; if nothing is, everything.
func (t *throttle) prune(now time.Time) {
	for k, a := range t.seen {
		if !now.Before(a.until) {
			delete(t.seen, k)
		}
	}
	if len(t.seen) >= maxRemembered {
		clear(t.seen)
	}
}

// succeed forgets the failures of the account there, and knows the place. Of
// those of the address and from everywhere it takes back only the attempt
// itself, or one account of one's own would be enough to go on guessing.
func (t *throttle) succeed(o origin) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, b := range t.bounds(o) {
		if a := t.seen[b.key]; i == 0 {
			delete(t.seen, b.key)
		} else if a.count > 0 {
			a.count--
			t.seen[b.key] = a
		}
	}
	if len(t.trusted) >= maxRemembered {
		clear(t.trusted)
	}
	t.trusted[o.account+"|"+o.address] = t.now().Add(trustFor)
}

// addressOf gives the network address of a client: the whole of IPv4, and of
// IPv6 the 64 bits that one household has. It trusts no header.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	ip = ip.Unmap()
	if ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// knownFor is how long a client of the API is spared the hashing.
const knownFor = time.Minute

// knownPasswords remembers, by a keyed hash of all that matters, which
// passwords were right a moment ago. The key never leaves memory.
type knownPasswords struct {
	now   func() time.Time
	key   [32]byte
	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time
}

func newKnownPasswords(now func() time.Time) *knownPasswords {
	k := &knownPasswords{now: now, until: map[[sha256.Size]byte]time.Time{}}
	_, _ = rand.Read(k.key[:]) // never fails
	return k
}

// sum covers the stored hash, so that a changed password counts at once.
func (k *knownPasswords) sum(stored, password string) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, k.key[:])
	h.Write([]byte(stored + "\x00" + password))
	h.Sum(sum[:0])
	return sum
}

func (k *knownPasswords) has(stored, password string) bool {
	sum := k.sum(stored, password)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now().Before(k.until[sum])
}

func (k *knownPasswords) add(stored, password string) {
	sum := k.sum(stored, password)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.until) >= maxRemembered {
		clear(k.until)
	}
	k.until[sum] = k.now().Add(knownFor)
}

// quota bounds how many of a thing there are at a time, in all and for each
// account.
type quota struct {
	max, each int
	mu        sync.Mutex
	total     int
	by        map[string]int
}

func newQuota(all, each int) *quota { return &quota{max: all, each: each, by: map[string]int{}} }

// take gives false if there is none left.
func (q *quota) take(account string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.total >= q.max || q.by[account] >= q.each {
		return false
	}
	q.total++
	q.by[account]++
	return true
}

// give returns one that was taken.
func (q *quota) give(account string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.total--
	if q.by[account]--; q.by[account] == 0 {
		delete(q.by, account)
	}
}

// taken is how many there are.
func (q *quota) taken() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.total
}
