package main

import (
	"fmt"
	"net/netip"
	"strings"
)

// parseNetworks reads networks, such as 10.1.0.0/16, or single addresses, with
// commas between them.
func parseNetworks(s string) (out []netip.Prefix, err error) {
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			a, single := netip.ParseAddr(part)
			if single != nil || a.Zone() != "" {
				return nil, fmt.Errorf("%q is no network: it looks like 10.1.0.0/16", part)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
