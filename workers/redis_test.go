package workers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"touchstone.internal/storage/embedded"
)

func TestParseHosts(t *testing.T) {
	cases := map[string]struct {
		address string
		want    several
	}{
		"ports":             {"x://a:1,b:2/main", several{hosts: []string{"a:1", "b:2"}, path: "main"}},
		"default ports":     {"x://a,b/main", several{hosts: []string{"a:9", "b:9"}, path: "main"}},
		"password and base": {"x://:p%40ss,w@a:1,b:2/main?db=3", several{hosts: []string{"a:1", "b:2"}, password: "p@ss,w", path: "main", db: 3}},
		"user":              {"x://u:p@a", several{hosts: []string{"a:9"}, user: "u", password: "p"}},
		"IPv6":              {"x://[::1]:1,[::2]/m", several{hosts: []string{"[::1]:1", "[::2]:9"}, path: "m"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := parseHosts(c.address, "x://", "9")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(several{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOpenRedis(t *testing.T) {
	good := map[string]string{
		"one":      "redis://:secret@host:6379/1",
		"tls":      "rediss://host",
		"socket":   "unix:///run/redis.sock?db=1",
		"sentinel": "redis+sentinel://:secret@a,b/main?db=1",
		"cluster":  "redis+cluster://a:1,b:2,c:3",
	}
	for name, address := range good {
		c, err := OpenRedis(address)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, cluster := c.(*redis.ClusterClient); cluster != (name == "cluster") {
			t.Errorf("%s gives a %T", name, c)
		}
		c.Close()
	}
	bad := map[string]string{
		"scheme":               "http://:secret@host",
		"no master":            "redis+sentinel://:secret@a,b",
		"cluster with a base":  "redis+cluster://:secret@a,b/1",
		"no host":              "redis+cluster://:secret@a,,b",
		"percent":              "redis+cluster://:secret%@a",
		"base that is no base": "redis+sentinel://:secret@a/main?db=x",
		"port":                 "redis://:secret@host:port",
	}
	for name, address := range bad {
		c, err := OpenRedis(address)
		if err == nil {
			t.Errorf("%s is taken", name)
			c.Close()
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error quotes the password: %v", name, err)
		}
	}
}

func FuzzParseHosts(f *testing.F) {
	f.Add("x://:p@a:1,[::1]/main?db=3")
	f.Fuzz(func(t *testing.T, address string) {
		if s, err := parseHosts(address, "x://", "9"); err == nil && len(s.hosts) == 0 {
			t.Error("an address without a host is taken")
		}
	})
}

func TestCheckRedis(t *testing.T) {
	r, err := embedded.StartRedis(t.Context(), t.TempDir(), quietLog())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	c, err := OpenRedis(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := CheckRedis(t.Context(), c); err != nil {
		t.Errorf("our own settings: %v", err)
	}
	for name, value := range map[string]string{"appendonly": "no", "maxmemory-policy": "allkeys-lru"} {
		if err := c.ConfigSet(t.Context(), name, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	err = CheckRedis(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "set appendonly yes") || !strings.Contains(err.Error(), "set maxmemory-policy noeviction") {
		t.Errorf("settings that lose tasks: %v", err)
	}
	r.Stop()
	if err := CheckRedis(t.Context(), c); err == nil {
		t.Error("a server that is gone is well")
	}
}
