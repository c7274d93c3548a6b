package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/term"

	"touchstone.internal/checks"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// fileJSON is what `screen --json` prints for one picture. Others script
// against these names.
type fileJSON struct {
	File       string              `json:"file"`
	SHA256     pipeline.Digest     `json:"sha256,omitempty"`
	Outcome    pipeline.Conclusion `json:"outcome"`
	Indication pipeline.Band       `json:"indication,omitempty"`
	Problem    pipeline.Problem    `json:"problem,omitempty"`
	Message    string              `json:"message,omitempty"` // the problem in words
	MRZ        any                 `json:"mrz"`               // null, a zone, or an array of several
	Findings   []pipeline.Finding  `json:"findings"`
	Engine     string              `json:"engine,omitempty"`
	RuleSet    string              `json:"rule_set,omitempty"`
}

// zoneJSON is one machine readable zone in fileJSON.
type zoneJSON struct {
	Format  mrz.Format              `json:"format"`
	Lines   []string                `json:"lines"`
	Certain bool                    `json:"certain"`
	Box     pipeline.Box            `json:"box"`
	Fields  []pipeline.FieldReading `json:"fields"`
}

// newPrinter gives the function that prints one answer.
func newPrinter(asJSON bool, std streams) func(screened) error {
	if asJSON {
		enc := json.NewEncoder(std.out)
		enc.SetEscapeHTML(false)
		return func(a screened) error { return enc.Encode(toJSON(a)) }
	}
	f, ok := std.out.(*os.File)
	p := tablePrinter{std.out, ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""}
	return p.print
}

func toJSON(a screened) fileJSON {
	if a.Err != nil {
		return fileJSON{File: a.File, Outcome: pipeline.TechnicalFault, Message: a.Err.Error(), Findings: []pipeline.Finding{}}
	}
	r := a.Result.Report
	j := fileJSON{
		File: a.File, SHA256: r.Digest, Outcome: r.Outcome.Conclusion, Indication: r.Outcome.Band,
		Problem: r.Outcome.Problem, Findings: r.Findings, Engine: r.Engine, RuleSet: r.RuleSet,
	}
	if j.Problem != "" {
		j.Message = text.Reason(string(j.Problem), nil)
	}
	var zones []zoneJSON
	for _, z := range r.Zones() {
		zones = append(zones, zoneJSON{z.Format, z.Lines, z.Certain, z.Box, z.Fields})
	}
	switch len(zones) {
	case 0:
	case 1:
		j.MRZ = zones[0]
	default:
		j.MRZ = zones
	}
	return j
}

// tablePrinter prints answers for people.
type tablePrinter struct {
	w     io.Writer
	color bool
}

// mark is the sign and colour of an outcome; the sign alone must be enough.
func mark(o pipeline.Outcome) (sign, color string) {
	switch o {
	case pipeline.OK:
		return "✓", "\x1b[32m"
	case pipeline.Fail:
		return "✗", "\x1b[31m"
	case pipeline.Undetermined:
		return "?", "\x1b[33m"
	case pipeline.NotPerformed:
		return "–", "\x1b[2m"
	default:
		return "■", "\x1b[35m"
	}
}

func (p tablePrinter) paint(color, s string) string {
	if !p.color {
		return s
	}
	return color + s + "\x1b[0m"
}

func (p tablePrinter) print(a screened) error {
	var b strings.Builder
	if a.Err != nil {
		fmt.Fprintf(&b, "%s\n  could not be read: %s\n\n", printable(a.File), printable(a.Err.Error()))
		_, err := io.WriteString(p.w, b.String())
		return err
	}
	r := a.Result.Report
	fmt.Fprintf(&b, "%s\n  %s\n", printable(a.File), p.headline(r.Outcome))
	for _, z := range r.Zones() {
		sure := "read surely"
		if !z.Certain {
			sure = "not read surely"
		}
		fmt.Fprintf(&b, "  %s, %s\n", z.Format, sure)
		for _, l := range z.Lines {
			fmt.Fprintf(&b, "    %s\n", l)
		}
	}
	for _, f := range r.Findings {
		p.finding(&b, f)
	}
	b.WriteString("\n")
	_, err := io.WriteString(p.w, b.String())
	return err
}

// printable quotes a text that holds anything but letters, signs and spaces: a
// file's name may be written to move the cursor, or to look like a result.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0 {
		return s
	}
	return strconv.QuoteToGraphic(s)
}

// headline is the outcome in words.
func (p tablePrinter) headline(o pipeline.ScreeningOutcome) string {
	switch o.Conclusion {
	case pipeline.NoIrregularityFound:
		return p.paint("\x1b[32m", fmt.Sprintf("No irregularity found (level %d, picture only)", o.Level))
	case pipeline.ReviewSuggested:
		return p.paint("\x1b[31m", text.Headline(string(o.Conclusion), string(o.Band)))
	default:
		return p.paint("\x1b[33m", "Could not check: "+text.Reason(string(o.Problem), nil))
	}
}

func (p tablePrinter) finding(b *strings.Builder, f pipeline.Finding) {
	sign, color := mark(f.Outcome)
	if f.Outcome == pipeline.Fail && !f.Counted() { // expired, a sample, a known issue
		sign, color = "•", ""
	}
	name := f.Check
	if c, ok := checks.ByID(f.Check); ok {
		name = c.Name
	}
	fmt.Fprintf(b, "  %s %-7s %-45s %s\n", p.paint(color, sign), f.Check, name, f.Reason)
}
