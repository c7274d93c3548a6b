package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"regexp"
	"strings"
	"unicode"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
)

// Limits of an upload.
const (
	maxFiles    = 20
	maxExtra    = 100 // files beyond those that are still counted, to say how many to remove
	maxFields   = 20
	maxField    = 1 << 10 // bytes of a field that is no file
	maxPartHead = 16 << 10
	maxUpload   = maxFiles*(pipeline.MaxUploadBytes+maxPartHead) + 1<<20
	maxFileName = 200 // bytes
	maxEnding   = 16  // bytes of ".jpg" that are kept where a name is cut
)

// form is an upload as it was read. Whoever reads it closes it.
type form struct {
	encounter, capture string
	pageOf             string // reference of the document of which the files are further sides; empty if they are documents of their own
	files              []arrived
	extra              int // files beyond maxFiles
	fields             int
	given              map[string]int // how often there was a field of a name
}

// arrived is one file of a form: in the spool, or refused.
type arrived struct {
	name    string // cleaned; empty if the client gave none
	file    *spooled
	size    int64
	digest  pipeline.Digest
	media   pipeline.MediaType
	refused *problem
}

// close lets go of every file.
func (f *form) close() {
	for _, a := range f.files {
		if a.file != nil {
			_ = a.file.Close() // it has no name: nothing can be left of it
		}
	}
}

// formReader reads a form from bytes that nobody vouches for, part by part.
type formReader struct {
	gate    *gate
	parts   *multipart.Reader
	spool   *spool
	account string
	form    *form
}

func newFormReader(body io.Reader, boundary string, sp *spool) *formReader {
	g := &gate{r: body, total: maxUpload}
	return &formReader{gate: g, parts: multipart.NewReader(g, boundary), spool: sp, form: &form{given: map[string]int{}}}
}

// readForm reads an upload into the spool. The form comes back, and is to be
// closed, even if there is an error: it holds what was read before.
func (s *server) readForm(w http.ResponseWriter, r *http.Request, who pipeline.Account) (*form, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	boundary := params["boundary"]
	if err != nil || kind != "multipart/form-data" || boundary == "" || len(boundary) > 70 {
		return &form{}, problemFormType()
	}
	if r.ContentLength > maxUpload {
		return &form{}, problemFile("file-too-large", text.Reason(string(pipeline.ProblemTooBig), nil))
	}
	body := s.newPacedBody(w, r)
	defer body.release()
	fr := newFormReader(body, boundary, s.spool)
	fr.account = who.Name
	err = fr.read()
	if err == nil {
		// The rest is read, so that the connection can be used again.
		fr.gate.left = maxPartHead
		_, err = io.Copy(io.Discard, fr.gate)
	}
	if _, ok := errors.AsType[*problem](err); err == nil || ok {
		return fr.form, err
	}
	switch {
	case body.slow():
		return fr.form, problemSlow()
	case r.Context().Err() != nil:
		return fr.form, fmt.Errorf("read upload: %w", r.Context().Err())
	}
	if fault, ok := errors.AsType[*spoolError](err); ok {
		return fr.form, fault
	}
	return fr.form, problemForm() // what broke is not told: it may quote the form
}

// spoolError is an error of this machine, not of the form.
type spoolError struct{ err error }

func (f *spoolError) Error() string { return "spool upload: " + f.err.Error() }
func (f *spoolError) Unwrap() error { return f.err }

// read reads every part.
func (fr *formReader) read() error {
	for {
		fr.gate.left = maxPartHead
		p, err := fr.parts.NextRawPart()
		if err == io.EOF { // bare at the end, wrapped where the form breaks off
			return nil
		}
		if err != nil {
			return err
		}
		if err := fr.part(p); err != nil {
			return err
		}
	}
}

