package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"touchstone.internal/pipeline"
)

// child is a process that has said that it is ready.
type child struct {
	cmd    *exec.Cmd
	kill   context.CancelFunc // kills its whole group, at once
	stdin  *os.File
	stdout *os.File
	stderr *words
	exited chan struct{} // closed once cmd.ProcessState is set
}

// errKilled says that somebody outside killed the child: the kernel because
// the machine ran out of memory, or a person.
var errKilled = errors.New("the reader was killed from outside")

// environment is all that a child gets of ours. Nothing in it is secret.
func environment() []string {
	env := []string{
		"OMP_THREAD_LIMIT=1", // tesseract's threads cost more than they bring
		"GOMAXPROCS=2",
		"GODEBUG=containermaxprocs=0", // or the runtime keeps files open to follow its control group
		"GOMEMLIMIT=640MiB",           // collect garbage well before the limit on memory
		"GOTRACEBACK=none",            // what the child was reading is not for logs
	}
	if dir, ok := os.LookupEnv("TESSDATA_PREFIX"); ok {
		env = append(env, "TESSDATA_PREFIX="+dir)
	}
	return env
}

// start starts a child and waits until it is ready. It lives until it has
// answered, is killed, or life ends.
func start(life context.Context, cfg Config) (*child, error) {
	life, kill := context.WithCancel(life)
	c := &child{kill: kill, stderr: &words{}, exited: make(chan struct{})}
	if err := c.spawn(life, cfg); err != nil {
		kill()
		return nil, fmt.Errorf("start a reader: %w", err)
	}
	late := time.AfterFunc(startWithin, kill)
	err := readReady(c.stdout)
	if late.Stop() && err == nil {
		return c, nil
	}
	c.end()
	return nil, fmt.Errorf("start a reader: %w", err)
}

// spawn makes the pipes and the process.
func (c *child) spawn(life context.Context, cfg Config) error {
	theirIn, ourIn, err := os.Pipe()
	if err != nil {
		return err
	}
	ourOut, theirOut, err := os.Pipe()
	if err != nil {
		return errors.Join(err, theirIn.Close(), ourIn.Close())
	}
	c.stdin, c.stdout = ourIn, ourOut
	c.cmd = exec.CommandContext(life, cfg.Exe, cfg.Args...) //nolint:gosec // our own program
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = theirIn, theirOut, c.stderr
	c.cmd.Env, c.cmd.Dir = environment(), "/"
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.cmd.Cancel = func() error { return syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) }
	c.cmd.WaitDelay = time.Second
	err = c.cmd.Start()
	closed := errors.Join(theirIn.Close(), theirOut.Close())
	if err != nil {
		return errors.Join(err, closed, ourIn.Close(), ourOut.Close())
	}
	go func() {
		defer close(c.exited)
		_ = c.cmd.Wait() // how it ended stands in ProcessState
	}()
	return nil
}

// end kills the child if it lives and lets go of everything.
func (c *child) end() {
	c.kill()
	<-c.exited
	_ = c.stdin.Close()
	_ = c.stdout.Close()
}

// ask sends the picture and reads the answer.
func (c *child) ask(h Header, job pipeline.Job) (pipeline.ScreenResult, error) {
	err := writeRequest(c.stdin, h, job.Body)
	if _, ok := errors.AsType[bodyError](err); ok {
		return pipeline.ScreenResult{}, err
	}
	// If the child stopped listening, what it says, or how it ended, tells why.
	return readAnswer(c.stdout, h)
}

// outOfMemory are what the Go runtime, libc and libstdc++ say at the end of
// memory.
//
//nolint:gochecknoglobals // table
var outOfMemory = [][]byte{[]byte("out of memory"), []byte("cannot allocate memory"), []byte("bad_alloc"), []byte("pthread_create failed")}

// diagnose waits for the end of a child that gave no good answer, and says what
// its document is to be told. The problem is empty if the document has no part
// in it; then the error says what happened.
func (c *child) diagnose(limited context.Context, why error) (pipeline.Problem, error) {
	if _, ok := errors.AsType[*refusedError](why); ok {
		c.kill()
		<-c.exited
		return pipeline.ProblemReaderAnswer, why
	}
	<-c.exited // it is dead, or dies at its deadline
	state := c.cmd.ProcessState
	if limited.Err() != nil {
		return pipeline.ProblemReaderSlow, limited.Err()
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
		if state.UserTime()+state.SystemTime() >= cpuLimit*time.Second {
			return pipeline.ProblemReaderSlow, errors.New("its processor time is used up")
		}
		return pipeline.ProblemNone, errKilled
	}
	if c.stderr.have(outOfMemory) || c.filledMemory() {
		return pipeline.ProblemReaderMemory, why
	}
	if state.Success() && !errors.Is(why, io.EOF) && !errors.Is(why, io.ErrUnexpectedEOF) {
		return pipeline.ProblemNone, why
	}
	return pipeline.ProblemReaderCrash, why
}

// filledMemory tells whether the child held nearly all the memory that it may.
// At the end of memory a runtime does not always get to say so: Go's garbage
// collector can also fault on an allocation that it was refused.
func (c *child) filledMemory() bool {
	used, ok := c.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return ok && used.Maxrss > memoryLimit*7/8>>10 // getrusage(2): in KiB
}

// ended says how the process ended: "exit status 2", "signal: bad system call".
func (c *child) ended() string { return c.cmd.ProcessState.String() }

// words keeps the beginning and the end of what a child writes to its standard
// error, to recognise why it died. They are never shown or logged: they may
// quote the document.
type words struct {
	mu         sync.Mutex
	n          int64
	first, end []byte
}

// wordsSize is how much is kept of either end. The Go runtime names its reason
// first and goes on with stacks; libraries chatter first and complain last.
const wordsSize = 8 << 10

// Write implements io.Writer and never fails.
func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n += int64(len(p))
	w.first = append(w.first, p[:min(len(p), wordsSize-len(w.first))]...)
	w.end = append(w.end, p...)
	if extra := len(w.end) - wordsSize; extra > 0 {
		w.end = append(w.end[:0], w.end[extra:]...)
	}
	return len(p), nil
}

// have tells whether one of some phrases was among them.
func (w *words) have(phrases [][]byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(phrases, func(s []byte) bool {
		return bytes.Contains(w.first, s) || bytes.Contains(w.end, s)
	})
}

// count is the number of bytes written.
func (w *words) count() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n
}
