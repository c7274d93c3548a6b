package workers

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// errRefused says that nothing is sent to an address.
var errRefused = errors.New("address not allowed")

// inner are networks that no event is sent to unless they are allowed, beside
// those that package netip knows: of this host, of carriers, for tests and
// documentation, and those that carry an address of IPv4 inside.
//
//nolint:gochecknoglobals // a table, never written
var inner = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
)

func prefixes(all ...string) (out []netip.Prefix) {
	for _, s := range all {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// guard decides which addresses may be reached. It asks after names were
// resolved, so that no name and no way to write a number gets past it, and of
// the very address that is connected to, so that a name cannot change meanwhile.
type guard struct {
	allowed []netip.Prefix
	closed  bool // what is not in allowed is refused, wherever it is
}

// Control is for net.Dialer.
func (g guard) Control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !g.lets(to.Addr()) {
		return errRefused
	}
	return nil
}

// lets tells whether an address may be reached.
func (g guard) lets(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	holds := func(p netip.Prefix) bool { return p.Contains(a) }
	if slices.ContainsFunc(g.allowed, holds) {
		return true
	}
	return !g.closed && a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(inner, holds)
}

// dialer is one that the guard stands before.
func (g guard) dialer() *net.Dialer {
	return &net.Dialer{Timeout: hookTimeout, KeepAlive: -time.Second, Control: g.Control}
}
