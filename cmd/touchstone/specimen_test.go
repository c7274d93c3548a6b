package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
)

// specimen runs the command in an empty folder and gives what it wrote there.
func specimen(t *testing.T, args ...string) (code int, files []string, dir, out, complaint string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "new", "folder")
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), append([]string{"specimen", "--out", dir}, args...), streams{strings.NewReader(""), &stdout, &stderr})
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		files = append(files, e.Name())
	}
	return code, files, dir, stdout.String(), stderr.String()
}

// TestSpecimenWritesPicturesWithTruth sees that the files are named, listed,
// and true.
func TestSpecimenWritesPicturesWithTruth(t *testing.T) {
	code, files, dir, out, complaint := specimen(t, "--format", "td3", "--fault", "date-of-birth-digit", "--count", "2", "--seed", "5")
	if code != exitOK || complaint != "" {
		t.Fatalf("exit %d, %s", code, complaint)
	}
	want := []string{
		"td3-date-of-birth-digit-5.jpg", "td3-date-of-birth-digit-5.json",
		"td3-date-of-birth-digit-6.jpg", "td3-date-of-birth-digit-6.json",
	}
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Fatalf("files are %v; want %v", files, want)
	}
	for _, f := range files {
		if !strings.Contains(out, filepath.Join(dir, f)+"\n") {
			t.Errorf("%s is not listed in %q", f, out)
		}
	}
	picture, err := os.ReadFile(filepath.Join(dir, "td3-date-of-birth-digit-5.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "td3-date-of-birth-digit-5.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth fixtures.Truth
	if err := json.Unmarshal(text, &truth); err != nil {
		t.Fatal(err)
	}
	if truth.SHA256 != pipeline.DigestOf(sha256.Sum256(picture)) || truth.ExpectedCheck != "MRZ-04" || truth.Seed != 5 || len(truth.Lines) != 2 {
		t.Errorf("the truth is %s", text)
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil || size.Width != truth.Width || size.Height != truth.Height {
		t.Errorf("the picture is %dx%d, %v; its truth says %dx%d", size.Width, size.Height, err, truth.Width, truth.Height)
	}
}

// TestSpecimenNamesDiffer sees that no choice of flags writes two pictures
// under one name, and that a format without a back is passed over among others.
func TestSpecimenNamesDiffer(t *testing.T) {
	code, files, _, out, complaint := specimen(t, "--format", "all", "--side", "back", "--capture", "phone")
	if code != exitOK {
		t.Fatalf("exit %d, %s", code, complaint)
	}
	want := []string{"td1-none-back-phone-1.jpg", "td1-none-back-phone-1.json", "td2-none-back-phone-1.jpg", "td2-none-back-phone-1.json"}
	if !slices.Equal(files, want) {
		t.Errorf("files are %v; want %v", files, want)
	}
	if n := strings.Count(out, "\n"); n != len(files) {
		t.Errorf("%d lines for %d files", n, len(files))
	}
}

// TestSpecimenSpecs counts what is asked for without drawing it.
func TestSpecimenSpecs(t *testing.T) {
	for name, tt := range map[string]struct {
		cmd  specimenCmd
		want int
	}{
		"one":                     {specimenCmd{Format: "td3", Fault: "none", Count: 1, Side: "zone"}, 1},
		"both sides of one side":  {specimenCmd{Format: "td3", Fault: "none", Count: 1, Side: "both"}, 1},
		"both sides of two":       {specimenCmd{Format: "td1", Fault: "none", Count: 3, Side: "both"}, 6},
		"all faults of a visa":    {specimenCmd{Format: "mrva", Fault: "all", Count: 1, Side: "zone"}, 10},
		"all faults of TD3":       {specimenCmd{Format: "td3", Fault: "all", Count: 1, Side: "zone"}, 12},
		"composite of all":        {specimenCmd{Format: "all", Fault: "composite-digit", Count: 1, Side: "zone"}, 3},
		"everything there can be": {specimenCmd{Format: "all", Fault: "all", Count: 2, Side: "both"}, 2 * (10*2 + 11*2 + 12 + 10 + 10)},
	} {
		specs, err := tt.cmd.specs()
		if err != nil || len(specs) != tt.want {
			t.Errorf("%s: %d specimens, %v; want %d", name, len(specs), err, tt.want)
		}
		seen := map[string]bool{}
		for _, s := range specs {
			if n := tt.cmd.name(s); seen[n] {
				t.Errorf("%s: two specimens are named %s", name, n)
			} else {
				seen[n] = true
			}
		}
	}
}

// TestSpecimenRefuses sees that wrong usage says what is wrong and writes
// nothing.
func TestSpecimenRefuses(t *testing.T) {
	for say, args := range map[string][]string{
		"a fault is one of none":                       {"--fault", "no-such"},
		"--format must be one of":                      {"--format", "td9"},
		"mrva cannot have the fault composite-digit":   {"--format", "mrva", "--fault", "composite-digit"},
		"td3 has no back":                              {"--format", "td3", "--side", "back"},
		"--count must be 1 or more":                    {"--count", "0"},
		"--capture must be one of":                     {"--capture", "fax"},
		"td1 cannot have the fault personal-number-di": {"--format", "td1", "--fault", "personal-number-digit"},
	} {
		code, files, _, _, complaint := specimen(t, args...)
		if code != exitProblem || len(files) > 0 || !strings.Contains(complaint, say) {
			t.Errorf("%v: exit %d, files %v, says %q; want %q", args, code, files, complaint, say)
		}
	}
}

// TestSpecimenHelp sees that the help names every fault.
func TestSpecimenHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"specimen", "--help"}, streams{strings.NewReader(""), &stdout, &stderr}); code != exitOK {
		t.Fatalf("exit %d, %s", code, stderr.String())
	}
	for _, f := range fixtures.Faults() {
		if !strings.Contains(stdout.String(), string(f)) {
			t.Errorf("the help does not name %s", f)
		}
	}
}
