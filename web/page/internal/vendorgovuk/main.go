// Command vendorgovuk takes the two built files of an unpacked govuk-frontend
// npm package and writes them, without the brand of GOV.UK, where the desk
// embeds them. It runs by hand when the version changes; no build needs it:
//
//	npm pack govuk-frontend@6.6.0 && tar xzf govuk-frontend-6.6.0.tgz
//	go run ./web/page/internal/vendorgovuk package web/page/assets
//
// The typeface and the arms may be used on GOV.UK alone, so the tool fails if
// either survives.
package main

import (
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// stack replaces the typeface; it costs no bytes.
const stack = `"Helvetica Neue",Helvetica,Arial,sans-serif`

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: vendorgovuk PACKAGE_FOLDER ASSET_FOLDER")
	}
	if err := vendor(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func vendor(from, to string) error {
	var sums strings.Builder
	for name, patch := range map[string]func(string) (string, error){
		"govuk-frontend.min.css": unbrand,
		"govuk-frontend.min.js":  func(s string) (string, error) { return sourceMap.ReplaceAllString(s, ""), nil },
	} {
		raw, err := os.ReadFile(filepath.Join(from, "dist", "govuk", name)) //nolint:gosec // the folder that its user names
		if err != nil {
			return fmt.Errorf("read package: %w", err)
		}
		out, err := patch(string(raw))
		if err != nil {
			return fmt.Errorf("patch %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(to, name), []byte(out), 0o600); err != nil { //nolint:gosec // the folder that its user names
			return fmt.Errorf("write asset: %w", err)
		}
		fmt.Fprintf(&sums, "%s: upstream sha256 %x\n", name, sha256.Sum256(raw))
	}
	fmt.Print(sums.String())
	return nil
}

var (
	sourceMap = regexp.MustCompile(`(?:/\*|//)# sourceMappingURL=[^\n]*\n?`)
	fontFace  = regexp.MustCompile(`@font-face\{[^}]*\}`)
	fontNote  = regexp.MustCompile(`(?s)/\*! Copyright[^*]*\*/`)
	logoRule  = regexp.MustCompile(`[^{}]*\.govuk-footer__copyright-logo:before\{[^}]*\}`)
)

// unbrand takes typeface, its note and the arms out of the style sheet.
func unbrand(css string) (string, error) {
	css = sourceMap.ReplaceAllString(css, "")
	css = fontNote.ReplaceAllString(fontFace.ReplaceAllString(css, ""), "")
	css = logoRule.ReplaceAllString(css, "")
	css = strings.ReplaceAll(css, "GDS Transport,arial,sans-serif", stack)
	for _, gone := range []string{"GDS Transport", "crest", "@font-face", "url("} {
		if strings.Contains(css, gone) {
			return "", fmt.Errorf("%q is still in it", gone)
		}
	}
	return css, nil
}
