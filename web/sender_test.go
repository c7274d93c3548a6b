package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// What a sender writes into the header themselves must never count.
func TestSender(t *testing.T) {
	s := &server{Config: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")}}}
	for name, c := range map[string]struct {
		remote string
		header []string
		want   string
	}{
		"from nowhere near a proxy":         {"192.0.2.1:80", []string{"198.51.100.9"}, "192.0.2.1"},
		"through a proxy":                   {"10.1.0.1:80", []string{"192.0.2.1"}, "192.0.2.1"},
		"through two":                       {"10.1.0.1:80", []string{"192.0.2.1, 10.1.0.2"}, "192.0.2.1"},
		"in two headers":                    {"10.1.0.1:80", []string{"192.0.2.1", "10.1.0.2"}, "192.0.2.1"},
		"with one made up before":           {"10.1.0.1:80", []string{"198.51.100.9, 192.0.2.1"}, "192.0.2.1"},
		"with a proxy made up before":       {"10.1.0.1:80", []string{"10.1.0.9, 192.0.2.1"}, "192.0.2.1"},
		"from a proxy itself":               {"10.1.0.1:80", nil, "10.1.0.1"},
		"with what is no address":           {"10.1.0.1:80", []string{"192.0.2.1, unknown"}, "10.1.0.1"},
		"of version 6":                      {"[fd00::1]:80", []string{"2001:db8:1:2::9"}, "2001:db8:1:2::/64"},
		"of version 4 written in 6":         {"[::ffff:10.1.0.1]:80", []string{"192.0.2.1"}, "192.0.2.1"},
		"an inner network that is no proxy": {"10.2.0.1:80", []string{"192.0.2.1"}, "10.2.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.remote, c.header
		got := ""
		s.sender(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = addressOf(r.RemoteAddr) })).ServeHTTP(nil, r)
		if got != c.want {
			t.Errorf("%s: %s; want %s", name, got, c.want)
		}
	}
}
