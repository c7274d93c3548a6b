package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// contract is what others script against: the names that the README promises.
type contract struct {
	File    string `json:"file"`
	SHA256  string `json:"sha256"`
	Outcome string `json:"outcome"`
	MRZ     *struct {
		Format  string   `json:"format"`
		Lines   []string `json:"lines"`
		Certain bool     `json:"certain"`
	} `json:"mrz"`
	Findings []finding `json:"findings"`
}

type finding struct {
	Check    string           `json:"check"`
	Outcome  string           `json:"outcome"`
	Severity string           `json:"severity"`
	Reason   string           `json:"reason"`
	Boxes    []map[string]any `json:"boxes"`
}

// screenJSON runs `screen --json` and reads its lines.
func screenJSON(t *testing.T, args ...string) (code int, answers []contract) {
	t.Helper()
	code, out, says := touchstone(t, nil, append([]string{"screen", "--json", "--as-of", "2026-11-24"}, args...)...)
	for lines := bufio.NewScanner(strings.NewReader(out)); lines.Scan(); {
		var c contract
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		answers = append(answers, c)
	}
	if len(answers) == 0 {
		t.Fatalf("exit %d and no answer: %s", code, says)
	}
	return code, answers
}

// drawn is a specimen in a file.
type drawn struct {
	file  string
	truth fixtures.Truth
}

// draw draws specimens into a folder, one for each format that has the fault.
func draw(t *testing.T, dir string, faults ...fixtures.Fault) (all []drawn) {
	t.Helper()
	for _, format := range []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB} {
		for _, fault := range faults {
			if !fixtures.Applies(format, fault) {
				continue
			}
			picture, truth, err := fixtures.Picture(format, fault, 11)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, strings.ToLower(string(format))+"-"+string(fault)+".jpg") // whatever it is: the content tells
			if err := os.WriteFile(file, picture, 0o600); err != nil {
				t.Fatal(err)
			}
			all = append(all, drawn{file, truth})
		}
	}
	return all
}

func TestScreenGenuine(t *testing.T) {
	for _, d := range draw(t, t.TempDir(), fixtures.NoFault) {
		t.Run(filepath.Base(d.file), func(t *testing.T) {
			code, answers := screenJSON(t, d.file)
			a := answers[0]
			if code != exitOK || a.Outcome != string(pipeline.NoIrregularityFound) || len(answers) != 1 {
				t.Fatalf("exit %d, outcome %s; want 0 and nothing found", code, a.Outcome)
			}
			if a.MRZ == nil || !a.MRZ.Certain || a.MRZ.Format != string(d.truth.Format) {
				t.Fatalf("zone %+v; want a certain %s", a.MRZ, d.truth.Format)
			}
			if diff := cmp.Diff(d.truth.Lines, a.MRZ.Lines); diff != "" {
				t.Errorf("lines (-printed +read):\n%s", diff)
			}
			if a.File != d.file || len(a.SHA256) != 64 {
				t.Errorf("file %q, digest %q", a.File, a.SHA256)
			}
		})
	}
}

// TestScreenFaults screens every fault in every format that can have it: the
// first reason names the fault.
func TestScreenFaults(t *testing.T) {
	dir := t.TempDir()
	seeded := slices.DeleteFunc(fixtures.Faults(), func(f fixtures.Fault) bool { return f == fixtures.NoFault })
	truths := map[string]fixtures.Truth{}
	for _, d := range draw(t, dir, seeded...) {
		truths[d.file] = d.truth
	}
	code, answers := screenJSON(t, dir)
	if code != exitReview || len(answers) != len(truths) {
		t.Errorf("exit %d for %d answers; want %d for %d", code, len(answers), exitReview, len(truths))
	}
	for _, a := range answers {
		first, want := a.Findings[0], truths[a.File].ExpectedCheck
		if a.Outcome != string(pipeline.ReviewSuggested) || first.Check != want || first.Outcome != string(pipeline.Fail) {
			t.Errorf("%s: outcome %s, first %s %s (%s); want %s to fail", filepath.Base(a.File), a.Outcome, first.Check, first.Outcome, first.Reason, want)
		}
		if len(first.Boxes) == 0 || first.Reason == "" {
			t.Errorf("%s: the first finding has no box or no reason", filepath.Base(a.File))
		}
	}
}

