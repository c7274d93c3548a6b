package web

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"touchstone.internal/pipeline"
	"touchstone.internal/workers"
)

// TestUpload: pictures of every kind arrive whole, are recorded and a worker is
// reminded of them.
func TestUpload(t *testing.T) {
	w := newWorld(t)
	for name, tt := range map[string]struct {
		bytes []byte
		media pipeline.MediaType
	}{"page.jpg": {picture(), pipeline.JPEG}, "page.png": {pngPicture(), pipeline.PNG}, "page.webp": {webpPicture(), pipeline.WebP}, "no ending": {picture(), pipeline.JPEG}} {
		a := w.as(t, officer).send("/upload", filled(part{"file", name, tt.bytes}))
		where, err := url.Parse(a.header.Get("Location"))
		if err != nil || a.status != http.StatusSeeOther || where.Path != "/upload/received" {
			t.Fatalf("%s: %d %s", name, a.status, a.body)
		}
		id := pipeline.DocumentID(where.Query().Get("id"))
		d, err := w.db.Find(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := pipeline.Document{
			ID: id, Digest: pipeline.DigestOf(sha256.Sum256(tt.bytes)), Size: int64(len(tt.bytes)), MediaType: tt.media, FileName: name,
			Encounter: encounter, Capture: pipeline.CapturePhoto, UploadedBy: officer, ReceivedAt: d.ReceivedAt, State: pipeline.StateReceived,
		}
		if fmt.Sprint(d) != fmt.Sprint(want) || time.Since(d.ReceivedAt) > time.Minute {
			t.Errorf("got %+v", d)
		}
		body, _, err := w.blobs.Get(t.Context(), pipeline.Originals, d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(body); err != nil || !bytes.Equal(b, tt.bytes) {
			t.Errorf("%s: other bytes are stored: %v", name, err)
		}
		body.Close()
		if _, err := asynq.NewInspectorFromRedisClient(servers.redis).GetTaskInfo(workers.Queue, fmt.Sprintf("document:screen:%s:1", id)); err != nil {
			t.Errorf("no worker was reminded: %v", err)
		}
		if a := w.as(t, officer).get(where.String()); a.status != http.StatusOK || !strings.Contains(a.body, name) {
			t.Errorf("what was received: %d", a.status)
		}
	}
}

// TestManyFiles: one form with several files, one of which is none.
func TestManyFiles(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	a := b.send("/upload", filled(part{"file", "a.jpg", picture()}, part{"file", "empty.jpg", nil}, part{"file", "b.png", pngPicture()}))
	if a.status != http.StatusOK || !strings.Contains(a.body, "empty.jpg is empty. Take the photo again") {
		t.Errorf("%d %s", a.status, a.body)
	}
	docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{})
	if err != nil || len(docs) != 2 {
		t.Errorf("%d documents: %v", len(docs), err)
	}
	a = b.send("/upload", filled(part{"file", "c.jpg", picture()}, part{"file", "d.jpg", picture()}))
	if a.status != http.StatusSeeOther || strings.Count(a.header.Get("Location"), "id=TSD-") != 2 {
		t.Errorf("%d to %s", a.status, a.header.Get("Location"))
	}
}

// TestFilesFirst: the order of the fields does not matter.
func TestFilesFirst(t *testing.T) {
	w := newWorld(t)
	parts := append([]part{{"file", "a.jpg", picture()}}, filled()...)
	if a := w.curl(t, officer).send("/api/v1/documents", parts); a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestRefusals: each mistake has its own words, on the page and in the API.
func TestRefusals(t *testing.T) {
	w := newWorld(t)
	page, api := w.as(t, officer), w.curl(t, officer)
	jpg := func() part { return part{"file", "a.jpg", picture()} }
	var many []part
	for range maxFiles + 3 {
		many = append(many, part{"file", "a.jpg", []byte("\xff\xd8\xff")})
	}
	for name, tt := range map[string]struct {
		parts  []part
		status int
		slug   string
		text   string
	}{
		"no encounter":    {[]part{{"capture", "", []byte("C1")}, jpg()}, 400, "validation", "Enter the encounter reference"},
		"wrong encounter": {[]part{{"encounter", "", []byte("UTO-1")}, {"capture", "", []byte("C1")}, jpg()}, 400, "validation", "Encounter reference must have 3 letters, then 6 numbers, then 4 numbers, for example NPT-241126-0147"},
		"no capture":      {[]part{{"encounter", "", []byte(encounter)}, jpg()}, 400, "validation", "Select how you got the images"},
		"other capture":   {[]part{{"encounter", "", []byte(encounter)}, {"capture", "", []byte("C9")}, jpg()}, 400, "validation", "Select how you got the images"},
		"two encounters":  {append(filled(jpg()), part{"encounter", "", []byte("UTO-241126-0002")}), 400, "validation", "Give one encounter reference"},
		"one, then none":  {append(filled(jpg()), part{"encounter", "", nil}), 400, "validation", "Give one encounter reference"},
		"two captures":    {append(filled(jpg()), part{"capture", "", []byte("C1")}), 400, "validation", "Select one way you got the images"},
		"no file":         {filled(), 400, "validation", "Add at least one image"},
		"none chosen":     {filled(part{"file", "", nil}), 400, "validation", "Add at least one image"},
		"empty":           {filled(part{"file", "IMG_2043.jpg", nil}), 400, "file-empty", "IMG_2043.jpg is empty. Take the photo again"},
		"document":        {filled(part{"file", "notes.docx", []byte("PK\x03\x04 something")}), 415, "unsupported-file", "notes.docx must be a JPG, PNG or WebP image. It may have been renamed"},
		"renamed":         {filled(part{"file", "scan.jpg", []byte("<svg onload=alert(1)>")}), 415, "unsupported-file", "scan.jpg must be a JPG, PNG or WebP image. It may have been renamed"},
		"two bytes":       {filled(part{"file", "a.jpg", []byte("\xff\xd8")}), 415, "unsupported-file", "a.jpg must be a JPG, PNG or WebP image. It may have been renamed"},
		"too big":         {filled(part{"file", "scan.png", append(pngPicture(), make([]byte, pipeline.MaxUploadBytes)...)}), 413, "file-too-large", "scan.png must be smaller than 20MB"},
		"too big, no pic": {filled(part{"file", "scan.tif", make([]byte, pipeline.MaxUploadBytes+1)}), 413, "file-too-large", "scan.tif must be smaller than 20MB"},
		"too many":        {filled(many...), 400, "validation", "You can only add up to 20 files. Remove 3 files"},
		"long field":      {append(filled(jpg()), part{"encounter", "", make([]byte, maxField+1)}), 400, "bad-form", "The form could not be read to its end. Nothing was kept. Send it again"},
	} {
		t.Run(name, func(t *testing.T) {
			a := page.send("/upload", tt.parts)
			if a.status != tt.status || !strings.Contains(a.body, tt.text) {
				t.Errorf("page: %d %s", a.status, a.body)
			}
			a = api.send("/api/v1/documents", tt.parts)
			p := decode[problemBody](t, a.body)
			if a.status != tt.status || p.Type != "/problems#"+tt.slug || p.Detail != tt.text || p.Status != tt.status || p.Instance != "/api/v1/documents" || p.RequestID != a.header.Get("X-Request-Id") {
				t.Errorf("API: %d %+v", a.status, p)
			}
			if strings.Contains(tt.slug, "file") && (len(p.Errors) != 1 || p.Errors[0] != (fieldError{"/file", tt.text})) {
				t.Errorf("API: errors %v", p.Errors)
			}
		})
	}
	if docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{}); err != nil || len(docs) != 0 {
		t.Errorf("%d documents: %v", len(docs), err)
	}
	if a := api.send("/api/v1/documents", filled(jpg(), jpg())); !strings.Contains(a.body, "Send one file in each request") {
		t.Errorf("two files: %s", a.body)
	}
	if a := api.postForm("/api/v1/documents", url.Values{"encounter": {encounter}}); a.status != http.StatusUnsupportedMediaType || !strings.Contains(a.body, "/problems#unsupported-form") {
		t.Errorf("another form: %d %s", a.status, a.body)
	}
}

// TestTooManyFiles: the number to remove is right, or is not said.
func TestTooManyFiles(t *testing.T) {
	for sent, want := range map[int]string{
		maxFiles + 1: "You can only add up to 20 files. Remove 1 file", maxFiles + maxExtra: "You can only add up to 20 files. Remove 100 files",
		maxFiles + maxExtra + 1: "You can only add up to 20 files", 200: "You can only add up to 20 files",
	} {
		body, kind := encode(filled(slices.Repeat([]part{{"file", "a.txt", []byte("x")}}, sent)...))
		_, boundary, _ := strings.Cut(kind, "boundary=")
		fr := newFormReader(bytes.NewReader(body), boundary, newSpool(t.TempDir()))
		err := fr.read()
		errs := fr.form.mistakes()
		if p, ok := errors.AsType[*problem](err); ok {
			errs = p.errors
		}
		if !slices.Equal(errs, []fieldError{{"/file", want}}) {
			t.Errorf("%d files: %v, %v", sent, errs, err)
		}
	}
}

func TestJustSmallEnough(t *testing.T) {
	w := newWorld(t)
	b := picture()
	b = append(b, make([]byte, pipeline.MaxUploadBytes-len(b))...)
	if a := w.curl(t, officer).send("/api/v1/documents", filled(part{"file", "a.jpg", b})); a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestDuplicate: the same bytes, by the same account, to the same encounter are
// one document; elsewhere they have been seen before.
func TestDuplicate(t *testing.T) {
	w := newWorld(t)
	same := picture()
	send := func(name, encounter string) documentBody {
		t.Helper()
		parts := []part{{"encounter", "", []byte(encounter)}, {"capture", "", []byte("C1")}, {"file", "a.jpg", same}}
		a := w.curl(t, name).send("/api/v1/documents", parts)
		d := decode[documentBody](t, a.body)
		if want := map[bool]int{true: 200, false: 201}[d.Duplicate]; a.status != want || a.header.Get("Location") != "/api/v1/documents/"+string(d.ID) {
			t.Errorf("%d to %s", a.status, a.header.Get("Location"))
		}
		return d
	}
	first := send(officer, encounter)
	again := send(officer, "uto 241126 0001")
	elsewhere := send(officer, "UTO-241126-0002")
	others := send(other, encounter)
	if first.Duplicate || !again.Duplicate || again.ID != first.ID || elsewhere.Duplicate || others.Duplicate {
		t.Errorf("%+v\n%+v\n%+v\n%+v", first, again, elsewhere, others)
	}
	if len(elsewhere.Sightings) != 1 || elsewhere.Sightings[0].ID != first.ID || elsewhere.Sightings[0].Encounter != encounter || len(others.Sightings) != 2 {
		t.Errorf("seen before: %+v, %+v", elsewhere.Sightings, others.Sightings)
	}
	for _, sight := range others.Sightings {
		if sight != (sightingBody{ReceivedAt: sight.ReceivedAt}) || sight.ReceivedAt.IsZero() {
			t.Errorf("of a document that it may not read the account sees %+v", sight)
		}
	}
	b := w.as(t, officer)
	a := b.send("/upload", filled(part{"file", "a.jpg", same}))
	if a.header.Get("Location") != "/upload/received?again="+string(first.ID) {
		t.Fatalf("%d to %s", a.status, a.header.Get("Location"))
	}
	if a := b.get(a.header.Get("Location")); !strings.Contains(a.body, "You already uploaded this file") || !strings.Contains(a.body, "UTO-241126-0002") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if got := w.history(t, string(first.ID)); got[len(got)-1] != "consult received amira" || got[1] != "consult duplicate amira" {
		t.Errorf("the log says %q", got)
	}
}

// TestSightings: of a document that an account may not read it learns only that
// the file was seen before and when; who sees more is written down there.
func TestSightings(t *testing.T) {
	w := newWorld(t)
	same := picture()
	send := func(name, encounter string) string {
		t.Helper()
		parts := []part{{"encounter", "", []byte(encounter)}, {"capture", "", []byte("C1")}, {"file", "a.jpg", same}}
		return string(decode[documentBody](t, w.curl(t, name).send("/api/v1/documents", parts).body).ID)
	}
	first, second := send(officer, "UTO-241126-0001"), send(other, "UTO-241126-0002")
	w.screen(t, pipeline.DocumentID(first))
	w.screen(t, pipeline.DocumentID(second))
	paths := []string{"/documents/" + second, "/documents/" + second + "/examine", "/api/v1/documents/" + second, "/upload/received?id=" + second}
	for _, path := range paths {
		a := w.as(t, other).get(path)
		if strings.Contains(a.body, first) || strings.Contains(a.body, "UTO-241126-0001") {
			t.Errorf("%s tells what is another officer's", path)
		}
		if !strings.Contains(a.body, "seen before") && !strings.Contains(a.body, `"sightings":[{"received_at":`) {
			t.Errorf("%s does not say that the file was seen before: %s", path, a.body)
		}
	}
	if got := w.history(t, first); slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "consult") }) {
		t.Errorf("nobody saw the first one, but the log says %q", got)
	}
	for _, path := range paths {
		a := w.as(t, reviewer).get(path)
		got := w.history(t, first)
		if !strings.Contains(a.body, first) || !strings.Contains(a.body, "UTO-241126-0001") || got[len(got)-1] != "consult sighting rita" {
			t.Errorf("%s: %s\nthe log says %q", path, a.body, got)
		}
	}
	if n := strings.Count(strings.Join(w.history(t, first), "|"), "sighting"); n != len(paths) {
		t.Errorf("%d sightings are written down; want %d", n, len(paths))
	}
}

