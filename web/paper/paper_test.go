package paper_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"touchstone.internal/web/paper"
)

func sheet(sections ...paper.Section) paper.Sheet {
	return paper.Sheet{Title: "Referral", Marking: "OFFICIAL-SENSITIVE", Foot: "R-7Q4K-2M9X", Made: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Sections: sections}
}

// TestWrite: the same sheet gives the same bytes, also a long one, and letters of
// other alphabets.
func TestWrite(t *testing.T) {
	long := paper.Section{Title: "Сказано", Lines: strings.Split(strings.Repeat("Zoë Łukasiewicz said “nothing”\n", 200), "\n")}
	first, err := paper.Write(sheet(long))
	if err != nil {
		t.Fatal(err)
	}
	again, err := paper.Write(sheet(long))
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("the second is another, %v", err)
	}
	if !bytes.HasPrefix(first, []byte("%PDF-")) || !bytes.Contains(first, []byte("/Count 5")) {
		t.Error("it is no PDF of five pages")
	}
	said := read(t, first)
	for _, want := range []string{"OFFICIAL-SENSITIVE", "Сказано", "Zoë Łukasiewicz said “nothing”", "R-7Q4K-2M9X, page 5 of 5"} {
		if !strings.Contains(said, wide(want)) {
			t.Errorf("it does not say %q", want)
		}
	}
}

// read gives the words of a PDF: text is UTF-16 in streams that are deflated.
func read(t *testing.T, pdf []byte) (said string) {
	t.Helper()
	for _, part := range bytes.Split(pdf, []byte("stream\n"))[1:] {
		z, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue // the end of a stream, or one that is not deflated
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		said += string(b)
	}
	return said
}

// wide is a text as a PDF has it.
func wide(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.Write([]byte{byte(u >> 8), byte(u)})
	}
	return b.String()
}
