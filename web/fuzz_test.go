package web

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"touchstone.internal/pipeline"
)

// FuzzForm reads forms that anybody can send. Whatever they hold, what was kept
// is what came: every file has the bytes of its digest, no more files are open
// than are in the form, names cannot control a screen, and nothing is left.
func FuzzForm(f *testing.F) {
	const boundary = "b"
	seed := func(parts []part) {
		body, kind := encode(parts)
		_, old, _ := strings.Cut(kind, "boundary=")
		f.Add(bytes.ReplaceAll(body, []byte(old), []byte(boundary)))
	}
	seed(filled(part{"file", "a.jpg", []byte("\xff\xd8\xffabc")}))
	seed(filled(part{"file", "a.png", []byte("\x89PNG\r\n\x1a\n12345678")}, part{"file", "", nil}, part{"file", "../x", []byte("x")}))
	seed([]part{{"file", "\u202ex.jpg", []byte("\xff\xd8\xff\r\n--b\r\n")}, {"encounter", "", bytes.Repeat([]byte("x"), 2000)}})
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=file; filename*=utf-8''%ff%0d.jpg\r\n\r\n\xff\xd8\xff\r\n--b--"))
	f.Add([]byte("--b\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\a.jpg\"\n\nRIFF\x00\x00\x00\x00WEBPVP8 \n--b--\n"))
	f.Add(append([]byte("--b\r\nX: "), bytes.Repeat([]byte("x"), 1<<17)...))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, body []byte) {
		sp := newSpool(dir)
		fr := newFormReader(bytes.NewReader(body), boundary, sp)
		fr.account = "amira"
		err := fr.read()
		for i, a := range fr.form.files {
			if (a.file == nil) == (a.refused == nil) {
				t.Fatalf("file %d is neither kept nor refused: %+v", i, a)
			}
			if name := a.name; !utf8.ValidString(name) || len(name) > maxFileName || strings.ContainsAny(name, "\r\n\x00/\\\u202e") {
				t.Fatalf("file %d is called %q", i, name)
			}
			if a.file == nil || err != nil { // where reading broke off the last file is not whole
				continue
			}
			checkKept(t, a, body)
		}
		if len(fr.form.files) > maxFiles || fr.form.fields > maxFields+1 {
			t.Fatalf("%d files, %d fields", len(fr.form.files), fr.form.fields)
		}
		if p, ok := errors.AsType[*problem](err); ok {
			p.kind() // panics if there is no such type
		}
		fr.form.mistakes()
		fr.form.close()
		if left, _ := os.ReadDir(dir); sp.quota.taken() != 0 || len(left) != 0 {
			t.Fatalf("%d files are open, %d are left", sp.quota.taken(), len(left))
		}
	})
}

// checkKept compares a file in the spool with what came.
func checkKept(t *testing.T, a arrived, body []byte) {
	t.Helper()
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(a.file)
	if err != nil {
		t.Fatal(err)
	}
	media, ok := pipeline.Sniff(b)
	if !ok || media != a.media || int64(len(b)) != a.size || pipeline.DigestOf(sha256.Sum256(b)) != a.digest || !bytes.Contains(body, b) {
		t.Fatalf("kept %d bytes of %s as %+v", len(b), media, a)
	}
}

// FuzzFilter reads the parameters of a list. What is taken can be written and
// read again and gives the same list; what is not has one text each.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"", "state=received&limit=5", "state=done", "conclusion=review_suggested&cursor=dHNkLTBvMWwtMjIyMg", "encounter=uto 241126 0001", "limit=0", "limit=1&limit=2",
		"cursor=VFNELTdRNEstMk05WA", "x=%00&y=%ff", "encounter=ſſſ-241126-0001", "limit=+5", "%zz",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, _ := url.ParseQuery(query) // as http.Request does
		filter, errs := parseFilter(q)
		for _, e := range errs {
			if e.Detail == "" || !strings.HasPrefix(e.Pointer, "/") {
				t.Fatalf("%q: %+v", query, e)
			}
		}
		if errs != nil {
			return
		}
		if filter.Limit < 1 || filter.Limit > maxLimit || filter.Encounter != "" && !encounterForm.MatchString(filter.Encounter) {
			t.Fatalf("%q: %+v", query, filter)
		}
		again := url.Values{"state": {string(filter.State)}, "conclusion": {string(filter.Conclusion)}, "encounter": {filter.Encounter}, "cursor": {encodeCursor(string(filter.After))}}
		got, errs := parseFilter(again)
		got.Limit = filter.Limit
		if errs != nil || got != filter {
			t.Fatalf("%q: %+v, then %+v, %+v", query, filter, got, errs)
		}
	})
}

// FuzzLocalPath: no redirect leaves this server, as a browser reads it.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "//x", "/\\x", "https://x", "/a?b=c#d", "\t//x", "/\n/x", "/..//x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := localPath(s)
		// Browsers drop tab and line feed and read \ as /.
		read := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(p)
		if !strings.HasPrefix(read, "/") || strings.HasPrefix(read, "//") || slices.Contains([]string{"", "//"}, p) {
			t.Fatalf("%q leads to %q", s, p)
		}
	})
}
