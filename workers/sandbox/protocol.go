package sandbox

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"touchstone.internal/pipeline"
)

// The child says either readyMark, or failedMark and a text as a short frame,
// once. Then it takes one request (header frame, picture) and gives one answer
// (report frame, width, height, pixels). Frames are a big-endian length of four
// bytes and that many bytes.
const (
	readyMark  = 'R'
	failedMark = 'F'

	maxFailure = 1 << 10
	maxHeader  = 4 << 10
	// maxReport bounds the JSON report; decoding it costs up to a hundred times
	// its size, and real ones take some 30 kB.
	maxReport = 1 << 20
	// maxSide bounds the rendition: 1600 x 1600 pixels.
	maxSide = 1600
)

// Header is what the child is told of a picture: enough for a report, and
// nothing that tells whose it is.
type Header struct {
	Digest  pipeline.Digest       `json:"digest"`
	Size    int64                 `json:"size"` // bytes of the picture
	AsOf    time.Time             `json:"as_of"`
	Capture pipeline.CaptureClass `json:"capture"`
}

// refusedError says that an answer does not hold up. It never quotes it.
type refusedError struct{ why string }

func (e *refusedError) Error() string { return "answer refused: " + e.why }

func refuse(format string, args ...any) error {
	return &refusedError{fmt.Sprintf(format, args...)}
}

func writeFrame(w io.Writer, b []byte) error {
	var size [4]byte
	binary.BigEndian.PutUint32(size[:], uint32(len(b))) //nolint:gosec // frames are far below 4 GB
	if _, err := w.Write(size[:]); err != nil {
		return err
	}
	_, err := w.Write(b)
	return err
}

// readFrame reads a frame of at most limit bytes; a longer one is refused
// before anything is set aside for it.
func readFrame(r io.Reader, limit uint32) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > limit {
		return nil, refuse("a frame of %d bytes, %d at most", size, limit)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	return b, nil
}

// readReady waits for the child's first word. The text of a failure is from
// before any document and may be shown.
func readReady(r io.Reader) error {
	var mark [1]byte
	if _, err := io.ReadFull(r, mark[:]); err != nil {
		return fmt.Errorf("the child ended before it was ready: %w", err)
	}
	switch mark[0] {
	case readyMark:
		return nil
	case failedMark:
		text, err := readFrame(r, maxFailure)
		if err != nil {
			return fmt.Errorf("the child failed and could not say why: %w", err)
		}
		return fmt.Errorf("the child cannot start: %q", text)
	}
	return refuse("an unknown first byte")
}

// bodyError marks an error of the picture's source, not of the child.
type bodyError struct{ error }

func (e bodyError) Unwrap() error { return e.error }

// body remembers how reading ended.
type body struct {
	r   io.Reader
	err error
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil {
		b.err = err
	}
	return n, err
}

// writeRequest sends a picture of h.Size bytes. It gives a bodyError if the
// source does not hold so many.
func writeRequest(w io.Writer, h Header, picture io.Reader) error {
	head, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	if err := writeFrame(w, head); err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	source := &body{r: picture}
	n, err := io.CopyN(w, source, h.Size)
	switch {
	case err == nil:
		return nil
	case source.err == io.EOF: //nolint:errorlint // readers give it bare
		return bodyError{fmt.Errorf("the picture has %d bytes instead of %d", n, h.Size)}
	case source.err != nil:
		return bodyError{fmt.Errorf("read the picture: %w", source.err)}
	}
	return fmt.Errorf("write request: %w", err)
}

// readRequest is the child's side of writeRequest.
func readRequest(r io.Reader) (h Header, raw []byte, err error) {
	head, err := readFrame(r, maxHeader)
	if err != nil {
		return h, nil, err
	}
	if err := json.Unmarshal(head, &h); err != nil {
		return h, nil, err
	}
	if h.Size < 0 || h.Size > pipeline.MaxUploadBytes {
		return h, nil, errors.New("the size of the picture is out of range")
	}
	raw = make([]byte, h.Size)
	_, err = io.ReadFull(r, raw)
	return h, raw, err
}

// writeAnswer is the child's side of readAnswer.
func writeAnswer(w io.Writer, report pipeline.Report, rendition pipeline.Rendition) error {
	b, err := json.Marshal(report)
	if err != nil {
		return err
	}
	if err := writeFrame(w, b); err != nil {
		return err
	}
	var size [4]byte
	binary.BigEndian.PutUint16(size[:2], uint16(rendition.Width))  //nolint:gosec // the parent checks the length
	binary.BigEndian.PutUint16(size[2:], uint16(rendition.Height)) //nolint:gosec // likewise
	if _, err := w.Write(size[:]); err != nil {
		return err
	}
	_, err = w.Write(rendition.Pix)
	return err
}

// readAnswer reads what the child says of the picture h, to the end of the
// stream, and believes none of it: an answer that does not hold up gives a
// refusedError, one that breaks off an error of r.
func readAnswer(r io.Reader, h Header) (pipeline.ScreenResult, error) {
	var none pipeline.ScreenResult
	b, err := readFrame(r, maxReport)
	if err != nil {
		return none, err
	}
	report, err := parseReport(b)
	if err != nil {
		return none, err
	}
	if err := checkReport(report, h); err != nil {
		return none, err
	}
	rendition, err := readRendition(r)
	if err != nil {
		return none, err
	}
	if n, err := io.ReadFull(r, make([]byte, 1)); n > 0 {
		return none, refuse("bytes after the end")
	} else if err != io.EOF {
		return none, err
	}
	return pipeline.ScreenResult{Report: report, Rendition: rendition}, nil
}

// parseReport decodes JSON that has nothing in it but a report.
func parseReport(b []byte) (r pipeline.Report, err error) {
	if !utf8.Valid(b) {
		return r, refuse("a report that is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, refuse("a report that is no report") // the decoder's error quotes it
	}
	if rest := b[d.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return r, refuse("bytes after the report")
	}
	return r, nil
}

func readRendition(r io.Reader) (pipeline.Rendition, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return pipeline.Rendition{}, err
	}
	w, h := int(binary.BigEndian.Uint16(size[:2])), int(binary.BigEndian.Uint16(size[2:]))
	if w > maxSide || h > maxSide || (w == 0) != (h == 0) {
		return pipeline.Rendition{}, refuse("a rendition of %d x %d pixels", w, h)
	}
	if w == 0 {
		return pipeline.Rendition{}, nil
	}
	pix := make([]byte, w*h*3)
	if _, err := io.ReadFull(r, pix); err != nil {
		return pipeline.Rendition{}, err
	}
	return pipeline.Rendition{Width: w, Height: h, Pix: pix}, nil
}
