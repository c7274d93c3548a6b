package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// begin begins an upload of some bytes.
func (b *browser) begin(name string, file []byte) answer {
	b.t.Helper()
	return b.postJSON("/api/v1/uploads", fmt.Sprintf(`{"file_name": %q, "size": %d, "sha256": %q}`, name, len(file), pipeline.DigestOf(sha256.Sum256(file))))
}

// piece sends a piece that goes on from an offset.
func (b *browser) piece(id string, offset int, piece []byte) answer {
	b.t.Helper()
	req := b.request("PATCH", "/api/v1/uploads/"+id, bytes.NewReader(piece))
	req.Header.Set("Content-Type", "application/offset+octet-stream")
	req.Header.Set("Upload-Offset", strconv.Itoa(offset))
	return b.do(req)
}

// fileIt makes a document of an upload.
func (b *browser) fileIt(id string) answer {
	b.t.Helper()
	return b.postJSON("/api/v1/uploads/"+id+"/document", `{"encounter": "`+encounter+`", "capture": "C1"}`)
}

// TestPieces: a file that comes in pieces is the document that it would have
// been in one, and the same document however often it is asked for.
func TestPieces(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	file := picture()
	a := b.begin("C:\\page.jpg", file)
	u := decode[uploadBody](t, a.body)
	if a.status != http.StatusCreated || u.Offset != 0 || u.FileName != "page.jpg" || a.header.Get("Location") != "/api/v1/uploads/"+u.ID {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := b.begin("page.jpg", file); a.status != http.StatusOK || decode[uploadBody](t, a.body).ID != u.ID {
		t.Errorf("begun again: %d %s", a.status, a.body)
	}
	for at := 0; at < len(file); at += 100 {
		end := min(at+100, len(file))
		if a := b.piece(u.ID, at, file[at:end]); a.status != http.StatusNoContent || a.header.Get("Upload-Offset") != strconv.Itoa(end) {
			t.Fatalf("piece at %d: %d %s", at, a.status, a.body)
		}
		if a := b.piece(u.ID, at, file[at:end]); a.status != http.StatusConflict || a.header.Get("Upload-Offset") != strconv.Itoa(end) {
			t.Fatalf("the same piece again: %d %s", a.status, a.body)
		}
	}
	head := b.do(b.request("HEAD", "/api/v1/uploads/"+u.ID, nil))
	if head.status != http.StatusOK || head.header.Get("Upload-Offset") != strconv.Itoa(len(file)) || head.header.Get("Upload-Length") != strconv.Itoa(len(file)) {
		t.Errorf("HEAD: %d %v", head.status, head.header)
	}
	first := b.fileIt(u.ID)
	d := decode[documentBody](t, first.body)
	if first.status != http.StatusCreated || d.Digest != pipeline.DigestOf(sha256.Sum256(file)) || d.FileName != "page.jpg" || d.Duplicate {
		t.Fatalf("%d %s", first.status, first.body)
	}
	if a := b.fileIt(u.ID); a.status != http.StatusOK || decode[documentBody](t, a.body).ID != d.ID || decode[documentBody](t, a.body).Duplicate {
		t.Errorf("asked again: %d %s", a.status, a.body)
	}
	if a := b.piece(u.ID, len(file), []byte("x")); a.status != http.StatusConflict {
		t.Errorf("a piece behind the end: %d %s", a.status, a.body)
	}
	if a := b.do(b.request("DELETE", "/api/v1/uploads/"+u.ID, nil)); a.status != http.StatusNotFound {
		t.Errorf("dropped what is a document: %d %s", a.status, a.body)
	}
	again := decode[uploadBody](t, b.begin("page.jpg", file).body)
	b.piece(again.ID, 0, file)
	if a := b.fileIt(again.ID); a.status != http.StatusOK || decode[documentBody](t, a.body).ID != d.ID || !decode[documentBody](t, a.body).Duplicate {
		t.Errorf("the same bytes again: %d %s", a.status, a.body)
	}
	w.nothingLeft(t)
}

// nothingLeft: bytes that have become documents, or were refused, are gone.
func (w *world) nothingLeft(t *testing.T) {
	t.Helper()
	if left, err := os.ReadDir(filepath.Join(w.spool, "uploads")); err != nil || len(left) != 0 {
		t.Errorf("%d uploads are left on the disk: %v", len(left), err)
	}
}

// TestPieceLimits: every limit has its words.
func TestPieceLimits(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	for body, want := range map[string]string{
		`{"file_name":"a.jpg","size":0}`:                    "a.jpg is empty. Take the photo again",
		`{"file_name":"a.jpg","size":20000001}`:             "a.jpg must be smaller than 20MB",
		`{"file_name":"a.jpg","size":-1}`:                   "Give the size of the file in bytes",
		`{"file_name":"a.jpg","size":1,"sha256":"ABC"}`:     "Give the SHA-256 of the file",
		`{"file_name":"a.jpg","size":1,"encounter":"x"}`:    "and no others",
		`{"file_name":"` + strings.Repeat("a", 20000) + `"`: "Send at most 16,384 bytes",
	} {
		if a := b.postJSON("/api/v1/uploads", body); a.status < 400 || a.status >= 500 || !strings.Contains(a.body, want) {
			t.Errorf("%.60s: %d %s", body, a.status, a.body)
		}
	}
	file := picture()
	u := decode[uploadBody](t, b.begin("a.jpg", file).body)
	if a := b.piece(u.ID, 0, append(bytes.Clone(file), 0)); a.status != http.StatusRequestEntityTooLarge || a.header.Get("Upload-Offset") != "0" {
		t.Errorf("one byte too many: %d %s", a.status, a.body)
	}
	if a := b.fileIt(u.ID); a.status != http.StatusConflict || !strings.Contains(a.body, "a.jpg has not arrived to its end") {
		t.Errorf("filed too early: %d %s", a.status, a.body)
	}
	for _, offset := range []string{"", "-1", "x", "9223372036854775808"} {
		req := b.request("PATCH", "/api/v1/uploads/"+u.ID, bytes.NewReader(file))
		req.Header.Set("Content-Type", "application/offset+octet-stream")
		req.Header.Set("Upload-Offset", offset)
		if a := b.do(req); a.status != http.StatusUnsupportedMediaType {
			t.Errorf("offset %q: %d %s", offset, a.status, a.body)
		}
	}
	b.piece(u.ID, 0, file)
	for body, want := range map[string]string{
		`{}`: noEncounter, `{"encounter":"X","capture":"C1"}`: wrongEncounter, `{"encounter":"` + encounter + `"}`: "Select how you got the images",
		`{"encounter":"` + encounter + `","capture":"C1","page_of":"TSD-0000-0000"}`: noDocument,
	} {
		if a := b.postJSON("/api/v1/uploads/"+u.ID+"/document", body); a.status != http.StatusBadRequest || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	if a := b.fileIt(u.ID); a.status != http.StatusCreated {
		t.Errorf("after its mistakes: %d %s", a.status, a.body)
	}
	for range maxUploadsEach {
		b.begin("b.jpg", picture())
	}
	if a := b.begin("c.jpg", picture()); a.status != http.StatusTooManyRequests || !strings.Contains(a.body, "Too many files are on their way at once") {
		t.Errorf("one upload too many: %d %s", a.status, a.body)
	}
}

// TestPiecesOfNoPicture: what is none is refused as soon as that can be seen,
// and what is not what was sent begins anew.
func TestPiecesOfNoPicture(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	notes := bytes.Repeat([]byte("notes "), 1000)
	u := decode[uploadBody](t, b.begin("notes.docx", notes).body)
	b.piece(u.ID, 0, notes[:10])
	if a := b.piece(u.ID, 10, notes[10:20]); a.status != http.StatusUnsupportedMediaType || !strings.Contains(a.body, "notes.docx must be a JPG, PNG or WebP image. It may have been renamed") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := b.get("/api/v1/uploads/" + u.ID); a.status != http.StatusNotFound {
		t.Errorf("it is kept: %d", a.status)
	}
	file, other := picture(), picture()
	n := min(len(file), len(other))
	u = decode[uploadBody](t, b.begin("a.jpg", file[:n]).body)
	b.piece(u.ID, 0, other[:n])
	if a := b.fileIt(u.ID); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "a.jpg could not be uploaded. Try again") {
		t.Errorf("other bytes: %d %s", a.status, a.body)
	}
	if a := b.piece(u.ID, 0, file[:n]); a.status != http.StatusNoContent {
		t.Errorf("from the beginning: %d %s", a.status, a.body)
	}
	if a := b.fileIt(u.ID); a.status != http.StatusCreated {
		t.Errorf("the right ones: %d %s", a.status, a.body)
	}
	w.nothingLeft(t)
}

// TestPiecesOutliveTheDesk: another desk on the same spool goes on.
func TestPiecesOutliveTheDesk(t *testing.T) {
	w := newWorld(t)
	file := picture()
	u := decode[uploadBody](t, w.curl(t, officer).begin("a.jpg", file).body)
	w.curl(t, officer).piece(u.ID, 0, file[:500])
	next := newWorld(t, func(c *Config) {
		c.Documents, c.Uploads, c.Accounts, c.Audit, c.Sessions, c.SpoolDir = w.config.Documents, w.config.Uploads, w.config.Accounts, w.config.Audit, w.config.Sessions, w.config.SpoolDir
	})
	b := next.curl(t, officer)
	list := decode[struct{ Data []uploadBody }](t, b.get("/api/v1/uploads").body)
	if len(list.Data) != 1 || list.Data[0].Offset != 500 {
		t.Fatalf("listed are %+v", list.Data)
	}
	if a := b.piece(u.ID, 500, file[500:]); a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := b.fileIt(u.ID); a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestTidy: what nobody goes on with is forgotten after a day, bytes and all.
func TestTidy(t *testing.T) {
	var now atomic.Pointer[time.Time]
	start := time.Now()
	now.Store(&start)
	w := newWorld(t, func(c *Config) { c.Now = func() time.Time { return *now.Load() } })
	b := w.curl(t, officer)
	file := picture()
	u := decode[uploadBody](t, b.begin("a.jpg", file).body)
	b.piece(u.ID, 0, file[:500])
	stray := filepath.Join(w.spool, "uploads", strings.Repeat("A", 26))
	if err := os.WriteFile(stray, file, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.desk.Tidy(ctx)
	if err := w.desk.server.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stray); err == nil {
		t.Error("bytes without a record are kept")
	}
	if a := b.get("/api/v1/uploads/" + u.ID); a.status != http.StatusOK {
		t.Errorf("forgotten too early: %d", a.status)
	}
	later := start.Add(pipeline.UploadTime + time.Minute)
	now.Store(&later)
	if err := w.desk.server.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := b.get("/api/v1/uploads/" + u.ID); a.status != http.StatusNotFound {
		t.Errorf("kept for more than a day: %d", a.status)
	}
	w.nothingLeft(t)
}

// cutter is a line that is severed after some bytes, again and again.
type cutter struct {
	net.Listener
	to   string
	left atomic.Int64
	mu   sync.Mutex
	open []net.Conn
}

// startCutter gives a line to a server.
func startCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l, to: to}
	c.left.Store(1 << 60)
	t.Cleanup(func() { l.Close(); c.cut() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.serve(conn)
		}
	}()
	return c
}

