package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"touchstone.internal/storage/db"
	"touchstone.internal/storage/embedded"
)

// TestMain is also the program: tests start it again as "touchstone up", and
// it starts itself again as "touchstone child".
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		main()
	}
	os.Exit(m.Run())
}

// touchstone runs the program inside the test and gives what it said.
func touchstone(t *testing.T, in io.Reader, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, streams{in, &o, &e})
	return code, o.String(), e.String()
}

// process is the program running beside the test.
type process struct {
	*exec.Cmd
	out *output
}

// output is what a process says, which can be read while it runs.
type output struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.String()
}

// start starts the program as a process of its own, which ends with the test.
func start(t *testing.T, args ...string) process {
	t.Helper()
	p := process{exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], args...), &output{}}
	p.Stdout, p.Stderr = p.out, p.out
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(20*time.Second, func() { _ = p.Process.Kill() })
		defer late.Stop()
		_ = p.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", args[0], p.out)
		}
	})
	return p
}

// kill ends the process as a power cut would.
func (p process) kill(t *testing.T) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // it was killed
}

func TestUsage(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		code int
		says string // on either stream
	}{
		"help names every command":  {[]string{"--help"}, exitOK, "Screen files here and now"},
		"help shows the variable":   {[]string{"desk", "--help"}, exitOK, "TOUCHSTONE_REDIS"},
		"help tells the exit codes": {[]string{"screen", "--help"}, exitOK, "at least one document should be examined"},
		"version":                   {[]string{"--version"}, exitOK, "touchstone "},
		"no command":                {nil, exitProblem, "expected one of"},
		"unknown flag":              {[]string{"screen", "--jsno", "a.jpg"}, exitProblem, "--jsno"},
		"missing settings":          {[]string{"worker"}, exitProblem, "--redis"},
		"day that is none":          {[]string{"screen", "--as-of", "tomorrow", "a.jpg"}, exitProblem, "2026-11-24"},
		"no such file":              {[]string{"screen", "no-such-file.jpg"}, exitProblem, "no-such-file.jpg"},
		"standard input twice":      {[]string{"screen", "-", "-"}, exitProblem, "give - once"},
		"folder without pictures":   {[]string{"screen", t.TempDir()}, exitProblem, "holds no"},
		"role that is none":         {[]string{"account", "somebody", "--role", "king"}, exitProblem, "officer"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := touchstone(t, strings.NewReader(""), tt.args...)
			if code != tt.code || !strings.Contains(out+err, tt.says) {
				t.Errorf("exit %d; want %d and %q in:\n%s%s", code, tt.code, tt.says, out, err)
			}
		})
	}
}

