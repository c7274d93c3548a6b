// Package embedded runs the servers that `touchstone up` brings along, as
// child processes with a folder each: a redis-server of the system, and an S3
// object store that is this very program started again.
//
// A child that dies is started again; a child ends with its parent, even if
// that is killed. Nothing listens beyond this machine, and every key is made
// by chance and kept in a file that only its owner can read. The package is no
// process manager for anything else, and production runs servers of its own.
package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	readyWithin = 15 * time.Second // from start to the first answer
	stopWithin  = 10 * time.Second // from SIGTERM to SIGKILL
	backOffMin  = 50 * time.Millisecond
	backOffMax  = 5 * time.Second
	steadyAfter = 30 * time.Second // a child that lived so long starts again at once
)

// service is one child process that is kept running.
type service struct {
	name    string
	dir     string // its folder; holds the files log and pid
	command func(ctx context.Context) *exec.Cmd
	ready   func(ctx context.Context) error
	log     *slog.Logger

	life     atomic.Int32 // starting, up or failed
	stopOnce sync.Once
	stop     chan struct{}
	done     chan struct{}
	failed   error // why it is done, if not by Stop; read after done
}

// What becomes of a child: once up, it is started again whenever it ends.
const (
	starting = iota
	up
	failed
)

// start starts the child and waits until it is ready. It runs until Stop, or
// until ctx ends.
func (s *service) start(ctx context.Context) error {
	s.stop, s.done = make(chan struct{}), make(chan struct{})
	go s.run(ctx)
	deadline := time.After(readyWithin)
	for {
		if s.ready(ctx) == nil && s.life.CompareAndSwap(starting, up) {
			return nil
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-s.done:
			if s.failed == nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("%s: %w; it wrote: %s", s.name, s.failed, s.lastWords())
		case <-deadline:
			s.Stop()
			return fmt.Errorf("%s did not get ready within %s; it wrote: %s", s.name, readyWithin, s.lastWords())
		}
	}
}

// Stop ends the child and waits for its end. It can be called again.
func (s *service) Stop() {
	s.stopOnce.Do(func() { close(s.stop) })
	<-s.done
}

// Done is closed when the child has ended for good.
func (s *service) Done() <-chan struct{} { return s.done }

// run starts the child again and again until it is told to stop.
func (s *service) run(ctx context.Context) {
	defer close(s.done)
	// The kernel kills the child when the thread that started it ends, so this
	// goroutine keeps its thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	wait := backOffMin
	for {
		steady, err := s.once(ctx)
		if err == nil {
			return
		}
		if s.life.CompareAndSwap(starting, failed) {
			s.failed = err
			return
		}
		if steady {
			wait = backOffMin
		}
		s.log.WarnContext(ctx, "server_ended", slog.String("server", s.name), slog.String("error", err.Error()), slog.Duration("restart_in", wait))
		select {
		case <-time.After(wait):
		case <-s.stop:
			return
		case <-ctx.Done():
			return
		}
		wait = min(2*wait, backOffMax)
	}
}

// once runs the child to its end. It gives no error if that was asked for;
// steady tells whether the child lived long.
func (s *service) once(ctx context.Context) (steady bool, err error) {
	out, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return false, err
	}
	defer out.Close()
	cmd := s.command(context.WithoutCancel(ctx)) // it is stopped here, in order
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, out
	// A group of its own, so that Ctrl-C reaches the parent alone, which drains
	// before it stops the servers.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	pid := []byte(strconv.Itoa(cmd.Process.Pid) + "\n")
	if err := writeFile(filepath.Join(s.dir, "pid"), pid); err != nil {
		return false, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	ended := make(chan struct{})
	var how error
	go func() {
		how = cmd.Wait()
		close(ended)
	}()
	long := time.After(steadyAfter)
	for {
		select {
		case <-long:
			steady = true
			continue
		case <-ended:
			if how == nil {
				how = errors.New("exit status 0")
			}
			return steady, fmt.Errorf("it ended by itself: %w", how)
		case <-s.stop:
		case <-ctx.Done():
		}
		return steady, end(cmd, ended)
	}
}

// end asks the child to end, and makes it.
func end(cmd *exec.Cmd, ended <-chan struct{}) error {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-ended: // how does not matter: it was asked to
	case <-time.After(stopWithin):
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		<-ended
	}
	return nil
}

// lastWords is the end of what the child wrote, for the error.
func (s *service) lastWords() string {
	b, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil || len(bytes.TrimSpace(b)) == 0 {
		return "nothing"
	}
	b = bytes.TrimSpace(b)
	if i := len(b) - 500; i > 0 {
		b = b[i:]
	}
	return string(b)
}

// makeDir makes the folder of a server, for its owner alone.
func makeDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return abs, os.MkdirAll(abs, 0o700)
}
