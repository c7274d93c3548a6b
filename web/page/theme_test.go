package page

import (
	"bytes"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestColoursAreTokens keeps colours out of rules, where no theme could reach
// them, and gives each of them a dark one.
func TestColoursAreTokens(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile("assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	root := regexp.MustCompile(`(?s):root\{(.*?)\}`)
	app, dark := read("app.css"), read("dark.css")
	for _, m := range regexp.MustCompile(`[^\n]*#[0-9a-f]{3,8}\b[^\n]*`).FindAllString(root.ReplaceAllString(app, ""), -1) {
		t.Errorf("a colour stands outside of :root, where no theme reaches it: %s", m)
	}
	light := root.FindAllStringSubmatch(app, -1)
	if len(light) != 2 {
		t.Fatalf("there are %d lists of tokens; want those of the screen and those of the picture", len(light))
	}
	set := root.FindStringSubmatch(dark)[1]
	const same = "--govuk-brand-colour --app-brand --app-on-brand --app-focus --app-focus-ink --app-ring --app-stage --app-mark --app-mark-ink"
	for _, m := range regexp.MustCompile(`(--[a-z-]+):#`).FindAllStringSubmatch(light[0][1], -1) {
		if !strings.Contains(set, m[1]+":") && !strings.Contains(" "+same+" ", " "+m[1]+" ") {
			t.Errorf("%s has no dark colour", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(--[a-z-]+):#`).FindAllStringSubmatch(light[1][1], -1) {
		if strings.Contains(set, m[1]+":") {
			t.Errorf("%s is drawn on the picture, which has no dark colours", m[1])
		}
	}
}

// tokens reads the colours of a style sheet.
func tokens(t *testing.T, css string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("assets/" + css)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(--[a-z-]+):(#[0-9a-f]+)`).FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = m[2]
	}
	return out
}

// contrast is that of WCAG 2.2 between two colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(c string) float64 {
		c = strings.TrimPrefix(c, "#")
		if len(c) == 3 {
			c = string([]byte{c[0], c[0], c[1], c[1], c[2], c[2]})
		}
		n, err := strconv.ParseUint(c, 16, 32)
		if err != nil {
			t.Fatalf("colour %q: %v", c, err)
		}
		part := func(v uint64) float64 {
			f := float64(v&0xff) / 255
			if f <= .04045 {
				return f / 12.92
			}
			return math.Pow((f+.055)/1.055, 2.4)
		}
		return .2126*part(n>>16) + .7152*part(n>>8) + .0722*part(n)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// TestContrast of the colours that axe cannot see, such as those of a state that
// no example is in: text at least 4.5 (WCAG 1.4.3), lines at least 3 (1.4.11).
func TestContrast(t *testing.T) {
	light, dark := tokens(t, "app.css"), tokens(t, "app.css")
	maps.Copy(dark, tokens(t, "dark.css"))
	for theme, c := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, pair := range []struct {
			ink, paper string
			least      float64
		}{
			{"--app-ink", "--app-paper", 7},
			{"--app-ink", "--app-soft", 4.5},
			{"--app-ink", "--app-hover", 4.5},
			{"--app-ink", "--app-button", 4.5},
			{"--app-ink", "--app-button-hover", 4.5},
			{"--app-quiet", "--app-paper", 4.5},
			{"--app-quiet", "--app-soft", 4.5},
			{"--app-link", "--app-paper", 4.5},
			{"--app-link", "--app-nav-bg", 4.5},
			{"--app-link-hover", "--app-paper", 4.5},
			{"--app-brand-ink", "--app-paper", 4.5},
			{"--app-brand-ink", "--app-hover", 4.5},
			{"--app-on-brand", "--app-brand", 4.5},
			{"--app-focus-ink", "--app-focus", 4.5},
			{"--app-ink", "--app-bad-bg", 4.5},
			{"--app-ink", "--app-warn-bg", 4.5},
			{"--app-ink", "--app-ok-bg", 4.5},
			{"--app-mark-ink", "--app-mark", 4.5},
			{"--app-bad", "--app-paper", 4.5},
			{"--app-bad", "--app-bad-bg", 3},
			{"--app-warn", "--app-warn-bg", 3},
			{"--app-ok", "--app-ok-bg", 3},
			{"--app-edge", "--app-paper", 3},
			{"--app-edge", "--app-soft", 3},
			{"--app-zone", "--app-halo", 3},
			{"--app-problem", "--app-halo", 3},
			{"--app-doubt", "--app-halo", 3},
			{"--app-field", "--app-halo", 3},
			{"--app-note", "--app-halo", 3},
			{"--app-problem-ink", "--app-halo", 4.5},
			{"--app-doubt-ink", "--app-halo", 4.5},
			{"--app-frame", "--app-frame-in", 3},
		} {
			if got := contrast(t, c[pair.ink], c[pair.paper]); got < pair.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f; want %v", theme, pair.ink, pair.paper, got, pair.least)
			}
		}
	}
}

// TestTheme: who chose a theme gets it whatever the device asks for, and who did
// not follows the device. Paper is always light.
func TestTheme(t *testing.T) {
	d, server := newDesk(t)
	_ = d
	b := newBrowser(t)
	paper := func() string { return eval[string](t, b, `getComputedStyle(document.body).backgroundColor`) }
	const white, night = "rgb(255, 255, 255)", "rgb(20, 24, 28)"
	for _, tt := range []struct{ example, device, want string }{
		{"home", "light", white}, {"home", "dark", night}, {"home-dark", "light", night}, {"home-light", "dark", white},
	} {
		b.do(t, prefers(tt.device), chromedp.Navigate(server.URL+"/example/"+tt.example))
		if got := paper(); got != tt.want {
			t.Errorf("%s on a %s device is %s; want %s", tt.example, tt.device, got, tt.want)
		}
	}
	b.do(t, printed(true), chromedp.Navigate(server.URL+"/example/home-dark"))
	if got := paper(); got != white {
		t.Errorf("on paper it is %s", got)
	}
}

func TestParseTheme(t *testing.T) {
	for s, ok := range map[string]bool{"": true, "light": true, "dark": true, "auto": false, "DARK": false, "dark;": false} {
		if _, err := ParseTheme(s); (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestUnfold(t *testing.T) {
	for in, want := range map[string]string{
		`<details>`: `<details open>`, `<details class="a" id="b">x`: `<details class="a" id="b" open>x`, `<details class="a" open>`: `<details class="a" open>`,
		`&lt;details&gt;`: `&lt;details&gt;`, `<p>no details</p>`: `<p>no details</p>`,
	} {
		if got := unfold([]byte(in)); !bytes.Equal(got, []byte(want)) {
			t.Errorf("%s: %s; want %s", in, got, want)
		}
	}
}

// TestStylesHaveOneMeaning: a class is styled in one place, so that two parts of
// the desk do not take the same name for different things.
func TestStylesHaveOneMeaning(t *testing.T) {
	files, err := filepath.Glob("assets/*.css")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, file := range files {
		if name := filepath.Base(file); name == "govuk-frontend.min.css" || name == "dark.css" || name == "print.css" {
			continue // what they say is about the others' names
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(\.app-[a-z_-]+)\{`).FindAllStringSubmatch(string(b), -1) {
			if seen[m[1]] != "" {
				t.Errorf("%s is styled twice, in %s and %s", m[1], seen[m[1]], file)
			}
			seen[m[1]] = file
		}
	}
}
