package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/storage/db"
	"touchstone.internal/storage/embedded"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// fleet is the production shape: every part a process of its own.
type fleet struct {
	t            *testing.T
	redisDir     string
	servers      []string // flags that desk and worker share
	database     string
	address      string // of the desk
	desk, worker process
}

const testPassword = "a long enough password"

// startFleet starts Redis, object store, desk and one worker.
func startFleet(t *testing.T) *fleet {
	t.Helper()
	dir := t.TempDir()
	f := &fleet{t: t, redisDir: filepath.Join(dir, "redis"), database: "sqlite://" + filepath.Join(dir, "touchstone.db"), address: freeAddress(t)}
	redis, err := embedded.StartRedis(t.Context(), f.redisDir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(redis.Stop)
	store, err := embedded.StartS3(t.Context(), os.Args[0], filepath.Join(dir, "s3"), quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Stop)
	f.servers = []string{"--database", f.database, "--redis", redis.URL(), "--s3", store.URL()}
	f.startDesk()
	f.startWorker()
	code, _, says := touchstone(t, strings.NewReader(testPassword), "account", "officer", "--database", f.database)
	if code != exitOK {
		t.Fatalf("add an account: exit %d, %s", code, says)
	}
	return f
}

func (f *fleet) startDesk() {
	args := append([]string{"desk", "--listen", f.address, "--spool", filepath.Join(f.t.TempDir(), "spool")}, f.servers...)
	f.desk = start(f.t, args...)
	ctx, cancel := context.WithTimeout(f.t.Context(), 20*time.Second)
	defer cancel()
	if err := awaitDesk(ctx, f.address); err != nil {
		f.t.Fatalf("the desk does not answer: %v", err)
	}
}

func (f *fleet) startWorker() {
	f.worker = start(f.t, append([]string{"worker", "--sweep-every", "1s"}, f.servers...)...)
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// killRedis kills Redis, which whoever keeps it running starts again.
func (f *fleet) killRedis() {
	f.t.Helper()
	b, err := os.ReadFile(filepath.Join(f.redisDir, "pid"))
	if err != nil {
		f.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		f.t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		f.t.Fatal(err)
	}
}

// killChildren kills the readers of the worker and tells how many there were.
func (f *fleet) killChildren() (n int) {
	f.t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		f.t.Fatal(err)
	}
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// proc(5): pid (name) state parent ..., and a name may hold anything.
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if len(fields) < 2 || fields[1] != strconv.Itoa(f.worker.Process.Pid) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
			n++
		}
	}
	return n
}

// answer is what the API says of an upload.
type answer struct {
	ID        pipeline.DocumentID `json:"id"`
	State     pipeline.State      `json:"state"`
	Duplicate bool                `json:"duplicate"`
	Outcome   *struct {
		Conclusion pipeline.Conclusion `json:"conclusion"`
	} `json:"outcome"`
	Detail string `json:"detail"` // of a problem
}

