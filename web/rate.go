package web

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// How often an account, and an address, may ask in a minute. An office stands
// behind one address.
const (
	accountRate = 1200
	addressRate = 6000
	costlyRate  = 60 // what is costly, by the pages: much more than anybody types
	rateWindow  = time.Minute
)

// costly are the actions whose forms store, screen or look through much.
var costly = []policy.Action{policy.Upload, policy.Search} //nolint:gochecknoglobals // a table, never written

// rates counts requests by who sends them, on this desk: of several desks each
// lets through as much.
type rates struct {
	now                      func() time.Time
	account, address, costly int
	mu                       sync.Mutex
	seen                     map[string]attempts
}

func newRates(now func() time.Time) *rates {
	return &rates{now: now, account: accountRate, address: addressRate, costly: costlyRate, seen: map[string]attempts{}}
}

// rate is how a limit stands: what is left, and when it begins again.
type rate struct {
	name        string
	limit, left int
	begins      time.Duration
}

// count adds a request and tells how the limit stands; left is below 0 if it is
// used up.
func (l *rates) count(name, who string, limit int) rate {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, key := l.now(), name+"|"+who
	a := l.seen[key]
	if !now.Before(a.until) {
		if len(l.seen) >= maxRemembered {
			clear(l.seen) // everybody begins anew: better than to refuse those who do no harm
		}
		a = attempts{until: now.Add(rateWindow)}
	}
	a.count++
	l.seen[key] = a
	return rate{name, limit, limit - a.count, a.until.Sub(now)}
}

// paced lets an account send no more forms of a costly kind than it may.
func (s *server) paced(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		near := s.rates.count("costly", who.Name, s.rates.costly)
		if near.left >= 0 {
			return h(w, r, who)
		}
		p := problemTooMany(fmt.Sprintf("Too much was sent in a short time, and this was not kept. Wait %d seconds and send it again", int(math.Ceil(near.begins.Seconds()))))
		p.retry = near.begins
		return p
	}
}

// limit counts a request for its address and its account, tells the client how
// the nearer limit stands, and refuses what is beyond.
func (s *server) limit(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	near := s.rates.count("address", addressOf(r.RemoteAddr), s.rates.address)
	if who.Name != "" {
		if a := s.rates.count("account", who.Name, s.rates.account); a.left < near.left {
			near = a
		}
	}
	seconds := int(math.Ceil(near.begins.Seconds()))
	w.Header().Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%d;w=%d`, near.name, near.limit, int(rateWindow.Seconds())))
	w.Header().Set("RateLimit", fmt.Sprintf(`"%s";r=%d;t=%d`, near.name, max(0, near.left), seconds))
	if near.left >= 0 {
		return nil
	}
	p := problemTooMany("Too many requests in a short time. Wait for the time in the Retry-After header")
	p.retry = near.begins
	return p
}
