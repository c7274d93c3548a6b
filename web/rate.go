package web

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"touchstone.internal/pipeline"
)

// How often an account, and an address, may ask in a minute. An office stands
// behind one address.
const (
	accountRate = 1200
	addressRate = 6000
	rateWindow  = time.Minute
)

// rates counts requests by who sends them.
type rates struct {
	now              func() time.Time
	account, address int
	mu               sync.Mutex
	seen             map[string]attempts
}

func newRates(now func() time.Time) *rates {
	return &rates{now: now, account: accountRate, address: addressRate, seen: map[string]attempts{}}
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
