package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// TestMain is also the child.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "child":
			exit(Serve(func() (Handler, error) { return handle, nil }))
		case "child-open": // not locked in: shows that the attacks work
			exit(serveOne(os.Stdin, os.Stdout, handle))
		case "child-without-data":
			exit(Serve(func() (Handler, error) { return nil, errors.New("language data is missing") }))
		case "child-that-writes": // raw bytes as the answer
			exit(echo())
		}
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// echo reads a request and answers with its picture, as it is.
func echo() error {
	if _, err := os.Stdout.Write([]byte{readyMark}); err != nil {
		return err
	}
	_, raw, err := readRequest(os.Stdin)
	if err == nil {
		_, err = os.Stdout.Write(raw)
	}
	return err
}

// What the test's handler answers.
const (
	refused   = pipeline.ProblemCorrupt
	succeeded = pipeline.ProblemTooBig
)

// handle does what the picture says.
func handle(raw []byte, h Header) (pipeline.Report, pipeline.Rendition) {
	say := func(p pipeline.Problem) pipeline.Report {
		return pipeline.AbortedReport(h.Digest, h.AsOf, h.Capture, p)
	}
	order := string(raw)
	if attack, ok := either(order); ok {
		if attack() != nil {
			return say(refused), pipeline.Rendition{}
		}
		return say(succeeded), pipeline.Rendition{}
	}
	switch order {
	case "panic":
		panic("the reader broke")
	case "segmentation fault":
		if err := syscall.Kill(os.Getpid(), syscall.SIGSEGV); err != nil { // not even itself
			return say(refused), pipeline.Rendition{}
		}
	case "exit":
		os.Exit(0)
	case "another digest":
		h.Digest = pipeline.DigestOf(sha256.Sum256([]byte("something else")))
	case "another day":
		h.AsOf = h.AsOf.AddDate(0, 0, 1)
	case "too long":
		r := say(refused)
		r.Engine = strings.Repeat("x", maxReport)
		return r, pipeline.Rendition{}
	case "short picture":
		return say(refused), pipeline.Rendition{Width: 10, Height: 10, Pix: make([]byte, 299)}
	case "long picture":
		return say(refused), pipeline.Rendition{Width: 10, Height: 10, Pix: make([]byte, 301)}
	case "huge picture":
		return say(refused), pipeline.Rendition{Width: maxSide + 1, Height: 1, Pix: make([]byte, 3*(maxSide+1))}
	}
	return say(refused), pipeline.Rendition{Width: 2, Height: 1, Pix: []byte{1, 2, 3, 4, 5, 6}}
}

func either(name string) (func() error, bool) {
	if a, ok := attacks[name]; ok {
		return a, true
	}
	a, ok := exhausting[name]
	return a, ok
}

var asOfDay = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func job(order string) pipeline.Job {
	return pipeline.Job{
		Digest: pipeline.DigestOf(sha256.Sum256([]byte(order))), Size: int64(len(order)),
		Body: strings.NewReader(order), AsOf: asOfDay, Capture: pipeline.CapturePhoto,
	}
}

func kill(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
}

func newPool(t testing.TB, kind string, timeout time.Duration) *Pool {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPool(Config{Exe: exe, Args: []string{kind}, Size: 2, Timeout: timeout, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// problem lets the pool screen an order and gives the problem of the report.
func problem(t testing.TB, p *Pool, order string) pipeline.Problem {
	t.Helper()
	got, err := p.Screen(t.Context(), job(order))
	if err != nil {
		t.Fatalf("screen %q: %v", order, err)
	}
	if got.Report.Outcome.Conclusion != pipeline.CouldNotCheck {
		t.Fatalf("screen %q concludes %s", order, got.Report.Outcome.Conclusion)
	}
	return got.Report.Outcome.Problem
}

func wellBehaved(t testing.TB, p *Pool) {
	t.Helper()
	got, err := p.Screen(t.Context(), job("a picture"))
	if err != nil {
		t.Fatal(err)
	}
	if r := got.Rendition; r.Width != 2 || r.Height != 1 || !bytes.Equal(r.Pix, []byte{1, 2, 3, 4, 5, 6}) || got.Report.Outcome.Problem != refused {
		t.Fatalf("a picture among attacks is answered with %+v and %s", r, got.Report.Outcome.Problem)
	}
}

func TestSandboxEscape(t *testing.T) {
	p := newPool(t, "child", 5*time.Second)
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		t.Run(name, func(t *testing.T) {
			if got := problem(t, p, name); got != refused && got != pipeline.ProblemReaderCrash {
				t.Errorf("the attack ends with %s", got)
			}
		})
	}
	wellBehaved(t, p)
}

// TestAttacksWork shows that the attacks would get through if nothing stopped
// them, so that TestSandboxEscape can fail.
func TestAttacksWork(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("the attacks are NOT SHOWN TO WORK: some of them need root")
	}
	p := newPool(t, "child-open", 5*time.Second)
	// These end the child, stop its parent, or are refused here by other walls.
	without := []string{"execute in place", "trace its parent", "bpf", "io_uring"}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		if slices.Contains(without, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if got := problem(t, p, name); got != succeeded {
				t.Errorf("the attack ends with %s without any walls", got)
			}
		})
	}
}

