package main

import (
	"net/netip"
	"slices"
	"testing"
)

func TestParseNetworks(t *testing.T) {
	got, err := parseNetworks(" 10.1.2.3/16, 127.0.0.1,,fd00::/8 ")
	want := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("fd00::/8")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, s := range []string{"localhost", "10.0.0.0/33", "10.0.0", "fe80::1%eth0"} {
		if _, err := parseNetworks(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}