func (c *cutter) serve(client net.Conn) {
	server, err := net.Dial("tcp", c.to)
	if err != nil {
		client.Close()
		return
	}
	c.mu.Lock()
	c.open = append(c.open, client, server)
	c.mu.Unlock()
	go func() {
		b := make([]byte, 512)
		for {
			n, err := client.Read(b)
			if err != nil || c.left.Add(-int64(n)) < 0 {
				c.cut()
				return
			}
			if _, err := server.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	go func() { _, _ = io.Copy(client, server) }()
}

// cut severs every connection without a word.
func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.open {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		conn.Close()
	}
	c.open = nil
}

// TestSeveredLine sends ten files over a line that is severed every few
// thousand bytes. All of them arrive, whole, and each once.
func TestSeveredLine(t *testing.T) {
	w := newWorld(t)
	line := startCutter(t, strings.TrimPrefix(w.url, "http://"))
	files := make([][]byte, 10)
	for i := range files {
		files[i] = append(picture(), bytes.Repeat([]byte{byte(i)}, 50_000)...)
	}
	cuts := 0
	for i, file := range files {
		s := &sender{world: w, url: "http://" + line.Addr().String(), name: fmt.Sprintf("IMG_%d.jpg", i), file: file}
		for {
			line.left.Store(30_000)
			if s.try(t) == nil {
				break
			}
			if cuts++; cuts > 200 {
				t.Fatal("it never arrives")
			}
		}
	}
	docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{Limit: 100})
	if err != nil || len(docs) != len(files) || cuts < len(files) {
		t.Fatalf("%d documents of %d files after %d cuts: %v", len(docs), len(files), cuts, err)
	}
	for i, d := range docs {
		if want := pipeline.DigestOf(sha256.Sum256(files[len(files)-1-i])); d.Digest != want {
			t.Errorf("document %d is another", i)
		}
	}
	if us, err := w.db.ListUploads(t.Context(), officer); err != nil || len(us) != 0 {
		t.Errorf("%d uploads are left: %v", len(us), err)
	}
	w.nothingLeft(t)
}

