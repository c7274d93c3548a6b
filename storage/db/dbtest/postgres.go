package dbtest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
)

// Postgres is a PostgreSQL server of its own: in a new folder, on a socket in
// it and no port, gone when its test ends. It does not sync to disk.
type Postgres struct {
	folder string
	count  atomic.Int32
}

// StartPostgres starts a server, which takes about three seconds. It skips the
// test, and says why, only where PostgreSQL is not installed. PostgreSQL
// refuses to run as root: then it runs as the user postgres or nobody.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	bin := postgresBin()
	if bin == "" {
		t.Skip("PostgreSQL is NOT TESTED: it is not installed (apt-get install postgresql)")
	}
	folder, err := os.MkdirTemp("", "pg") //nolint:usetesting // t.TempDir is closed to the other user
	if err != nil {
		t.Fatalf("make folder for PostgreSQL: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	as := credential(t, folder)
	data := filepath.Join(folder, "data")
	command(t, as, folder, filepath.Join(bin, "initdb"), "-D", data, "-U", "touchstone", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
	p := &Postgres{folder: folder}
	p.start(t, as, filepath.Join(bin, "postgres"), data)
	return p
}

// postgresBin finds the newest installed server.
func postgresBin() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		if path, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(path)
		}
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

// credential is whom the server runs as, nil for the user of the test; the
// folder is handed over.
func credential(t testing.TB, folder string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatalf("find a user for PostgreSQL: %v", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(folder, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// command runs a program to its end.
func command(t testing.TB, as *syscall.Credential, folder, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...) //nolint:gosec // a program of PostgreSQL
	cmd.Dir, cmd.SysProcAttr = folder, &syscall.SysProcAttr{Credential: as}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out)
	}
}

// start runs the server until the test ends, or this process does.
func (p *Postgres) start(t testing.TB, as *syscall.Credential, program, data string) {
	t.Helper()
	var output bytes.Buffer
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, //nolint:gosec // a program of PostgreSQL
		"-D", data, "-k", p.folder,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB")
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.folder, &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGKILL}
	started, done := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // Pdeathsig is about the thread that starts it
		defer runtime.UnlockOSThread()
		defer close(done)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its output
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown; it may be gone
		<-done
	})
	for range 200 {
		if err := p.exec(t.Context(), "SELECT 1"); err == nil {
			return
		}
		select {
		case <-done:
			t.Fatalf("PostgreSQL ended at its start:\n%s", output.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatal("PostgreSQL did not get ready in 10 s")
}

// exec runs a statement in the server's first database.
func (p *Postgres) exec(ctx context.Context, statement string) error {
	pool, err := sql.Open("pgx", p.address("postgres"))
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, statement)
	return err
}

// address is the DSN of a database on this server.
func (p *Postgres) address(database string) string {
	return fmt.Sprintf("postgres://touchstone@/%s?host=%s", database, strings.ReplaceAll(url.QueryEscape(p.folder), "+", "%20"))
}

// NewDatabase makes an empty database and gives its address.
func (p *Postgres) NewDatabase(t testing.TB) (dsn string) {
	t.Helper()
	name := fmt.Sprint("test", p.count.Add(1))
	if err := p.exec(t.Context(), "CREATE DATABASE "+name+" STRATEGY file_copy"); err != nil {
		t.Fatalf("make database: %v", err)
	}
	return p.address(name)
}
