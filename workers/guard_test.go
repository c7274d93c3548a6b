package workers

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"touchstone.internal/pipeline"
)

func TestGuard(t *testing.T) {
	open, some := guard{}, guard{allowed: prefixes("10.1.0.0/16", "::1/128")}
	closed := guard{allowed: some.allowed, closed: true}
	for address, want := range map[string][3]bool{ // of open, some and closed
		"8.8.8.8": {true, true, false}, "2606:4700::1111": {true, true, false}, "::ffff:8.8.8.8": {true, true, false},
		"10.1.2.3": {false, true, true}, "::ffff:10.1.2.3": {false, true, true}, "::1": {false, true, true},
		"10.2.0.1": {}, "172.16.0.1": {}, "172.31.255.255": {}, "192.168.1.1": {}, "127.0.0.1": {}, "127.9.9.9": {},
		"0.0.0.0": {}, "0.1.2.3": {}, "169.254.169.254": {}, "100.64.0.1": {}, "192.0.0.192": {}, "198.18.0.1": {},
		"224.0.0.1": {}, "240.0.0.1": {}, "255.255.255.255": {}, "192.0.2.1": {},
		"::": {}, "::ffff:127.0.0.1": {}, "::ffff:169.254.169.254": {}, "::127.0.0.1": {}, "fe80::1": {}, "fe80::1%eth0": {}, "fc00::1": {}, "fd00:ec2::254": {},
		"ff02::1": {}, "64:ff9b::7f00:1": {}, "2002:7f00:1::": {}, "2001::1": {}, "fec0::1": {}, "2001:db8::1": {},
		"172.32.0.1": {true, true, false}, "172.15.0.1": {true, true, false}, "100.128.0.1": {true, true, false},
	} {
		for i, g := range []guard{open, some, closed} {
			if got := g.Control("tcp", net.JoinHostPort(address, "443"), nil) == nil; got != want[i] {
				t.Errorf("%s by guard %d: %v", address, i, got)
			}
		}
	}
	if open.Control("tcp", "no address", nil) == nil {
		t.Error("what is no address passes")
	}
}

// names is a name server for which every name is at one address; it gives the
// resolver that asks it.
func names(t *testing.T, at netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			q := m.Questions[0]
			if q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.AResource{A: at.As4()},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// TestGuardDials: however this host is written, no connection reaches it, unless
// it is allowed.
func TestGuardDials(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	go http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) })) //nolint:errcheck // until the test ends
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	try := func(g guard, host string, r *net.Resolver) string {
		d := g.dialer()
		d.Resolver = r
		client := hookClient(d)
		p := &postman{poster: poster{https: client, http: client, now: time.Now}}
		status, _ := p.try(t.Context(), pipeline.Outgoing{URL: "http://" + host + ":" + port + "/", Secret: pipeline.NewHookSecret()})
		return status
	}
	inside := names(t, netip.MustParseAddr("127.0.0.1"))
	for host, r := range map[string]*net.Resolver{
		"localhost": nil, "127.0.0.1": nil, "127.1": nil, "2130706433": nil, "0x7f000001": nil, "017700000001": nil, "0.0.0.0": nil,
		"[::1]": nil, "[::]": nil, "[::ffff:127.0.0.1]": nil, "[::ffff:7f00:1]": nil, "rebound.example": inside,
	} {
		if status := try(guard{}, host, r); status != pipeline.HookRefused && status != pipeline.HookNoAnswer {
			t.Errorf("%s: %s", host, status)
		}
	}
	for _, host := range []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]"} {
		if status := try(guard{}, host, nil); status != pipeline.HookRefused {
			t.Errorf("%s: %s; want that it is refused", host, status)
		}
	}
	if status := try(guard{}, "rebound.example", inside); status != pipeline.HookRefused {
		t.Errorf("a name of this host: %s", status)
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d connections reached this host", n)
	}
	if status := try(guard{allowed: prefixes("127.0.0.0/8"), closed: true}, "rebound.example", inside); status != "200" || reached.Load() != 1 {
		t.Errorf("an allowed address: %s", status)
	}
}