// sender sends one file, from wherever the last try ended.
type sender struct {
	*world
	url, name string
	file      []byte
}

func (s *sender) do(t *testing.T, method, path, kind string, body []byte, offset int) (answer, error) {
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.SetBasicAuth(officer, password)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Upload-Offset", strconv.Itoa(offset))
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(b)}, err
}

func (s *sender) try(t *testing.T) error {
	begin := fmt.Sprintf(`{"file_name": %q, "size": %d, "sha256": %q}`, s.name, len(s.file), pipeline.DigestOf(sha256.Sum256(s.file)))
	a, err := s.do(t, "POST", "/api/v1/uploads", "application/json", []byte(begin), 0)
	if err != nil {
		return err
	}
	u := decode[uploadBody](t, a.body)
	if int(u.Offset) < len(s.file) {
		if a, err = s.do(t, "PATCH", "/api/v1/uploads/"+u.ID, "application/offset+octet-stream", s.file[u.Offset:], int(u.Offset)); err != nil {
			return err
		}
		if a.status != http.StatusNoContent {
			return fmt.Errorf("piece: %d", a.status)
		}
	}
	a, err = s.do(t, "POST", "/api/v1/uploads/"+u.ID+"/document", "application/json", []byte(`{"encounter": "`+encounter+`", "capture": "C1"}`), 0)
	if err == nil && a.status != http.StatusCreated && a.status != http.StatusOK {
		t.Errorf("file: %d %s", a.status, a.body)
	}
	return err
}

