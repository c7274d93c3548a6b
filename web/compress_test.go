package web

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// TestCompressed: a page is compressed for who asks from this site and takes it so,
// and reads the same. What another site made the browser ask for is not: from its
// length on the line one could guess what stands in it.
func TestCompressed(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	for _, c := range []struct {
		site, accepts string
		compressed    bool
	}{
		{"same-origin", "gzip, br", true},
		{"none", "gzip", true},
		{"same-origin", "br", false},
		{"same-origin", "gzip;q=0", false},
		{"cross-site", "gzip", false},
		{"same-site", "gzip", false},
		{"", "gzip", false},
	} {
		req := b.request("GET", "/help", nil)
		req.Header.Set("Accept-Encoding", c.accepts)
		if c.site != "" {
			req.Header.Set("Sec-Fetch-Site", c.site)
		}
		a := b.do(req)
		if got := a.header.Get("Content-Encoding") == "gzip"; got != c.compressed {
			t.Errorf("asked from %q by who takes %q: compressed is %v", c.site, c.accepts, got)
			continue
		}
		said := a.body
		if c.compressed {
			z, err := gzip.NewReader(strings.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			if said = string(plain); len(a.body) > len(said)/2 {
				t.Errorf("%d bytes became %d", len(said), len(a.body))
			}
			if z.Comment == "" {
				t.Error("the length is not blurred")
			}
		}
		if !strings.Contains(said, "Single keys work outside of fields") || !strings.HasSuffix(said, "</html>\n") || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("asked from %q: %v", c.site, a.header)
		}
	}
}
