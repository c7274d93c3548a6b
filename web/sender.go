package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// sender finds out whom a request comes from where proxies stand before the desk:
// limits are for people, and behind a proxy all of them would have one address.
// Each proxy adds to X-Forwarded-For whom it has the request from, so the last
// address that is no proxy's is the sender's. What stands before that the sender
// may have written, and it counts for nothing.
func (s *server) sender(next http.Handler) http.Handler {
	if len(s.Proxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			if !s.isProxy(r.RemoteAddr) {
				break
			}
			from, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break // a proxy that does not tell: its own address it is
			}
			r.RemoteAddr = netip.AddrPortFrom(from.WithZone(""), 0).String()
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) isProxy(remote string) bool {
	at, err := netip.ParseAddrPort(remote)
	return err == nil && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(at.Addr().Unmap()) })
}
