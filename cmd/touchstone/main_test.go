package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

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
	out *bytes.Buffer
}

// start starts the program as a process of its own, which ends with the test.
func start(t *testing.T, args ...string) process {
	t.Helper()
	p := process{exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], args...), &bytes.Buffer{}}
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

func TestAccount(t *testing.T) {
	database := "sqlite://" + filepath.Join(t.TempDir(), "test.db")
	add := func(password string) (int, string) {
		code, out, err := touchstone(t, strings.NewReader(password), "account", "Duty-Officer", "--database", database)
		return code, out + err
	}
	if code, says := add("too short\n"); code != exitProblem || !strings.Contains(says, "15 characters") {
		t.Errorf("a short password: exit %d, %s", code, says)
	}
	if code, says := add("long enough to keep\n"); code != exitOK || !strings.Contains(says, "officer duty-officer") {
		t.Errorf("a good password: exit %d, %s", code, says)
	}
	if code, says := add("long enough to keep\n"); code != exitProblem || !strings.Contains(says, "there is an account") {
		t.Errorf("the name again: exit %d, %s", code, says)
	}
	if code, says := add(""); code != exitProblem || !strings.Contains(says, "standard input") {
		t.Errorf("no password: exit %d, %s", code, says)
	}
}

func TestDoctor(t *testing.T) {
	redis, err := embedded.StartRedis(t.Context(), t.TempDir(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Stop()
	database := "sqlite://" + filepath.Join(t.TempDir(), "test.db")
	code, out, _ := touchstone(t, nil, "doctor", "--database", database, "--redis", redis.URL())
	if code != exitOK || !strings.Contains(out, "All 6 parts are well") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	code, out, _ = touchstone(t, nil, "doctor", "--quick", "--database", database, "--redis", "redis://127.0.0.1:1/0")
	if code != exitProblem || !strings.Contains(out, "✗ redis") || !strings.Contains(out, "To mend it: check TOUCHSTONE_REDIS") {
		t.Errorf("with Redis gone: exit %d:\n%s", code, out)
	}
}
