package main

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// hugePNG is a whole and correct picture of 30,000 x 30,000 white dots.
func hugePNG(t *testing.T) []byte {
	t.Helper()
	const side = 30_000
	var pixels bytes.Buffer
	z, err := zlib.NewWriterLevel(&pixels, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	row := bytes.Repeat([]byte{0xff}, 1+(side+7)/8)
	row[0] = 0 // the row's filter
	for range side {
		if _, err := z.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	out := []byte("\x89PNG\r\n\x1a\n")
	for _, c := range []struct {
		name string
		body []byte
	}{{"IHDR", append(head, 1, 0, 0, 0, 0)}, {"IDAT", pixels.Bytes()}, {"IEND", nil}} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c.body)))
		body := append([]byte(c.name), c.body...)
		out = binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
	}
	return out
}

// endless is a JPEG file that never ends.
type endless struct{}

// Read implements io.Reader.
func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0x55
	}
	return len(p), nil
}

// TestHostileUploads sends what must not hurt: each gets its own message in
// time, and the desk stays small.
func TestHostileUploads(t *testing.T) {
	f := startFleet(t)
	passport, _, err := fixtures.Picture(mrz.TD3, fixtures.NoFault, 7)
	if err != nil {
		t.Fatal(err)
	}
	if _, a, err := f.upload("warm.jpg", bytes.NewReader(passport), "wait=20"); err != nil || a.Outcome == nil {
		t.Fatalf("a good picture first: %+v, %v", a, err)
	}
	for name, tt := range map[string]struct {
		body   io.Reader
		status int
		says   string // in the problem's detail, or in the reasons of the report
	}{
		"huge.png":   {bytes.NewReader(hugePNG(t)), http.StatusOK, "has too many pixels"},
		"cut.jpg":    {bytes.NewReader(passport[:len(passport)/3]), http.StatusOK, "could not be opened. Take the photo again"},
		"text.jpg":   {strings.NewReader("This is a text.\n"), http.StatusUnsupportedMediaType, "text.jpg must be a JPG, PNG or WebP image. It may have been renamed"},
		"empty.jpg":  {strings.NewReader(""), http.StatusBadRequest, "empty.jpg is empty. Take the photo again"},
		"200 MB.jpg": {io.MultiReader(bytes.NewReader(passport[:1000]), io.LimitReader(endless{}, 200_000_000)), http.StatusRequestEntityTooLarge, "200 MB.jpg must be smaller than 20MB"},
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			status, a, err := f.upload(name, tt.body, "wait=20")
			took := time.Since(begin)
			if err != nil {
				t.Fatal(err)
			}
			says := a.Detail
			if a.Outcome != nil {
				says = f.reasons(t, a.ID)
			}
			if status != tt.status || !strings.Contains(says, tt.says) {
				t.Errorf("answer %d, %q; want %d, %q", status, says, tt.status, tt.says)
			}
			if took > 2*time.Second {
				t.Errorf("answered after %s; want 2 s at most", took)
			}
		})
	}
	if peak := peakMemory(t, f.desk.Process.Pid); peak > 200_000_000 {
		t.Errorf("the desk took %d MB; want at most 200", peak/1_000_000)
	}
}

// reasons are the sentences of a report that could not check.
func (f *fleet) reasons(t *testing.T, id pipeline.DocumentID) string {
	t.Helper()
	var r pipeline.Report
	f.get(t, fmt.Sprintf("/api/v1/documents/%s/report", id), &r)
	if r.Outcome.Conclusion != pipeline.CouldNotCheck {
		t.Errorf("conclusion %s; want %s", r.Outcome.Conclusion, pipeline.CouldNotCheck)
	}
	var b strings.Builder
	for _, finding := range r.Findings {
		b.WriteString(finding.Reason + "\n")
	}
	return b.String()
}

// peakMemory is the most memory that a process has had, in bytes.
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb * 1024
}
