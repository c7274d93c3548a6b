package embedded_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/blob"
	"touchstone.internal/storage/embedded"
)

// TestMain is also the object store, and a parent that gets killed.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "s3" {
		if err := embedded.ServeS3(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv("TEST_PARENT_DIR"); dir != "" {
		parent(dir)
	}
	os.Exit(m.Run())
}

// parent starts both servers, says so, and sleeps until it is killed.
func parent(dir string) {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	_, err := embedded.StartRedis(ctx, filepath.Join(dir, "redis"), log)
	if err == nil {
		_, err = embedded.StartS3(ctx, os.Args[0], filepath.Join(dir, "s3"), log)
	}
	fmt.Println("started", err)
	time.Sleep(time.Minute)
	os.Exit(1)
}

func exe(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// logger collects log lines.
type logger struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logger) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func startRedis(t *testing.T, dir string, log *slog.Logger) (*embedded.Redis, *redis.Client) {
	t.Helper()
	if _, err := exec.LookPath(embedded.RedisServer); err != nil {
		t.Skip("the embedded Redis is NOT TESTED: redis-server is not installed (apt-get install redis-server)")
	}
	r, err := embedded.StartRedis(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	opts, err := redis.ParseURL(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(opts)
	t.Cleanup(func() { c.Close() })
	return r, c
}

// pid reads the number of a server's process.
func pid(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// eventually waits up to five seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("after 5 s still not: %s", what)
}

func gone(n int) func() bool {
	return func() bool { return syscall.Kill(n, 0) == syscall.ESRCH || zombie(n) }
}

// zombie tells whether a process has ended and only waits to be noticed.
func zombie(n int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n))
	return err == nil && strings.Contains(string(b), ") Z ")
}

func TestRedisKeeps(t *testing.T) {
	long := strings.Repeat("a long name ", 12)
	for name, sub := range map[string]string{"socket": "r", "odd name": "50% #1?", "port": long} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), sub)
			r, c := startRedis(t, dir, quiet())
			if want := map[bool]string{true: "redis://", false: "unix://"}[sub == long]; !strings.HasPrefix(r.URL(), want) {
				t.Errorf("the address is %.8s..., want %s", r.URL(), want)
			}
			if err := c.Set(t.Context(), "key", "value", 0).Err(); err != nil {
				t.Fatal(err)
			}
			for setting, want := range map[string]string{"appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction"} {
				if got, err := c.ConfigGet(t.Context(), setting).Result(); err != nil || got[setting] != want {
					t.Errorf("%s is %q, %v, want %q", setting, got[setting], err, want)
				}
			}
			r.Stop()
			r.Stop()
			if _, c = startRedis(t, dir, quiet()); c.Get(t.Context(), "key").Val() != "value" {
				t.Error("the key was lost over a restart")
			}
		})
	}
}

func TestRedisPortAsksForPassword(t *testing.T) {
	r, _ := startRedis(t, filepath.Join(t.TempDir(), strings.Repeat("a long name ", 12)), quiet())
	opts, err := redis.ParseURL(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	opts.Password = ""
	c := redis.NewClient(opts)
	defer c.Close()
	if err := c.Ping(t.Context()).Err(); err == nil || !strings.Contains(err.Error(), "NOAUTH") {
		t.Errorf("without the password: %v", err)
	}
}

func TestRedisComesBack(t *testing.T) {
	dir, log := t.TempDir(), &logger{}
	_, c := startRedis(t, dir, slog.New(slog.NewTextHandler(log, nil)))
	for i := range 3 {
		key := fmt.Sprint("key", i)
		if err := c.Set(t.Context(), key, "value", 0).Err(); err != nil {
			t.Fatal(err)
		}
		first := pid(t, dir)
		if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a new process", func() bool { return pid(t, dir) != first })
		eventually(t, "the key is back", func() bool { return c.Get(t.Context(), key).Val() == "value" })
	}
	if n := strings.Count(log.String(), "server_ended"); n != 3 {
		t.Errorf("%d ends in the log, want 3:\n%s", n, log)
	}
}

func TestRedisEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := t.TempDir()
	if _, err := exec.LookPath(embedded.RedisServer); err != nil {
		t.Skip("NOT TESTED: redis-server is not installed (apt-get install redis-server)")
	}
	r, err := embedded.StartRedis(ctx, dir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	n := pid(t, dir)
	cancel()
	<-r.Done()
	if !gone(n)() {
		t.Error("the server outlived its context")
	}
}

func TestRedisSaysWhatIsWrong(t *testing.T) {
	t.Run("not installed", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := embedded.StartRedis(t.Context(), t.TempDir(), quiet())
		if err == nil || !strings.Contains(err.Error(), "apt-get install redis-server") {
			t.Errorf("got %v, want the line to type", err)
		}
	})
	t.Run("broken data", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "appendonlydir"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest"), []byte("rubbish\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := exec.LookPath(embedded.RedisServer); err != nil {
			t.Skip("NOT TESTED: redis-server is not installed (apt-get install redis-server)")
		}
		_, err := embedded.StartRedis(t.Context(), dir, quiet())
		if err == nil || !strings.Contains(err.Error(), "manifest") {
			t.Errorf("got %v, want the server's own words", err)
		}
	})
}