func TestExhaustion(t *testing.T) {
	cases := map[string]struct {
		timeout time.Duration
		want    pipeline.Problem
	}{
		"4 GB of memory":  {30 * time.Second, pipeline.ProblemReaderMemory},
		"an endless loop": {400 * time.Millisecond, pipeline.ProblemReaderSlow},
		"a sleep":         {400 * time.Millisecond, pipeline.ProblemReaderSlow},
	}
	for order, c := range cases {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			p := newPool(t, "child", c.timeout)
			if err := p.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if got := problem(t, p, order); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if d := time.Since(start); d > c.timeout+2*time.Second {
				t.Errorf("it took %s", d)
			}
			wellBehaved(t, p)
		})
	}
}

func TestOddAnswers(t *testing.T) {
	p := newPool(t, "child", 5*time.Second)
	want := map[string]pipeline.Problem{
		"panic":              pipeline.ProblemReaderCrash,
		"segmentation fault": pipeline.ProblemReaderCrash,
		"exit":               pipeline.ProblemReaderCrash,
		"short picture":      pipeline.ProblemReaderCrash,
		"another digest":     pipeline.ProblemReaderAnswer,
		"another day":        pipeline.ProblemReaderAnswer,
		"too long":           pipeline.ProblemReaderAnswer,
		"long picture":       pipeline.ProblemReaderAnswer,
		"huge picture":       pipeline.ProblemReaderAnswer,
	}
	for order, want := range want {
		t.Run(order, func(t *testing.T) {
			if got := problem(t, p, order); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	wellBehaved(t, p)
}

func TestGarbage(t *testing.T) {
	p := newPool(t, "child-that-writes", 5*time.Second)
	want := map[string]pipeline.Problem{
		"":                              pipeline.ProblemReaderCrash,
		"\x00\x00":                      pipeline.ProblemReaderCrash,
		"\xff\xff\xff\xff":              pipeline.ProblemReaderAnswer,
		"\x00\x00\x00\x02{}":            pipeline.ProblemReaderAnswer,
		"\x00\x00\x00\x02\xff\xfe":      pipeline.ProblemReaderAnswer,
		strings.Repeat("garbage", 1e5):  pipeline.ProblemReaderAnswer,
		"\x00\x00\x00\x0a{\"x\": true}": pipeline.ProblemReaderAnswer,
	}
	for answer, want := range want {
		if got := problem(t, p, answer); got != want {
			t.Errorf("%.20q: got %s, want %s", answer, got, want)
		}
	}
}

func TestSourceBreaksOff(t *testing.T) {
	p := newPool(t, "child", 5*time.Second)
	j := job("a picture")
	j.Size += 10
	if got, err := p.Screen(t.Context(), j); err == nil {
		t.Errorf("a source that is too short gives %s", got.Report.Outcome.Problem)
	}
	wellBehaved(t, p)
}

func TestScreenEndsWithItsContext(t *testing.T) {
	p := newPool(t, "child", time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := p.Screen(ctx, job("a sleep"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %s", d)
	}
}

// TestKilledFromOutside: the document has no part in it, so it is tried again.
func TestKilledFromOutside(t *testing.T) {
	p := newPool(t, "child", time.Minute)
	c, err := p.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.end()
	time.AfterFunc(200*time.Millisecond, func() { kill(t, c.cmd.Process.Pid) })
	j := job("a sleep")
	_, err = c.ask(Header{Digest: j.Digest, Size: j.Size, AsOf: j.AsOf, Capture: j.Capture}, j)
	if problem, err := c.diagnose(t.Context(), err); problem != pipeline.ProblemNone || !errors.Is(err, errKilled) {
		t.Errorf("got %q, %v", problem, err)
	}
}

// TestReadyChildrenKilled: children that die while they wait are replaced.
func TestReadyChildrenKilled(t *testing.T) {
	p := newPool(t, "child", time.Minute)
	for range 3 {
		c, err := p.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.end()
	}
	for _, pid := range children(t) {
		kill(t, pid)
	}
	time.Sleep(50 * time.Millisecond) // one that dies in the moment it is taken is an error
	wellBehaved(t, p)
}

func children(t testing.TB) []int {
	t.Helper()
	return childrenOf(t, os.Getpid())
}

// childrenOf are the processes that a process has started.
func childrenOf(t testing.TB, parent int) (pids []int) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == strconv.Itoa(parent) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestChildHasNothing looks at a locked-in child from outside.
func TestChildHasNothing(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("the child is NOT LOOKED AT: only root may")
	}
	t.Setenv("TOUCHSTONE_SECRET", "canary")
	p := newPool(t, "child", time.Minute)
	c, err := p.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.end()
	proc := filepath.Join("/proc", strconv.Itoa(c.cmd.Process.Pid))
	env, err := os.ReadFile(filepath.Join(proc, "environ"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(env), "canary") || !strings.Contains(string(env), "OMP_THREAD_LIMIT=1") {
		t.Errorf("its environment is %q", env)
	}
	fds, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		target, err := os.Readlink(filepath.Join(proc, "fd", fd.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := strconv.Atoi(fd.Name()); n <= 2 != strings.HasPrefix(target, "pipe:") || n > 2 && !strings.HasPrefix(target, "anon_inode:") {
			t.Errorf("it has file %s: %s", fd.Name(), target)
		}
	}
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"NoNewPrivs:\t1", "Seccomp:\t2"} {
		if !strings.Contains(string(status), line) {
			t.Errorf("its status lacks %q", line)
		}
	}
}

func TestChildrenEndWithTheirPool(t *testing.T) {
	p := newPool(t, "child", time.Minute)
	wellBehaved(t, p)
	before := len(children(t))
	p.Close()
	if after := len(children(t)); before < 1 || after != 0 {
		t.Errorf("%d children before, %d after", before, after)
	}
	if _, err := p.Screen(t.Context(), job("a picture")); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed pool says %v", err)
	}
}

func TestReadySaysWhatIsMissing(t *testing.T) {
	p := newPool(t, "child-without-data", time.Minute)
	if err := p.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "language data is missing") {
		t.Errorf("got %v", err)
	}
	if err := newPool(t, "child", time.Minute).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestManyAtOnce: more pictures than children, each answered once.
func TestManyAtOnce(t *testing.T) {
	p := newPool(t, "child", time.Minute)
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			j := job(fmt.Sprintf("picture %d", i))
			got, err := p.Screen(t.Context(), j)
			if err != nil || got.Report.Digest != j.Digest {
				t.Errorf("picture %d: %v, about %.8s", i, err, got.Report.Digest)
			}
		})
	}
	all.Wait()
}

func TestSupported(t *testing.T) {
	if err := Supported(); err != nil {
		t.Fatal(err)
	}
	if n := len(allowed) + 5; n > 35 {
		t.Errorf("%d system calls are allowed: the list is to stay at 35", n)
	}
}

// BenchmarkScreen measures what the isolation costs when children are ready.
func BenchmarkScreen(b *testing.B) {
	p := newPool(b, "child", time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		wellBehaved(b, p)
	}
}

var _ pipeline.Screener = (*Pool)(nil)

// TestChildEndsWithItsParent: a killed worker leaves no child behind.
func TestChildEndsWithItsParent(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestChildrenEndWithTheirPool$", "-test.count=1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var born []int
	for deadline := time.Now().Add(10 * time.Second); len(born) == 0 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		born = childrenOf(t, cmd.Process.Pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if len(born) == 0 {
		t.Fatal("no child was seen")
	}
	time.Sleep(200 * time.Millisecond)
	for _, pid := range born {
		if b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline")); err == nil && bytes.HasSuffix(b, []byte("\x00child\x00")) {
			t.Errorf("child %d lives on", pid)
		}
	}
}