// part reads one part to its end.
func (fr *formReader) part(p *multipart.Part) error {
	if p.FormName() == "file" {
		fr.gate.left = pipeline.MaxUploadBytes + maxPartHead
		return fr.file(p)
	}
	if fr.form.fields++; fr.form.fields > maxFields {
		return problemForm()
	}
	fr.gate.left = maxPartHead
	b, err := io.ReadAll(io.LimitReader(p, maxField+1))
	if err != nil {
		return err
	}
	if len(b) > maxField {
		return problemForm()
	}
	fr.form.given[p.FormName()]++
	switch p.FormName() {
	case "encounter":
		fr.form.encounter = encounterReference(string(b))
	case "capture":
		fr.form.capture = strings.TrimSpace(string(b))
	case "page_of":
		fr.form.pageOf = strings.TrimSpace(string(b))
	}
	return nil
}

// file reads one file into the spool while it adds up its digest. What is no
// picture by its first bytes is read past and not kept.
func (fr *formReader) file(p *multipart.Part) error {
	a := arrived{name: fileName(p)}
	head := make([]byte, pipeline.SniffLen)
	n, err := io.ReadFull(p, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if n == 0 && a.name == "" { // a form that was sent without choosing a file
		return nil
	}
	if len(fr.form.files) >= maxFiles {
		if fr.form.extra++; fr.form.extra > maxExtra {
			return tooManyFiles(0) // reading stops here: more may follow
		}
		return fr.skip(p, a, n)
	}
	media, ok := pipeline.Sniff(head[:n])
	switch {
	case n == 0:
		a.refused = refusal(pipeline.ProblemEmpty, a.name)
	case !ok:
		a.refused = refusal(pipeline.ProblemNotPicture, a.name)
	}
	if a.refused != nil {
		fr.form.files = append(fr.form.files, a)
		return fr.skip(p, a, n)
	}
	a.media = media
	return fr.keep(p, a, head[:n])
}

// skip reads past a file that is not kept.
func (fr *formReader) skip(p *multipart.Part, a arrived, n int) error {
	m, err := io.Copy(io.Discard, io.LimitReader(p, pipeline.MaxUploadBytes+1-int64(n)))
	if err != nil {
		return err
	}
	if int64(n)+m > pipeline.MaxUploadBytes {
		return refusal(pipeline.ProblemTooBig, a.name)
	}
	return nil
}

// keep writes a file to the spool.
func (fr *formReader) keep(p *multipart.Part, a arrived, head []byte) (err error) {
	if a.file, err = fr.spool.open(fr.account); err != nil {
		if _, ok := errors.AsType[*problem](err); ok {
			return err
		}
		return &spoolError{err}
	}
	fr.form.files = append(fr.form.files, a)
	kept := &fr.form.files[len(fr.form.files)-1]
	sum := sha256.New()
	dst := &faultWriter{w: io.MultiWriter(a.file, sum)}
	if _, err := dst.Write(head); err != nil {
		return err
	}
	n, err := io.Copy(dst, io.LimitReader(p, pipeline.MaxUploadBytes+1-int64(len(head))))
	if err != nil {
		return err
	}
	kept.size = int64(len(head)) + n
	if kept.size > pipeline.MaxUploadBytes {
		return refusal(pipeline.ProblemTooBig, a.name)
	}
	kept.digest = pipeline.DigestOf([sha256.Size]byte(sum.Sum(nil)))
	return nil
}

// faultWriter marks an error of writing, to tell a full disk from a form that
// breaks off.
type faultWriter struct{ w io.Writer }

func (f *faultWriter) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		return n, &spoolError{err}
	}
	return n, nil
}

// refusal says why a file was not taken, in the catalogue's sentence.
func refusal(p pipeline.Problem, name string) *problem {
	slug := map[pipeline.Problem]string{
		pipeline.ProblemEmpty: "file-empty", pipeline.ProblemTooBig: "file-too-large", pipeline.ProblemNotPicture: "unsupported-file",
	}[p]
	return problemFile(slug, text.Reason(string(p), map[string]string{"file": name}))
}

