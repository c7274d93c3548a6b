package casework_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSeedRows: the list of sentences names tests that are there, and each row once.
func TestSeedRows(t *testing.T) {
	b, err := os.ReadFile("testdata/seed.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			t.Fatalf("%q has %d cells, want 4", line, len(cells))
		}
		row, packages := strings.TrimSpace(cells[0]), strings.Fields(cells[2])
		if seen[row] || strings.TrimSpace(cells[1]) == "" {
			t.Errorf("%s is there twice, or says nothing", row)
		}
		seen[row] = true
		for test := range strings.FieldsSeq(cells[3]) {
			there := slices.ContainsFunc(packages, func(p string) bool { return has(t, p, test) })
			if !there {
				t.Errorf("%s: there is no %s in %v", row, test, packages)
			}
		}
	}
	for n := 1; n <= 31; n++ {
		if row := fmt.Sprint("S", n); !seen[row] {
			t.Errorf("%s is missing", row)
		}
	}
}

// has tells whether a package has a test.
func has(t *testing.T, folder, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`(?m)^func ` + test + `\(`)
	return slices.ContainsFunc(files, func(f string) bool {
		b, err := os.ReadFile(f)
		return err == nil && form.Match(b)
	})
}
