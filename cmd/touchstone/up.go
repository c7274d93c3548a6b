package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sync/errgroup"

	"touchstone.internal/storage/embedded"
	"touchstone.internal/workers/sandbox"
)

// upCmd starts everything on this machine.
type upCmd struct {
	Data string `default:"touchstone-data" placeholder:"DIR" help:"The one folder in which everything is kept. Default: ${default}." env:"TOUCHSTONE_DATA"`
	Demo bool   `help:"Add demo accounts and a few synthetic documents, once."`
	deskFlags
	workerFlags
}

// Help is the long text of `touchstone up --help`.
func (upCmd) Help() string {
	return `Everything is real: a redis-server and an S3 object store run as child processes,
and the database is SQLite. Ctrl-C finishes what is under way and stops all of
it; starting again finds everything as it was. To start afresh, stop it and
delete the folder.`
}

// Run starts the servers, then desk and worker, and waits for the end.
func (c *upCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	if err := sandbox.Supported(); err != nil {
		return fmt.Errorf("this machine cannot isolate the reader: %w", err)
	}
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	unlock, err := lockData(data)
	if err != nil {
		return err
	}
	defer unlock()
	listener, err := c.bind(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	d, err := c.desk(listener, filepath.Join(data, "spool"))
	if err != nil {
		return err
	}
	log, closeLog, err := fileLog(ctx, data, log)
	if err != nil {
		return err
	}
	defer closeLog()

	// The servers outlive the signal: desk and worker drain first.
	serversCtx, stopServers := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServers()
	fmt.Fprintf(std.out, "Starting Touchstone in %s ...\n", data)
	flags, stopEmbedded, err := startEmbedded(serversCtx, data, log)
	if err != nil {
		return err
	}
	defer stopEmbedded()
	s, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	return c.serve(ctx, std.out, d, s, log)
}

// serve runs desk and worker on open servers until ctx ends.
func (c *upCmd) serve(ctx context.Context, out io.Writer, d desk, s *servers, log *slog.Logger) error {
	reg := newRegistry()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveDesk(ctx, d, s, reg, log) })
	group.Go(func() error { return serveWorker(ctx, c.workerFlags, s, reg, log) })
	group.Go(func() error { return c.welcome(ctx, out, d, s) })
	err := group.Wait()
	fmt.Fprintln(out, "Stopped. Everything is kept in", filepath.Dir(d.spool))
	return err
}

// welcome fills the demo in and says where to go.
func (c *upCmd) welcome(ctx context.Context, out io.Writer, d desk, s *servers) error {
	data := filepath.Dir(d.spool)
	if c.Demo {
		if err := addDemo(ctx, out, s); err != nil {
			return fmt.Errorf("add the demo: %w", err)
		}
	} else if n, err := s.db.CountAccounts(ctx); err == nil && n == 0 {
		fmt.Fprintf(out, "Nobody can sign in yet. Add an account in another terminal:\n"+
			"  touchstone account duty-officer --role officer --database 'sqlite://%s'\n", filepath.Join(data, "touchstone.db"))
	}
	fmt.Fprintf(out, "Open http://%s (Ctrl-C stops it; the log is %s)\n", d.listener.Addr(), filepath.Join(data, "touchstone.log"))
	return nil
}

// startEmbedded starts Redis and the object store and gives their addresses.
func startEmbedded(ctx context.Context, data string, log *slog.Logger) (serverFlags, func(), error) {
	none := func() {}
	exe, err := os.Executable()
	if err != nil {
		return serverFlags{}, none, fmt.Errorf("find the program's own file: %w", err)
	}
	rds, err := embedded.StartRedis(ctx, filepath.Join(data, "redis"), log)
	if err != nil {
		return serverFlags{}, none, err
	}
	s3, err := embedded.StartS3(ctx, exe, filepath.Join(data, "s3"), log)
	if err != nil {
		rds.Stop()
		return serverFlags{}, none, err
	}
	flags := serverFlags{Redis: rds.URL(), S3: s3.URL()}
	flags.Database = "sqlite://" + filepath.Join(data, "touchstone.db")
	return flags, func() { s3.Stop(); rds.Stop() }, nil
}

// lockData makes the data folder and takes it for this process alone.
func lockData(data string) (unlock func(), err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(data, "lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s is in use by another 'touchstone up': stop that one, or choose another folder with --data", data)
	}
	return func() { _ = f.Close() }, nil
}

// fileLog writes the log into the data folder, so that the terminal stays
// readable; the level is that of the given logger.
func fileLog(ctx context.Context, data string, log *slog.Logger) (*slog.Logger, func(), error) {
	level := slog.LevelError
	for _, l := range []slog.Level{slog.LevelWarn, slog.LevelInfo, slog.LevelDebug} {
		if log.Enabled(ctx, l) {
			level = l
		}
	}
	f, err := os.OpenFile(filepath.Join(data, "touchstone.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return nil, nil, fmt.Errorf("open the log: %w", err)
	}
	return slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: level})), func() { _ = f.Close() }, nil
}

// s3Cmd serves the embedded object store; its settings come by environment,
// since they hold a key.
type s3Cmd struct{}

// Run serves until it is told to stop.
func (s3Cmd) Run(ctx context.Context) error { return embedded.ServeS3(ctx) }
