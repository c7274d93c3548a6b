// Package paper writes what leaves the desk on paper: one sheet after the other of
// plain headings and lines, as PDF. It decides nothing of what is said.
package paper

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Sheet is what is written.
type Sheet struct {
	Title    string
	Marking  string // at the head of every page
	Foot     string // at the foot of every page, before its number
	Made     time.Time
	Sections []Section
}

// Section is a heading with its lines.
type Section struct {
	Title string
	Lines []string
}

// Measures of a page, in millimetres and points.
const (
	margin = 20
	line   = 5.5
	small  = 9
	normal = 11
	head   = 13
	title  = 18
	family = "go"
)

// Write gives the sheet as PDF. The same sheet gives the same bytes.
func Write(s Sheet) ([]byte, error) {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(s.Made.UTC())
	f.SetModificationDate(s.Made.UTC())
	f.SetTitle(s.Title, true)
	f.SetLang("en-GB")
	f.AddUTF8FontFromBytes(family, "", goregular.TTF)
	f.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, margin)
	f.AliasNbPages("{pages}")
	f.SetHeaderFunc(func() {
		f.SetFont(family, "B", small)
		f.CellFormat(0, line, s.Marking, "", 1, "C", false, 0, "")
		f.Ln(line)
	})
	f.SetFooterFunc(func() {
		f.SetY(-margin + line)
		f.SetFont(family, "", small)
		f.CellFormat(0, line, fmt.Sprintf("%s, page %d of {pages}", s.Foot, f.PageNo()), "", 0, "C", false, 0, "")
	})
	f.AddPage()
	f.SetFont(family, "B", title)
	f.MultiCell(0, line*1.6, s.Title, "", "L", false)
	for _, part := range s.Sections {
		write(f, part)
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	return b.Bytes(), nil
}

// write adds one section. A heading does not stand alone at the end of a page.
func write(f *fpdf.Fpdf, s Section) {
	_, height := f.GetPageSize()
	if f.GetY() > height-margin-4*line {
		f.AddPage()
	}
	f.Ln(line / 2)
	f.SetFont(family, "B", head)
	f.MultiCell(0, line*1.2, s.Title, "", "L", false)
	f.SetFont(family, "", normal)
	for _, l := range s.Lines {
		f.MultiCell(0, line, l, "", "L", false)
	}
}