// downBlobs is an object store that cannot be reached.
type downBlobs struct{ pipeline.Blobs }

func (downBlobs) Put(context.Context, pipeline.BlobKind, pipeline.Digest, io.ReadSeeker, int64) error {
	return errDown
}

// downTasks is a queue that cannot be reached.
type downTasks struct{}

func (downTasks) EnqueueScreen(context.Context, pipeline.DocumentID, int) error { return errDown }

func TestStoreDown(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Blobs = downBlobs{c.Blobs} })
	a := w.as(t, officer).send("/upload", filled(part{"file", "IMG_2046.jpg", picture()}))
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "IMG_2046.jpg could not be uploaded. Try again") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{}); err != nil || len(docs) != 0 {
		t.Errorf("%d documents: %v", len(docs), err)
	}
}

func TestQueueDown(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Tasks = downTasks{} })
	w.receive(t, officer)
	if !strings.Contains(w.log.String(), "reminder_failed") {
		t.Error("the log does not say that no worker was reminded")
	}
}

// TestSpoolGone: a disk that fails is the service's fault and not the form's.
func TestSpoolGone(t *testing.T) {
	dir := t.TempDir() + "/spool"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.SpoolDir = dir })
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if a := w.curl(t, officer).send("/api/v1/documents", filled(part{"file", "a.jpg", picture()})); a.status != http.StatusInternalServerError {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestSpoolFull: what is on its way at once is bounded for each account.
func TestSpoolFull(t *testing.T) {
	w := newWorld(t)
	sp := w.desk.server.spool
	var open []*spooled
	for range maxSpooledEach {
		f, err := sp.open(officer)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, f)
	}
	if a := w.curl(t, officer).send("/api/v1/documents", filled(part{"file", "a.jpg", picture()})); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.curl(t, other).send("/api/v1/documents", filled(part{"file", "a.jpg", picture()})); a.status != http.StatusCreated {
		t.Errorf("another account has to wait too: %d", a.status)
	}
	for _, f := range open {
		f.Close()
	}
}

