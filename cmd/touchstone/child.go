package main

import (
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"touchstone.internal/checks"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/ocr"
	"touchstone.internal/pipeline/prepare"
	"touchstone.internal/workers/sandbox"
)

// childCmd reads one document and ends. It is started by newPool alone.
type childCmd struct{}

// Run loads what reading needs, locks itself in and answers one request.
func (childCmd) Run() error {
	return sandbox.Serve(func() (sandbox.Handler, error) {
		reader, err := ocr.New()
		if err != nil {
			return nil, err
		}
		all, engine := checks.All(), engineVersion()
		return func(raw []byte, h sandbox.Header) (pipeline.Report, pipeline.Rendition) {
			in := prepare.Prepare(raw, prepare.Job{Digest: h.Digest, AsOf: h.AsOf, Capture: h.Capture}, reader)
			report := pipeline.Screen(in, all, pipeline.Deviations, pipeline.Rules, engine)
			if len(in.Pages) == 0 {
				return report, pipeline.Rendition{}
			}
			return report, prepare.Upright(in.Pages[0])
		}, nil
	})
}

// engineVersion names everything that can change an answer: a report that
// carries the same versions can be made again byte for byte.
func engineVersion() string {
	build := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				build = s.Value
			}
		}
	}
	return fmt.Sprintf("touchstone %s; %s; tesseract %s", build, runtime.Version(), ocr.Version())
}

// childTimeout is the wall time after which a child is killed. Its own bound is ten
// seconds of processor time, which a busy machine spreads over more; reading
// takes under one. A page that needs more goes to a person.
const childTimeout = 20 * time.Second

// newPool keeps children of this very program ready.
func newPool(size int, log *slog.Logger) (*sandbox.Pool, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program's own file: %w", err)
	}
	return sandbox.NewPool(sandbox.Config{Exe: exe, Args: []string{"child"}, Size: size, Timeout: childTimeout, Log: log})
}
