package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"time"

	"touchstone.internal/pipeline/ocr"
	"touchstone.internal/storage/blob"
	"touchstone.internal/storage/db"
	"touchstone.internal/storage/embedded"
	"touchstone.internal/workers"
	"touchstone.internal/workers/sandbox"
)

// doctorCmd checks every part.
type doctorCmd struct {
	Database string `placeholder:"URL" help:"Database to check. Without servers, this machine alone is checked." env:"TOUCHSTONE_DATABASE"`
	Redis    string `placeholder:"URL" help:"Redis to check." env:"TOUCHSTONE_REDIS"`
	S3       string `name:"s3" placeholder:"URL" help:"Object store to check." env:"TOUCHSTONE_S3"`
	Quick    bool   `help:"Check that the given servers answer, nothing else."`
}

// symptom is one line of the doctor's report.
type symptom struct {
	part  string
	state string // what was found
	err   error  // what is wrong; nil if nothing is
	mend  string // what to do about it
}

// Run prints one line for each part and fails if any is wrong.
func (c *doctorCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	if c.Quick && c.Database == "" && c.Redis == "" && c.S3 == "" {
		return errors.New("--quick asks servers alone: name some with --database, --redis and --s3")
	}
	var found []symptom
	if !c.Quick {
		found = append(found, checkReader(), checkSandbox(), checkRedisServer(ctx))
		found = append(found, checkReading(ctx, log))
	}
	found = append(found, c.checkServers(ctx)...)
	ill := 0
	for _, s := range found {
		if s.err == nil {
			fmt.Fprintf(std.out, "✓ %-16s %s\n", s.part, s.state)
			continue
		}
		ill++
		fmt.Fprintf(std.out, "✗ %-16s %v\n  %-16s To mend it: %s\n", s.part, s.err, "", s.mend)
	}
	if ill > 0 {
		fmt.Fprintf(std.out, "%d of %d parts need attention.\n", ill, len(found))
		return exitError{exitProblem}
	}
	fmt.Fprintf(std.out, "All %d parts are well (%s).\n", len(found), version())
	return nil
}

// checkReader looks for tesseract and its language data.
func checkReader() symptom {
	err := ocr.CheckLanguageData()
	return symptom{
		"reader", "tesseract " + ocr.Version() + " with its language data", err,
		"apt-get install tesseract-ocr-eng",
	}
}

// checkSandbox asks the kernel for what the child needs.
func checkSandbox() symptom {
	return symptom{
		"sandbox", "the kernel has Landlock and seccomp", sandbox.Supported(),
		"use Linux 5.19 or later with CONFIG_SECURITY_LANDLOCK and CONFIG_SECCOMP_FILTER; in a container, allow these system calls",
	}
}

// checkRedisServer looks for the program that `touchstone up` starts.
func checkRedisServer(ctx context.Context) symptom {
	s := symptom{part: "redis-server", mend: "apt-get install redis-server (needed by 'touchstone up' alone)"}
	out, err := exec.CommandContext(ctx, embedded.RedisServer, "--version").Output() //nolint:gosec // a constant
	s.state, s.err = strings.TrimSpace(string(out)), err
	if i := strings.Index(s.state, " sha="); i > 0 {
		s.state = s.state[:i]
	}
	return s
}

// checkReading starts a child the way a worker does.
func checkReading(ctx context.Context, log *slog.Logger) symptom {
	s := symptom{part: "child process", mend: "look at the two lines above; the child could not be locked in and made ready"}
	start := time.Now()
	pool, err := newPool(1, log) //nolint:contextcheck // it lives until Close
	if err != nil {
		s.err = err
		return s
	}
	defer pool.Close()
	s.err = pool.Ready(ctx)
	s.state = fmt.Sprintf("a locked-in child is ready after %d ms", time.Since(start).Milliseconds())
	return s
}

// checkServers asks the given servers, each on its own.
func (c *doctorCmd) checkServers(ctx context.Context) []symptom {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var found []symptom
	if c.Database != "" {
		found = append(found, checkDatabase(ctx, c.Database))
	}
	if c.S3 != "" {
		found = append(found, checkStore(ctx, c.S3))
	}
	if c.Redis != "" {
		found = append(found, checkRedis(ctx, c.Redis))
	}
	return found
}

func checkDatabase(ctx context.Context, dsn string) symptom {
	s := symptom{part: "database", mend: "check TOUCHSTONE_DATABASE and that the server runs; desk and worker make the tables when they start"}
	store, err := db.OpenExisting(ctx, dsn)
	if err != nil {
		s.err = err
		return s
	}
	defer store.Close()
	v, err := store.SchemaVersion(ctx)
	s.state, s.err = fmt.Sprintf("reachable, all migrations applied (version %d)", v), err
	return s
}

func checkStore(ctx context.Context, address string) symptom {
	s := symptom{part: "object store", state: "reachable, the bucket is there", mend: "check TOUCHSTONE_S3: address, keys and bucket"}
	cfg, err := blob.ParseURL(address)
	if err != nil {
		s.err = err
		return s
	}
	store, err := blob.Open(ctx, cfg)
	if err != nil {
		s.err = err
		return s
	}
	s.err = store.Ping(ctx)
	return s
}

func checkRedis(ctx context.Context, address string) symptom {
	s := symptom{part: "redis", state: "reachable, keeps what it is given", mend: "check TOUCHSTONE_REDIS; set appendonly yes and maxmemory-policy noeviction"}
	client, err := workers.OpenRedis(address)
	if err != nil {
		s.err = err
		return s
	}
	defer client.Close()
	s.err = workers.CheckRedis(ctx, client)
	return s
}