// endless is the body of a form with one file that goes on for ever, or for
// size bytes.
func endless(size int64, sent *atomic.Int64) (io.Reader, string) {
	body, kind := encode(filled(part{"file", "scan.jpg", picture()}))
	at := bytes.LastIndex(body, []byte("\r\n--"))
	zeros := io.LimitReader(zero{sent}, size)
	return io.MultiReader(bytes.NewReader(body[:at]), zeros, bytes.NewReader(body[at:])), kind
}

type zero struct{ sent *atomic.Int64 }

func (z zero) Read(b []byte) (int, error) {
	clear(b)
	z.sent.Add(int64(len(b)))
	return len(b), nil
}

// TestTooBigBody: 200 MB are answered within two seconds, with the sentence
// that names the file, without reading them all and without keeping them in
// memory. Net/http's client stands for those that read while they write.
func TestTooBigBody(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	b.get("/api/v1/documents") // the password is known from here on
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, chunked := range []bool{false, true} {
		var sent atomic.Int64
		body, kind := endless(200_000_000, &sent)
		req := b.request("POST", "/api/v1/documents", body)
		req.Header.Set("Content-Type", kind)
		req.ContentLength = 200_001_000 // about; it is never reached
		if chunked {
			req.ContentLength = -1
		}
		start := time.Now()
		a := b.do(req)
		took := time.Since(start)
		if a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "scan.jpg must be smaller than 20MB") || took > 2*time.Second {
			t.Errorf("after %s: %d %s", took, a.status, a.body)
		}
		t.Logf("chunked %v: answered after %s, %d MB were sent", chunked, took, sent.Load()/1e6)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
		t.Errorf("it took %d MB of memory", grown>>20)
	} else {
		t.Logf("%d MB allocated in all, client included", grown>>20)
	}
}