// TestComingBack: who comes back need not wait until the old connection, which
// hangs, is found to be dead.
func TestComingBack(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	file := picture()
	u := decode[uploadBody](t, b.begin("a.jpg", file).body)
	hangs, write := io.Pipe()
	defer write.Close()
	req := b.request("PATCH", "/api/v1/uploads/"+u.ID, hangs)
	req.SetBasicAuth(officer, password)
	req.ContentLength = int64(len(file))
	req.Header.Set("Content-Type", "application/offset+octet-stream")
	req.Header.Set("Upload-Offset", "0")
	go func() {
		if resp, err := (&http.Client{Transport: &http.Transport{}}).Do(req); err == nil {
			resp.Body.Close()
		}
	}()
	if _, err := write.Write(file[:700]); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for {
		at := decode[uploadBody](t, b.get("/api/v1/uploads/"+u.ID).body).Offset
		if a := b.piece(u.ID, int(at), file[at:]); a.status == http.StatusNoContent {
			break
		}
		if time.Since(start) > 10*time.Second {
			t.Fatal("the old connection is in the way")
		}
	}
	if a := b.fileIt(u.ID); a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// FuzzPiece adds pieces at any place. What is kept is always a beginning of what
// was sent in order, and never more than was said.
func FuzzPiece(f *testing.F) {
	f.Add(int64(10), int64(0), []byte("0123456789"), int64(5), []byte("abc"))
	f.Add(int64(3), int64(-1), []byte("0123456789"), int64(0), []byte("ab"))
	f.Add(int64(1), int64(1<<62), []byte(""), int64(0), []byte("abcdef"))
	f.Fuzz(func(t *testing.T, size, at1 int64, piece1 []byte, at2 int64, piece2 []byte) {
		if size < 1 || size > 1<<20 {
			return
		}
		p, err := newPieces(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		u := pipeline.Upload{ID: strings.Repeat("B", 26), Size: size}
		var want []byte
		for _, piece := range []struct {
			at    int64
			bytes []byte
		}{{at1, piece1}, {at2, piece2}} {
			arrived, err := p.add(u, piece.at, bytes.NewReader(piece.bytes))
			if piece.at == int64(len(want)) && int64(len(want)+len(piece.bytes)) <= size {
				want = append(want, piece.bytes...)
			} else if err == nil {
				t.Fatalf("%d bytes at %d of %d were taken behind %d", len(piece.bytes), piece.at, size, len(want))
			}
			if arrived != int64(len(want)) {
				t.Fatalf("%d have arrived; want %d", arrived, len(want))
			}
		}
		got, err := os.ReadFile(filepath.Join(p.dir, u.ID))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("kept %q; want %q", got, want)
		}
	})
}

// FuzzUploadAnswers: what an upload begins with is within its limits, or is
// refused in words.
func FuzzUploadAnswers(f *testing.F) {
	f.Add("a.jpg", int64(5), "")
	f.Add("\u202e\x00/..", int64(1<<40), strings.Repeat("f", 64))
	f.Fuzz(func(t *testing.T, name string, size int64, digest string) {
		u, err := uploadAnswers{name, size, digest}.upload()
		if err != nil {
			if p, ok := errors.AsType[*problem](err); !ok || p.detail == "" || p.kind().Status >= 500 {
				t.Fatalf("no problem with words: %v", err)
			}
			return
		}
		if u.Size < 1 || u.Size > pipeline.MaxUploadBytes || u.FileName == "" || len(u.FileName) > maxFileName || strings.ContainsAny(u.FileName, "\r\n\x00/\\\u202e") {
			t.Fatalf("%+v", u)
		}
	})
}
