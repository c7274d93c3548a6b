package page

import (
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
)

// Pack is the printed return of a quarter: figures, method, caveats and gaps.
type Pack struct {
	Quarter Quarter
	Summary threat.Summary
	MadeAt  time.Time
	Version string // of the program
}

// What the pack looks like, in millimetres and points.
const (
	packMargin = 18.0
	packWidth  = 210 - 2*packMargin
	packLine   = 5.2
	packFont   = "go"
	packTitle  = "Fraudulent documents: quarterly pack"
)

// WritePack writes the pack as PDF. It has title, language, bookmarks and real
// text in embedded fonts. It is not tagged, which the library cannot do: who reads
// with a screen reader gets the same figures from the page.
func WritePack(w io.Writer, p Pack) error {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(p.MadeAt)
	f.SetModificationDate(p.MadeAt)
	f.SetTitle(packTitle+", "+p.Quarter.Text(), true)
	f.SetLang("en-GB")
	f.SetCreator("Touchstone "+p.Version, true)
	f.AddUTF8FontFromBytes(packFont, "", goregular.TTF)
	f.AddUTF8FontFromBytes(packFont, "B", gobold.TTF)
	f.SetMargins(packMargin, packMargin, packMargin)
	f.SetAutoPageBreak(true, packMargin+4)
	d := packed{f}
	f.SetFooterFunc(func() { d.foot(p) })
	f.AddPage()
	d.body(p)
	return f.Output(w)
}

// packed is the pack as it grows.
type packed struct{ *fpdf.Fpdf }

// foot is at the bottom of every sheet.
func (d packed) foot(p Pack) {
	d.SetY(-packMargin)
	d.SetFont(packFont, "", 8)
	d.SetTextColor(72, 73, 73)
	d.CellFormat(packWidth/2, packLine, marking+"  "+p.Quarter.Name, "", 0, "L", false, 0, "")
	d.CellFormat(packWidth/2, packLine, "Page "+number(d.PageNo()), "", 0, "R", false, 0, "")
	d.SetTextColor(11, 12, 12)
}

// heading begins a part, and is listed among the bookmarks.
func (d packed) heading(text string, size float64) {
	d.room(4 * packLine)
	d.Ln(3)
	d.SetFont(packFont, "B", size)
	d.Bookmark(text, 0, -1)
	d.MultiCell(packWidth, packLine*1.25, text, "", "L", false)
	d.Ln(1)
}

// say writes a paragraph.
func (d packed) say(text string) {
	d.SetFont(packFont, "", 10)
	d.MultiCell(packWidth, packLine, text, "", "L", false)
	d.Ln(1.2)
}

// list writes lines with a dash before each.
func (d packed) list(lines []string) {
	for _, line := range lines {
		d.say("–  " + line)
	}
}

// room begins a new sheet where less than a height is left.
func (d packed) room(height float64) {
	_, top := d.GetPageSize()
	if d.GetY()+height > top-packMargin-4 {
		d.AddPage()
	}
}

func (d packed) body(p Pack) {
	s := p.Summary
	d.heading(packTitle, 18)
	d.say(p.Quarter.Text() + ". Made on " + p.MadeAt.Format("2 January 2006") + ". Threat area " + string(casework.AreaDocuments) + ": " +
		threat.Label(threat.Labels(), newestLabels(), casework.AreaDocuments) + ".")
	d.say(s.Headline())
	d.say(s.Standing())
	d.heading("What changes", 13)
	d.list(append(s.Changes(), s.Novelties()))
	d.heading("By month", 13)
	d.table("Month", linesOf(s.Trend(""), threat.MonthText))
	for _, t := range threatTables(s) {
		d.heading(t.Caption, 13)
		if len(t.Rows) == 0 {
			d.say("Nothing can be shown.")
			continue
		}
		d.table(t.Name, t.Rows)
	}
	d.heading("From document to exploitation", 13)
	d.say(s.Exploitation())
	d.heading("What documents and journeys were said to cost", 13)
	prices := s.Prices()
	for _, row := range prices {
		d.say(row.PriceSentence())
	}
	if len(prices) == 0 {
		d.say("No price was told in a form that can be read.")
	}
	d.heading("Gaps: what is not known", 13)
	d.say(s.Gaps())
	d.heading("Method and caveats", 13)
	d.list(s.Methodology())
}

// newestLabels is the version of the labels in use.
func newestLabels() string {
	all := threat.Labels()
	return all[len(all)-1].Version
}

// The columns of a table: what the line is about, found, screened, rate, bar.
var packColumns = []float64{66, 24, 24, 36, 24} //nolint:gochecknoglobals // a table, never written

// table writes a table whose bars are its chart.
func (d packed) table(name string, lines []threatLine) {
	d.head(name)
	for _, l := range lines {
		d.SetFont(packFont, "", 9)
		label := d.SplitText(l.Label, packColumns[0]-2)
		height := packLine * float64(max(1, len(label)))
		_, size := d.GetPageSize()
		if d.GetY()+height > size-packMargin-4 {
			d.AddPage()
			d.head(name)
			d.SetFont(packFont, "", 9)
		}
		x, y := d.GetXY()
		d.MultiCell(packColumns[0], packLine, strings.Join(label, "\n"), "", "L", false)
		x += packColumns[0]
		for i, cell := range []string{l.Found, l.Of, l.Rate} {
			d.SetXY(x, y)
			d.CellFormat(packColumns[i+1], packLine, cell, "", 0, "R", false, 0, "")
			x += packColumns[i+1]
		}
		if l.Bar > 0 {
			d.SetFillColor(38, 65, 94)
			d.Rect(x+2, y+1.2, (packColumns[4]-2)*float64(l.Bar)/100, packLine-2.4, "F")
		}
		d.SetDrawColor(177, 180, 182)
		d.Line(packMargin, y+height, packMargin+packWidth, y+height)
		d.SetXY(packMargin, y+height)
	}
	d.Ln(2)
}

// head writes the names of the columns.
func (d packed) head(name string) {
	d.room(3 * packLine)
	d.SetFont(packFont, "B", 9)
	for i, cell := range []string{name, "Found false", "Screened", "In every 1,000"} {
		align := "R"
		if i == 0 {
			align = "L"
		}
		d.CellFormat(packColumns[i], packLine, cell, "B", 0, align, false, 0, "")
	}
	d.Ln(packLine)
}