// newDatabase is one as a desk leaves it.
func newDatabase(t *testing.T) string {
	t.Helper()
	address := "sqlite://" + filepath.Join(t.TempDir(), "test.db")
	store, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

// TestAccountChanges: an account is locked, unlocked and reset by flags.
func TestAccountChanges(t *testing.T) {
	database := newDatabase(t)
	for _, tt := range []struct {
		flag, password string
		code           int
		says           string
	}{
		{"--lock", "", exitProblem, "there is no account ada"},
		{"--role=administrator", "long enough to keep\n", exitOK, "administrator ada"},
		{"--lock", "", exitProblem, "this is the last administrator"},
		{"--unlock", "", exitOK, "Unlocked ada"},
		{"--reset", "too short\n", exitProblem, "15 characters or more"},
		{"--reset", "another one to keep\n", exitOK, "Set another password for ada"},
	} {
		code, out, err := touchstone(t, strings.NewReader(tt.password), "account", "ada", tt.flag, "--database", database)
		if code != tt.code || !strings.Contains(out+err, tt.says) {
			t.Errorf("%s: exit %d, %s; want %d, %q", tt.flag, code, out+err, tt.code, tt.says)
		}
	}
}

func TestAccount(t *testing.T) {
	database := newDatabase(t)
	const good = "long enough to keep\n"
	for _, tt := range []struct {
		name, password string
		code           int
		says           string
	}{
		{"duty-officer", "too short\n", exitProblem, "15 characters or more"},
		{"duty-officer", strings.Repeat("x", 1025) + "\n", exitProblem, "1,024 bytes or less"},
		{" pad ", good, exitProblem, "Account name must have letters"},
		{"has:colon", good, exitProblem, "Account name must have letters"},
		{"x\x1b[31m", good, exitProblem, "Account name must have letters"},
		{"Duty-Officer", good, exitOK, "officer duty-officer"},
		{"duty-officer", good, exitProblem, "there is an account"},
		{"other", "", exitProblem, "standard input"},
	} {
		code, out, err := touchstone(t, strings.NewReader(tt.password), "account", tt.name, "--database", database)
		if code != tt.code || !strings.Contains(out+err, tt.says) {
			t.Errorf("%q: exit %d, %s; want %d, %q", tt.name, code, out+err, tt.code, tt.says)
		}
	}
	gone := filepath.Join(t.TempDir(), "gone.db")
	code, _, says := touchstone(t, strings.NewReader(good), "account", "officer", "--database", "sqlite://"+gone)
	if _, err := os.Stat(gone); code != exitProblem || !strings.Contains(says, "there is no database") || err == nil {
		t.Errorf("no database there: exit %d, %s; it is made: %v", code, says, err == nil)
	}
}

func TestDoctor(t *testing.T) {
	redis, err := embedded.StartRedis(t.Context(), t.TempDir(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Stop()
	database := newDatabase(t)
	code, out, _ := touchstone(t, nil, "doctor", "--database", database, "--redis", redis.URL())
	if code != exitOK || !strings.Contains(out, "All 6 parts are well") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	code, out, _ = touchstone(t, nil, "doctor", "--quick", "--database", database, "--redis", "redis://127.0.0.1:1/0")
	if code != exitProblem || !strings.Contains(out, "✗ redis") || !strings.Contains(out, "To mend it: check TOUCHSTONE_REDIS") {
		t.Errorf("with Redis gone: exit %d:\n%s", code, out)
	}
}

// TestDoctorChangesNothing: a path that is misspelt is an error, and no file.
func TestDoctorChangesNothing(t *testing.T) {
	typo := filepath.Join(t.TempDir(), "typo.db")
	code, out, _ := touchstone(t, nil, "doctor", "--quick", "--database", "sqlite://"+typo)
	if _, err := os.Stat(typo); code != exitProblem || !strings.Contains(out, "there is no database") || err == nil {
		t.Errorf("exit %d, it is made: %v\n%s", code, err == nil, out)
	}
	if code, _, says := touchstone(t, nil, "doctor", "--quick"); code != exitProblem || !strings.Contains(says, "name some") {
		t.Errorf("nothing to ask: exit %d, %s", code, says)
	}
}

func TestAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	data := filepath.Join(t.TempDir(), "data")
	code, out, says := touchstone(t, nil, "up", "--data", data, "--listen", l.Addr().String())
	if code != exitProblem || strings.Contains(out, "Open http") || !strings.Contains(says, "--listen") {
		t.Errorf("exit %d, %s%s", code, out, says)
	}
	if _, err := os.Stat(filepath.Join(data, "redis")); err == nil {
		t.Error("Redis was started all the same")
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"pass port.jpg":    "pass port.jpg",
		"Прохожий.jpg":     "Прохожий.jpg",
		"a\x1b[31mRED.jpg": `"a\x1b[31mRED.jpg"`,
		"new\nline.jpg":    `"new\nline.jpg"`,
		"\xff.jpg":         `"\xff.jpg"`,
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %s; want %s", in, got, want)
		}
	}
}

// TestInterruptedReading: Ctrl-C ends a command that waits for its input.
func TestInterruptedReading(t *testing.T) {
	for _, args := range [][]string{{"screen", "-"}, {"mrz", "-"}, {"account", "officer", "--database", newDatabase(t)}} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
		cmd.Stdin = in
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		in.Close()
		time.Sleep(700 * time.Millisecond) // until it reads
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); !late.Stop() || code != exitInterupt {
			t.Errorf("%v: exit %d; want %d", args, code, exitInterupt)
		}
	}
}

// awaitDesk waits until the desk serves and all its parts answer. That it takes
// connections says less: it holds its address before it opens the database.
func awaitDesk(ctx context.Context, address string) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