// TestTooBigRaw: a client that sends everything before it reads, as browsers
// do, still finds the answer. It gets no further than the server's patience.
func TestTooBigRaw(t *testing.T) {
	w := newWorld(t)
	cookie := cookieOf(t, w.browser(t).signIn(officer, password))
	for name, size := range map[string]int64{"30 MB": 30_000_000, "200 MB": 200_000_000} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var sent atomic.Int64
		body, kind := endless(size, &sent)
		fmt.Fprintf(conn, "POST /upload HTTP/1.1\r\nHost: desk\r\nAccept: text/html\r\nCookie: %s=%s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", cookie.Name, cookie.Value, kind, size+2000)
		start := time.Now()
		_, err = io.Copy(conn, body)
		resp, readErr := http.ReadResponse(bufio.NewReader(conn), nil)
		if readErr != nil {
			t.Fatalf("%s: the answer was lost: %v; sending: %v", name, readErr, err)
		}
		page, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(page), "scan.jpg must be smaller than 20MB") || !resp.Close {
			t.Errorf("%s: %d %s", name, resp.StatusCode, page)
		}
		t.Logf("%s: %s, sending gave %v", name, time.Since(start), err)
	}
}

// TestAnnouncedTooBig: a form that says it is too big is not begun.
func TestAnnouncedTooBig(t *testing.T) {
	w := newWorld(t)
	var sent atomic.Int64
	body, kind := endless(maxUpload, &sent)
	b := w.curl(t, officer)
	req := b.request("POST", "/api/v1/documents", body)
	req.ContentLength = maxUpload + 10_000
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Expect", "100-continue")
	b.Transport.(*http.Transport).ExpectContinueTimeout = 5 * time.Second
	start := time.Now()
	a := b.do(req)
	if a.status != http.StatusRequestEntityTooLarge || sent.Load() > 0 || time.Since(start) > 2*time.Second {
		t.Errorf("%d after %d bytes and %s: %s", a.status, sent.Load(), time.Since(start), a.body)
	}
}