func startS3(t *testing.T, dir string, log *slog.Logger) (*embedded.S3, *blob.Store) {
	t.Helper()
	s, err := embedded.StartS3(t.Context(), exe(t), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	cfg, err := blob.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	store, err := blob.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, store
}

// put stores a few bytes that depend on n.
func put(t *testing.T, s *blob.Store, n int) (pipeline.Digest, []byte) {
	t.Helper()
	b := bytes.Repeat([]byte(fmt.Sprint(n, " ")), 10_000)
	d := pipeline.DigestOf(sha256.Sum256(b))
	if err := s.Put(t.Context(), pipeline.Originals, d, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatalf("put %d: %v", n, err)
	}
	return d, b
}

func wantBlob(t *testing.T, s *blob.Store, d pipeline.Digest, want []byte) {
	t.Helper()
	r, _, err := s.Get(t.Context(), pipeline.Originals, d)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d, %v", len(got), len(want), err)
	}
}

func TestS3Keeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "odd 50% #1?")
	s, store := startS3(t, dir, quiet())
	d, b := put(t, store, 1)
	s.Stop()
	s.Stop()
	again, store := startS3(t, dir, quiet())
	if again.URL() != s.URL() {
		t.Error("address or keys changed over a restart")
	}
	wantBlob(t, store, d, b)
	if err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v, %v", path, info.Mode(), err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestS3RefusesOtherKeys(t *testing.T) {
	s, _ := startS3(t, t.TempDir(), quiet())
	cfg, err := blob.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	cfg.SecretKey = "other"
	if _, err := blob.Open(t.Context(), cfg); err == nil {
		t.Error("another secret key was let in")
	}
}

func TestS3ComesBack(t *testing.T) {
	dir, log := t.TempDir(), &logger{}
	_, store := startS3(t, dir, slog.New(slog.NewTextHandler(log, nil)))
	digests := map[pipeline.Digest][]byte{}
	for i := range 12 {
		if i%4 == 2 {
			if err := syscall.Kill(pid(t, dir), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		d, b := put(t, store, i) // the client tries again until the server is back
		digests[d] = b
	}
	for d, b := range digests {
		wantBlob(t, store, d, b)
	}
	if n := strings.Count(log.String(), "server_ended"); n != 3 {
		t.Errorf("%d ends in the log, want 3:\n%s", n, log)
	}
}

func TestS3MovesOffATakenPort(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	first, _ := startS3(t, dir, quiet())
	b, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied, "settings.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	second, _ := startS3(t, copied, quiet())
	if first.URL() == second.URL() {
		t.Error("two stores have one address")
	}
}

func TestS3SaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if _, err := embedded.StartS3(t.Context(), "/bin/false", dir, quiet()); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("a program that ends: %v", err)
	}
	if _, err := embedded.StartS3(t.Context(), "/nowhere", dir, quiet()); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a program that is not there: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.StartS3(t.Context(), exe(t), dir, quiet()); err == nil || !strings.Contains(err.Error(), "settings.json") {
		t.Errorf("broken settings: %v", err)
	}
	if err := embedded.ServeS3(t.Context()); err == nil || !strings.Contains(err.Error(), "touchstone up") {
		t.Errorf("a child without settings: %v", err)
	}
}

func TestServersEndWithTheirParent(t *testing.T) {
	if _, err := exec.LookPath(embedded.RedisServer); err != nil {
		t.Skip("NOT TESTED: redis-server is not installed (apt-get install redis-server)")
	}
	dir := t.TempDir()
	cmd := exec.Command(exe(t))
	cmd.Env = append(os.Environ(), "TEST_PARENT_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, len("started <nil>"))
	if _, err := io.ReadFull(out, line); err != nil || string(line) != "started <nil>" {
		t.Fatalf("the parent says %q, %v", line, err)
	}
	rds, s3 := pid(t, filepath.Join(dir, "redis")), pid(t, filepath.Join(dir, "s3"))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	eventually(t, "redis has ended", gone(rds))
	eventually(t, "the object store has ended", gone(s3))
}

// TestS3SurvivesACopy copies the folder the way people do, without its
// extended attributes.
func TestS3SurvivesACopy(t *testing.T) {
	dir, copied := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	s, store := startS3(t, dir, quiet())
	d, b := put(t, store, 1)
	s.Stop()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	_, store = startS3(t, copied, quiet())
	wantBlob(t, store, d, b)
	if again, _ := put(t, store, 1); again != d {
		t.Error("the same bytes were not taken again")
	}
	d, b = put(t, store, 2)
	wantBlob(t, store, d, b)
}
