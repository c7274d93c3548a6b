package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cheggaaa/pb/v3"
	"golang.org/x/term"

	"touchstone.internal/pipeline"
)

// screenCmd screens files without any server.
type screenCmd struct {
	Paths   []string `arg:"" name:"file" help:"Pictures (JPEG, PNG, WebP), folders of them, or - for standard input."`
	JSON    bool     `help:"Print one JSON object per picture and line, in the order given."`
	Overlay string   `placeholder:"DIR" help:"Write each picture upright with the boxes of its findings into this folder."`
	Capture string   `enum:"C0,C1,C2" default:"C1" help:"How the pictures came to be: C0 copy, C1 photograph of the original, C2 scan." env:"TOUCHSTONE_CAPTURE"`
	AsOf    string   `placeholder:"DATE" help:"Judge dates as of this day (YYYY-MM-DD) instead of today." name:"as-of"`
}

// Help is the long text of `touchstone screen --help`.
func (screenCmd) Help() string {
	return `Exit codes:
  0  no irregularity found in any picture
  1  at least one document should be examined
  2  at least one picture could not be checked, and none should be examined
  3  wrong usage, a file that could not be read, or a fault of the system

Examples:
  touchstone screen passport.jpg
  touchstone screen --json scans/ | jq -r 'select(.outcome=="review_suggested") | .file'
  touchstone screen --overlay out - < passport.jpg`
}

// screened is the answer for one file, in the order in which it was given.
type screened struct {
	File   string
	Result pipeline.ScreenResult
	Err    error
}

// Run screens every file and prints in the order given.
func (c *screenCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	asOf, err := dayOf(c.AsOf, time.Now())
	if err != nil {
		return err
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	if err := c.makeOverlayDir(); err != nil {
		return err
	}
	pool, err := newPool(min(runtime.NumCPU(), len(files)), log) //nolint:contextcheck // it lives until Close
	if err != nil {
		return err
	}
	defer pool.Close()

	job := pipeline.Job{AsOf: asOf, Capture: pipeline.CaptureClass(c.Capture)}
	answers := screenAll(ctx, pool, files, job, std.in)
	print := newPrinter(c.JSON, std)
	bar := newBar(len(files), std.err)
	var tally tally
	for a := range answers {
		bar.Increment()
		if err := c.overlay(a); err != nil {
			return err
		}
		tally.add(a)
		if err := print(a); err != nil {
			return fmt.Errorf("print the answer: %w", err)
		}
	}
	bar.Finish()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !c.JSON {
		fmt.Fprintln(std.err, tally)
	}
	return tally.exit()
}

// dayOf reads a day; an empty one is today.
func dayOf(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return now.UTC().Truncate(24 * time.Hour), nil
	}
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return d, fmt.Errorf("--as-of must be a day such as 2026-11-24")
	}
	return d, nil
}

// files lists what is to be screened: names as typed, folders walked.
func (c *screenCmd) files() ([]string, error) {
	var files []string
	if i := slices.Index(c.Paths, "-"); i >= 0 && slices.Contains(c.Paths[i+1:], "-") {
		return nil, errors.New("standard input can be read once: give - once")
	}
	for _, p := range c.Paths {
		info, err := os.Stat(p)
		if p == "-" || err != nil || !info.IsDir() {
			files = append(files, p) // a missing file is reported in its place
			continue
		}
		err = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && isPictureName(name) {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("list the folder %s: %w", p, err)
		}
	}
	if len(files) == 0 {
		return nil, errors.New("the folder holds no .jpg, .jpeg, .png or .webp file")
	}
	return files, nil
}

func isPictureName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".webp":
		return true
	}
	return false
}

// screenAll screens with one goroutine a core and yields the answers in order.
func screenAll(ctx context.Context, s pipeline.Screener, files []string, job pipeline.Job, stdin io.Reader) <-chan screened {
	slots := make([]chan screened, len(files))
	for i := range slots {
		slots[i] = make(chan screened, 1)
	}
	var next sync.Mutex
	at := 0
	worker := func() {
		for {
			next.Lock()
			i := at
			at++
			next.Unlock()
			if i >= len(files) || ctx.Err() != nil {
				return
			}
			r, err := screenFile(ctx, s, files[i], job, stdin)
			slots[i] <- screened{files[i], r, err}
		}
	}
	for range min(runtime.NumCPU(), len(files)) {
		go worker()
	}
	out := make(chan screened)
	go func() {
		defer close(out)
		for _, slot := range slots {
			select {
			case a := <-slot:
				out <- a
			case <-ctx.Done():
				return // a reader may wait for a pipe for ever
			}
		}
	}()
	return out
}

// screenFile reads one file, at most one byte more than may be uploaded, and
// screens it.
func screenFile(ctx context.Context, s pipeline.Screener, name string, job pipeline.Job, stdin io.Reader) (pipeline.ScreenResult, error) {
	in := stdin
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // the person names the file
		if err != nil {
			return pipeline.ScreenResult{}, err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, pipeline.MaxUploadBytes+1))
	if err != nil {
		return pipeline.ScreenResult{}, err
	}
	job.Digest, job.Size, job.Body = pipeline.DigestOf(sha256.Sum256(raw)), int64(len(raw)), bytes.NewReader(raw)
	if p := refusal(raw); p != pipeline.ProblemNone {
		return pipeline.ScreenResult{Report: pipeline.AbortedReport(job.Digest, job.AsOf, job.Capture, p)}, nil
	}
	return s.Screen(ctx, job)
}

// refusal tells what is wrong with a file without decoding it.
func refusal(raw []byte) pipeline.Problem {
	switch {
	case len(raw) == 0:
		return pipeline.ProblemEmpty
	case len(raw) > pipeline.MaxUploadBytes:
		return pipeline.ProblemTooBig
	}
	if _, ok := pipeline.Sniff(raw[:min(len(raw), pipeline.SniffLen)]); !ok {
		return pipeline.ProblemNotPicture
	}
	return pipeline.ProblemNone
}

// tally counts the answers of a run.
type tally struct{ total, review, clear, unclear, failed int }

func (t *tally) add(a screened) {
	t.total++
	switch {
	case a.Err != nil:
		t.failed++
	case a.Result.Report.Outcome.Conclusion == pipeline.ReviewSuggested:
		t.review++
	case a.Result.Report.Outcome.Conclusion == pipeline.NoIrregularityFound:
		t.clear++
	default:
		t.unclear++
	}
}

// String is the last line of a run.
func (t tally) String() string {
	s := fmt.Sprintf("%d pictures: %d to examine, %d with no irregularity found, %d could not be checked", t.total, t.review, t.clear, t.unclear)
	if t.failed > 0 {
		s += fmt.Sprintf(", %d could not be read from disk", t.failed)
	}
	return strings.Replace(s, "1 pictures", "1 picture", 1)
}

// exit is the exit code as an error, most serious first.
func (t tally) exit() error {
	switch {
	case t.failed > 0:
		return exitError{exitProblem}
	case t.review > 0:
		return exitError{exitReview}
	case t.unclear > 0:
		return exitError{exitUnclear}
	}
	return nil
}

// newBar shows progress where somebody watches: more than one file, and a
// terminal.
func newBar(files int, w io.Writer) *pb.ProgressBar {
	bar := pb.New(files)
	if f, ok := w.(*os.File); ok && files > 1 && term.IsTerminal(int(f.Fd())) {
		return bar.SetWriter(w).Start()
	}
	return bar.SetWriter(io.Discard)
}