// TestNobodysUpload: who is not signed in is told at once, and nothing of the
// body is kept.
func TestNobodysUpload(t *testing.T) {
	w := newWorld(t)
	var sent atomic.Int64
	body, kind := endless(200_000_000, &sent)
	b := w.browser(t)
	req := b.request("POST", "/api/v1/documents", body)
	req.Header.Set("Content-Type", kind)
	if a := b.do(req); a.status != http.StatusUnauthorized {
		t.Errorf("%d", a.status)
	}
}

// TestGoneAway: a client that stops halfway leaves nothing behind.
func TestGoneAway(t *testing.T) {
	w := newWorld(t)
	cookie := cookieOf(t, w.browser(t).signIn(officer, password))
	body, kind := encode(filled(part{"file", "a.jpg", picture()}, part{"file", "b.jpg", append(picture(), make([]byte, 1<<20)...)}))
	for _, cut := range []int{100, len(body) / 4, len(body) / 2, len(body) - 10} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /upload HTTP/1.1\r\nHost: desk\r\nCookie: %s=%s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", cookie.Name, cookie.Value, kind, len(body))
		if _, err := conn.Write(body[:cut]); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		conn.Close()
	}
	for end := time.Now().Add(5 * time.Second); w.desk.server.spool.quota.taken() > 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{}); err != nil || len(docs) != 0 {
		t.Errorf("%d documents: %v", len(docs), err)
	}
}