// TestScreenExpired holds that an expired document is lawful: it is said, and
// counts for nothing.
func TestScreenExpired(t *testing.T) {
	dir := t.TempDir()
	if code, _, says := touchstone(t, nil, "specimen", "--out", dir, "--as-of", "2014-11-24"); code != exitOK {
		t.Fatalf("exit %d: %s", code, says)
	}
	code, answers := screenJSON(t, dir)
	said := func(f finding) bool { return f.Check == "MRZ-11" && f.Outcome == string(pipeline.Fail) }
	if code != exitOK || !slices.ContainsFunc(answers[0].Findings, said) {
		t.Errorf("exit %d, findings %+v; want 0 and MRZ-11", code, answers[0].Findings)
	}
}

// TestScreenSameTwice holds that an answer is the same byte for byte.
func TestScreenSameTwice(t *testing.T) {
	file := draw(t, t.TempDir(), fixtures.DateOfBirthDigit)[0].file
	args := []string{"screen", "--json", "--as-of", "2026-11-24", file}
	_, first, _ := touchstone(t, nil, args...)
	_, second, _ := touchstone(t, nil, args...)
	if first != second || first == "" {
		t.Errorf("two answers:\n%s\n%s", first, second)
	}
}

func TestScreenTableAndOverlay(t *testing.T) {
	dir := t.TempDir()
	file := draw(t, dir, fixtures.DateOfBirthDigit)[0].file
	out := filepath.Join(dir, "out")
	code, table, says := touchstone(t, nil, "screen", "--as-of", "2026-11-24", "--overlay", out, file)
	if code != exitReview || !strings.Contains(table, "Moderate indication that this document should be examined") || !strings.Contains(table, "✗ MRZ-04") {
		t.Errorf("exit %d:\n%s", code, table)
	}
	if !strings.Contains(says, "1 picture: 1 to examine") || strings.Contains(says, "\r") {
		t.Errorf("beside the table: %q", says)
	}
	pictures, err := filepath.Glob(filepath.Join(out, "*"))
	if err != nil || len(pictures) != 1 {
		t.Fatalf("overlays %v, %v", pictures, err)
	}
	if info, err := os.Stat(pictures[0]); err != nil || info.Size() < 10_000 {
		t.Errorf("overlay %v, %v", info, err)
	}
}

// TestScreenExitCodes holds the order of the codes: what should be examined
// before what could not be checked, and a fault of the system before both.
func TestScreenExitCodes(t *testing.T) {
	dir := t.TempDir()
	genuine := draw(t, dir, fixtures.NoFault)[0].file
	fault := draw(t, dir, fixtures.DateOfBirthDigit)[0].file
	text := filepath.Join(dir, "text.jpg")
	if err := os.WriteFile(text, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		files []string
		want  int
	}{
		"nothing found":       {[]string{genuine}, exitOK},
		"could not check":     {[]string{genuine, text}, exitUnclear},
		"examine comes first": {[]string{text, genuine, fault}, exitReview},
		"a missing file":      {[]string{fault, filepath.Join(dir, "gone.jpg")}, exitProblem},
	} {
		t.Run(name, func(t *testing.T) {
			code, answers := screenJSON(t, tt.files...)
			var order []string
			for _, a := range answers {
				order = append(order, a.File)
			}
			if code != tt.want || !slices.Equal(order, tt.files) {
				t.Errorf("exit %d for %v; want %d for %v", code, order, tt.want, tt.files)
			}
		})
	}
}

func TestScreenStandardInput(t *testing.T) {
	picture, truth, err := fixtures.Picture(mrz.TD3, fixtures.NoFault, 12)
	if err != nil {
		t.Fatal(err)
	}
	code, out, _ := touchstone(t, bytes.NewReader(picture), "screen", "--json", "-")
	var c contract
	if err := json.Unmarshal([]byte(out), &c); err != nil {
		t.Fatal(err)
	}
	if code != exitOK || c.File != "-" || c.MRZ == nil || !slices.Equal(c.MRZ.Lines, truth.Lines) {
		t.Errorf("exit %d, %+v", code, c)
	}
	if _, err := jpeg.DecodeConfig(bytes.NewReader(picture)); err != nil {
		t.Errorf("the specimen is no JPEG: %v", err)
	}
}