// upload sends one picture, once. Prefer is the header of that name.
func (f *fleet) upload(name string, picture io.Reader, prefer string) (status int, a answer, err error) {
	body, form := io.Pipe()
	w := multipart.NewWriter(form)
	go func() { form.CloseWithError(writeForm(w, name, picture)) }()
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, "http://"+f.address+"/api/v1/documents", body)
	if err != nil {
		return 0, a, err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	if prefer != "" {
		req.Header.Set("Prefer", prefer)
	}
	req.SetBasicAuth("officer", testPassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, a, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, a, json.NewDecoder(resp.Body).Decode(&a)
}

// get asks the API.
func (f *fleet) get(t *testing.T, path string, v any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+f.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("officer", testPassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s", path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}

func writeForm(w *multipart.Writer, name string, picture io.Reader) error {
	if err := errors.Join(w.WriteField("encounter", "UTO-241126-0001"), w.WriteField("capture", "C1")); err != nil {
		return err
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, picture); err != nil {
		return err
	}
	return w.Close()
}

// persistent sends a picture until it is taken, as people and their programs do.
func (f *fleet) persistent(name string, picture []byte) (pipeline.DocumentID, error) {
	var last error
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		status, a, err := f.upload(name, bytes.NewReader(picture), "")
		switch {
		case err != nil:
			last = err
		case status == http.StatusOK || status == http.StatusCreated || status == http.StatusAccepted:
			return a.ID, nil
		case status < 500:
			return "", fmt.Errorf("%s: answer %d: %s", name, status, a.Detail)
		default:
			last = fmt.Errorf("answer %d: %s", status, a.Detail)
		}
	}
	return "", fmt.Errorf("%s was not taken within a minute: %w", name, last)
}

// hundred are different pictures: every tenth a passport, the others blank
// paper, for it is the way that is tested here and not the reading.
func hundred(t *testing.T) [][]byte {
	t.Helper()
	passport, _, err := fixtures.Picture(mrz.TD3, fixtures.NoFault, 1)
	if err != nil {
		t.Fatal(err)
	}
	paper := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range paper.Pix {
		paper.Pix[i] = color.Gray{Y: 240}.Y
	}
	var blank bytes.Buffer
	if err := jpeg.Encode(&blank, paper, nil); err != nil {
		t.Fatal(err)
	}
	var pictures [][]byte
	for i := range 100 {
		p := blank.Bytes()
		if i%10 == 0 {
			p = passport
		}
		// What follows the end of a JPEG file changes its digest alone.
		pictures = append(pictures, fmt.Appendf(bytes.Clone(p), "copy %d", i))
	}
	return pictures
}

// TestEveryPartMayDie kills worker, readers, Redis and desk in the middle of a
// hundred uploads, and starts them again: each document ends with one report.
func TestEveryPartMayDie(t *testing.T) {
	f := startFleet(t)
	pictures := hundred(t)
	var sent atomic.Int32
	ids := make([]pipeline.DocumentID, len(pictures))
	work := make(chan int)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range work {
				id, err := f.persistent(fmt.Sprintf("%d.jpg", i), pictures[i])
				if err != nil {
					t.Error(err)
				}
				ids[i] = id
				sent.Add(1)
			}
		})
	}
	disasters := map[int]func(){
		15: func() { f.worker.kill(t); f.startWorker() },
		30: func() { t.Logf("killed %d readers", f.killChildren()) },
		45: f.killRedis,
		60: func() { f.desk.kill(t); f.startDesk() },
		75: func() { f.killRedis(); f.worker.kill(t); f.desk.kill(t); f.startDesk(); f.startWorker() },
	}
	for i := range pictures {
		work <- i
		if disaster := disasters[i]; disaster != nil {
			disaster()
		}
	}
	close(work)
	group.Wait()
	if !t.Failed() {
		f.expectOneReportEach(ids)
	}
}

// expectOneReportEach waits until every document is screened and counts.
func (f *fleet) expectOneReportEach(ids []pipeline.DocumentID) {
	t := f.t
	t.Helper()
	store, err := db.Open(t.Context(), f.database)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	until := time.Now().Add(2 * time.Minute) // a lease of 30 s may have to run out first
	for {
		counts, err := store.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if counts[pipeline.StateScreened] == len(ids) && len(counts) == 1 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("after two minutes the documents are %v; want %d screened and no others", counts, len(ids))
		}
		time.Sleep(100 * time.Millisecond)
	}
	seen := map[pipeline.DocumentID]bool{}
	for _, id := range ids {
		seen[id] = true
		if _, err := store.Report(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		history, err := store.History(t.Context(), string(id))
		if err != nil {
			t.Fatal(err)
		}
		finished := 0
		for _, e := range history {
			if e.Detail == "screened" {
				finished++
			}
		}
		if finished != 1 {
			t.Errorf("%s was finished %d times", id, finished)
		}
	}
	if len(seen) != len(ids) {
		t.Errorf("%d documents for %d pictures", len(seen), len(ids))
	}
}