// TestPace: the deadline moves on with what has come, and no further.
func TestPace(t *testing.T) {
	start := time.Unix(1000, 0)
	var deadline time.Time
	p := &pacedBody{r: zero{new(atomic.Int64)}, start: start, deadline: func(at time.Time) error { deadline = at; return nil }}
	b := make([]byte, sendRate)
	for i := range 10 {
		_, _ = p.Read(b)
		if want := start.Add(sendGrace + time.Duration(i)*time.Second); i > 0 && deadline != want {
			t.Errorf("after %d seconds' worth it is %s; want %s", i, deadline.Sub(start), want.Sub(start))
		}
	}
	p.r = failing{fmt.Errorf("read: %w", os.ErrDeadlineExceeded)}
	if _, err := p.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) || !p.slow() {
		t.Errorf("%v is not slow", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestTooSlow: a client that dribbles is cut off with a word. The clock of
// this desk runs behind, so the grace is over at once.
func TestTooSlow(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(300*time.Millisecond - sendGrace) } })
	r, pw := io.Pipe()
	defer pw.Close()
	body, kind := encode(filled(part{"file", "a.jpg", picture()}))
	go func() { _, _ = pw.Write(body[:200]) }()
	b := w.curl(t, officer)
	req := b.request("POST", "/api/v1/documents", r)
	req.Header.Set("Content-Type", kind)
	start := time.Now()
	a := b.do(req)
	if a.status != http.StatusRequestTimeout || time.Since(start) > 5*time.Second {
		t.Errorf("%d %s after %s", a.status, a.body, time.Since(start))
	}
}