// tooManyFiles says how many to remove, unless they were not counted to the
// end: then extra is 0.
func tooManyFiles(extra int) *problem {
	said := fmt.Sprintf("You can only add up to %d files", maxFiles)
	switch {
	case extra == 1:
		said += ". Remove 1 file"
	case extra > 1:
		said += fmt.Sprintf(". Remove %d files", extra)
	}
	return problemFile("file-too-large", said)
}

// encounterForm is how an encounter reference is written: "NPT-241126-0147".
var encounterForm = regexp.MustCompile(`^[A-Z]{3}-[0-9]{6}-[0-9]{4}$`)

// Texts about the encounter reference.
const (
	noEncounter    = "Enter the encounter reference"
	wrongEncounter = "Encounter reference must have 3 letters, then 6 numbers, then 4 numbers, for example NPT-241126-0147"
)

// encounterReference reads a reference as people type it: with or without
// hyphens and spaces, in any case. What it is not comes back as it was.
func encounterReference(s string) string {
	s = strings.TrimSpace(s)
	bare := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, s))
	if len(bare) == 13 {
		if ref := bare[:3] + "-" + bare[3:9] + "-" + bare[9:]; encounterForm.MatchString(ref) {
			return ref
		}
	}
	return s
}

// mistakes tells what is missing in a form or has another form.
func (f *form) mistakes() (errs []fieldError) {
	switch {
	case f.given["encounter"] > 1:
		errs = append(errs, fieldError{"/encounter", "Give one encounter reference"})
	case f.encounter == "":
		errs = append(errs, fieldError{"/encounter", noEncounter})
	case !encounterForm.MatchString(f.encounter):
		errs = append(errs, fieldError{"/encounter", wrongEncounter})
	}
	if _, err := pipeline.ParseCaptureClass(f.capture); f.given["capture"] > 1 {
		errs = append(errs, fieldError{"/capture", "Select one way you got the images"})
	} else if err != nil {
		errs = append(errs, fieldError{"/capture", "Select how you got the images"})
	}
	if f.given["page_of"] > 1 {
		errs = append(errs, fieldError{"/page_of", "Give one document that this is another side of"})
	}
	switch {
	case len(f.files) == 0:
		errs = append(errs, fieldError{"/file", "Add at least one image"})
	case f.extra > 0:
		errs = append(errs, tooManyFiles(f.extra).errors...)
	}
	return errs
}

// correct tells everything that is wrong with a form, and finds the first
// picture of the document that it adds sides to.
func (s *server) correct(ctx context.Context, f *form) error {
	errs := f.mistakes()
	if f.pageOf != "" && f.given["page_of"] <= 1 {
		head, said, err := s.headOf(ctx, f)
		if err != nil {
			return err
		}
		if said != "" {
			errs = append(errs, fieldError{"/page_of", said})
		}
		f.pageOf = string(head)
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	return nil
}

// headOf is the first picture of the document that a form adds sides to. It must
// be of the same account and encounter; what is wrong is said otherwise.
func (s *server) headOf(ctx context.Context, f *form) (head pipeline.DocumentID, said string, err error) {
	id, err := pipeline.ParseDocumentID(f.pageOf)
	if err != nil {
		return "", noDocument, nil //nolint:nilerr // it is the user's mistake, and said
	}
	d, err := s.Documents.Find(ctx, id)
	switch {
	case errors.Is(err, pipeline.ErrNotFound), err == nil && d.UploadedBy != infoOf(ctx).who.Name:
		return "", noDocument, nil
	case err != nil:
		return "", "", err
	case d.Encounter != f.encounter:
		return "", "The document that this is another side of belongs to encounter " + d.Encounter, nil
	}
	return d.Head(), "", nil
}

// fileName gives the name of a file as it can be shown and stored: without
// folders, without characters that control a screen, of bounded length.
func fileName(p *multipart.Part) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return cleanName(params["filename"])
}

func cleanName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return -1 // Cf has the marks that turn the direction of writing
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if len(s) > maxFileName {
		ending := path.Ext(s)
		if len(ending) > maxEnding {
			ending = ""
		}
		s = strings.ToValidUTF8(s[:maxFileName-len(ending)], "") + ending
	}
	return s
}
