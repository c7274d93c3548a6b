// Command touchstone screens pictures of identity documents.
//
// It is one program with subcommands: `up` starts everything on one machine,
// `desk` and `worker` are the same parts as separate processes, `screen` works
// on files in a terminal without any server. The hidden subcommand `child` is
// the only place where untrusted bytes are decoded; `s3` is the embedded object
// store.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes of every command.
const (
	exitOK       = 0 // nothing found, or done
	exitReview   = 1 // screen: at least one document should be examined
	exitUnclear  = 2 // screen: at least one document could not be checked, and none is to be examined
	exitProblem  = 3 // wrong usage, or the system is at fault
	exitInterupt = 130
)

// cli is the whole command line; kong makes flags, environment and help of it.
type cli struct {
	Up       upCmd       `cmd:"" help:"Start everything on this machine: Redis, object store, database, desk and workers."`
	Desk     deskCmd     `cmd:"" help:"Serve the desk (pages and API) against running servers."`
	Worker   workerCmd   `cmd:"" help:"Screen documents from the queue against running servers."`
	Screen   screenCmd   `cmd:"" help:"Screen files here and now, without any server."`
	MRZ      mrzCmd      `cmd:"" name:"mrz" help:"Explain a machine readable zone that you type."`
	Specimen specimenCmd `cmd:"" help:"Draw synthetic documents of the State of Utopia, with their truth."`
	Evaluate evaluateCmd `cmd:"" help:"Measure how well pictures are read of which it is known what is printed."`
	Account  accountCmd  `cmd:"" help:"Add an account that can sign in to the desk, or lock, unlock or reset one."`
	Doctor   doctorCmd   `cmd:"" help:"Check every part and say how to mend what is wrong."`
	Child    childCmd    `cmd:"" hidden:"" help:"Read one document in a sandbox (started by the program itself)."`
	S3       s3Cmd       `cmd:"" name:"s3" hidden:"" help:"Serve the embedded object store (started by the program itself)."`

	LogLevel slog.Level       `help:"Least level that is logged: debug, info, warn, error." default:"info" env:"TOUCHSTONE_LOG_LEVEL"`
	Version  kong.VersionFlag `help:"Print the version and stop."`
}

// exitError ends the program with a code and without a message of its own.
type exitError struct{ code int }

func (e exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// streams is where a command reads and writes, so that tests can look.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], streams{interruptible{ctx, os.Stdin}, os.Stdout, os.Stderr}))
}

// interruptible is a file whose reading ends with ctx, as that of a terminal or
// a pipe does not.
type interruptible struct {
	ctx context.Context //nolint:containedctx // an io.Reader has no other place for it
	*os.File
}

// Read implements io.Reader. What it left reading ends with the program.
func (f interruptible) Read(p []byte) (n int, err error) {
	done := make(chan struct{})
	buffer := make([]byte, len(p)) // the caller may use p again before the other has ended
	go func() {
		n, err = f.File.Read(buffer)
		close(done)
	}()
	select {
	case <-done:
		return copy(p, buffer[:n]), err
	case <-f.ctx.Done():
		return 0, f.ctx.Err()
	}
}

// run is main without the process: it parses, runs and gives the exit code.
func run(ctx context.Context, args []string, std streams) int {
	var c cli
	code := -1
	parser, err := kong.New(&c,
		kong.Name("touchstone"),
		kong.Description("Touchstone screens pictures of identity documents: it reads the machine readable zone, "+
			"checks every check digit and says what does not fit, and why."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"version": version()},
		kong.Writers(std.out, std.err),
		kong.Exit(func(n int) { code = n }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		fmt.Fprintln(std.err, "touchstone:", err)
		return exitProblem
	}
	k, err := parser.Parse(args)
	if code >= 0 { // --help or --version
		return code
	}
	if err != nil {
		fmt.Fprintf(std.err, "touchstone: %s\nTry 'touchstone --help'.\n", err)
		return exitProblem
	}
	log := slog.New(slog.NewJSONHandler(std.err, &slog.HandlerOptions{Level: c.LogLevel}))
	return exitCode(k.Run(log), std)
}

// exitCode turns the result of a command into the code of the process.
func exitCode(err error, std streams) int {
	var quiet exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &quiet):
		return quiet.code
	case errors.Is(err, context.Canceled):
		return exitInterupt
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(std.err, "touchstone:", printable(strings.TrimSuffix(line, "\n")))
	}
	return exitProblem
}

// version is the module's version and commit, as the Go tool chain recorded them.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "touchstone (unknown build)"
	}
	commit := "unknown commit"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			commit = s.Value[:12]
		}
	}
	return fmt.Sprintf("touchstone %s (%s, %s)", info.Main.Version, commit, info.GoVersion)
}