// TestFileNames: whatever a file is called, nothing breaks out.
func TestFileNames(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	for name, tt := range map[string]struct{ sent, stored string }{
		"folders":        {"../../etc/passwd.jpg", "passwd.jpg"},
		"windows":        {`C:\Users\me\page.jpg`, "page.jpg"},
		"header":         {"a.jpg\r\nSet-Cookie: x=y", "a.jpg%0D%0ASet-Cookie: x=y"},
		"quotes":         {`a";filename="b.jpg`, "a%22;filename=%22b.jpg"},
		"markup":         {"<script>alert(1)<.jpg", "<script>alert(1)<.jpg"},
		"direction":      {"a\u202egpj.exe", "agpj.exe"},
		"no UTF-8":       {"a\xff\xfeb.jpg", "a\uFFFDb.jpg"},
		"300 bytes":      {strings.Repeat("ü", 150) + ".jpg", strings.Repeat("ü", 98) + ".jpg"},
		"other alphabet": {"паспорт.jpg", "паспорт.jpg"},
		"only dots":      {"..", ".."},
		"nothing":        {"", "unnamed"},
		"other ending":   {"invoice.html", "invoice.html"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.send("/upload", filled(part{"file", tt.sent, picture()}))
			where, _ := url.Parse(a.header.Get("Location"))
			id := where.Query().Get("id")
			d, err := w.db.Find(t.Context(), pipeline.DocumentID(id))
			if err != nil {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if d.FileName != tt.stored {
				t.Errorf("stored as %q; want %q", d.FileName, tt.stored)
			}
			a = b.get("/documents/" + id + "/original")
			disposition := a.header.Get("Content-Disposition")
			if a.status != http.StatusOK || disposition != "attachment; filename="+id+".jpg" || a.header.Get("Set-Cookie") != "" ||
				a.header.Get("Content-Type") != "application/octet-stream" || a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("original: %d %v", a.status, a.header)
			}
			if a := b.get("/documents/" + id); a.status != http.StatusOK || strings.Contains(a.body, "<script>alert") {
				t.Errorf("page: %d", a.status)
			}
		})
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00\x07\x1b[31mb.jpg": "a[31mb.jpg", "a\r\nb": "ab", "a\u2028b\ufeff": "ab", " a ": "a", "/": "", "a/": "",
		strings.Repeat("\u20ac", 70): strings.Repeat("\u20ac", 66), "\xff": "\uFFFD",
		strings.Repeat("\u20ac", 70) + ".webp": strings.Repeat("\u20ac", 65) + ".webp",
		"a." + strings.Repeat("b", 300):        "a." + strings.Repeat("b", 198),
	} {
		if got := cleanName(in); got != want {
			t.Errorf("cleanName(%q) = %q; want %q", in, got, want)
		}
	}
}

// TestLogIsSilent: no log line has a file name, an encounter reference, an
// account's password or what was searched for.
func TestLogIsSilent(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	const name = "Anna-Maria-Eriksson.jpg"
	a := b.send("/upload", filled(part{"file", name, picture()}))
	b.get(a.header.Get("Location"))
	b.send("/upload", filled(part{"file", name, nil}))
	b.send("/upload", filled(part{"file", name, []byte("no picture")}))
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	b.get("/documents?encounter=" + encounter)
	b.get("/documents?encounter=Eriksson")
	b.get("/Eriksson")
	b.get("/documents/Eriksson")
	b.get("/documents/" + string(d.ID) + "/original")
	w.curl(t, officer).get("/api/v1/documents?Eriksson=1")
	w.browser(t).signIn("Eriksson", "Eriksson")
	body, kind := encode(filled(part{"file", name, picture()}))
	req := b.request("POST", "/upload", bytes.NewReader(append(body[:len(body)-20], "Eriksson"...)))
	req.Header.Set("Content-Type", kind)
	b.do(req)
	log := w.log.String()
	for _, secret := range []string{"Eriksson", "Anna", encounter, password, "page.jpg"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	var lines int
	for line := range strings.Lines(log) {
		if strings.Contains(line, `"msg":"received"`) {
			lines++
			for _, key := range []string{"document_id", "size", "media_type", "capture"} {
				if !strings.Contains(line, `"`+key+`"`) {
					t.Errorf("%s is missing in %s", key, line)
				}
			}
		}
	}
	if lines != 2 {
		t.Errorf("%d lines of what was received; want 2", lines)
	}
}
