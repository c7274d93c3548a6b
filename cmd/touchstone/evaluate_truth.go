package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// noZone is the format, in a table of truth, of a picture without a zone.
const noZone = "NONE"

// truthRow is one line of a table of truth: a picture, and what is known to be
// printed on it.
type truthRow struct {
	Line    int // of the table, from 1
	Path    string
	Format  string   // of the standard or not, or noZone
	Lines   []string // of the zone as printed; none with noZone
	Aside   bool     // its status says that it shall not count
	Digits  *[]string
	Width   int                   // of the picture in pixels; 0 if not stated
	Capture pipeline.CaptureClass // empty if not stated
	Tags    []string
}

// digitCheck is a check of a check digit, with the word that tables of truth
// have for the digit.
type digitCheck struct {
	ID, Word string
	Field    mrz.FieldName
}

var digitChecks = []digitCheck{ //nolint:gochecknoglobals // a table, never written
	{"MRZ-03", "doc", mrz.DocumentNumber},
	{"MRZ-04", "dob", mrz.DateOfBirth},
	{"MRZ-05", "exp", mrz.DateOfExpiry},
	{"MRZ-06", "opt", mrz.PersonalNumber},
	{"MRZ-07", "comp", mrz.Composite},
}

// refuted gives the checks of the digits that are wrong in the print: those
// that the table names or else, where it says nothing, those that the lines
// themselves refute.
func (r truthRow) refuted() []string {
	if r.Digits != nil {
		return *r.Digits
	}
	return refutedBy(r.Lines)
}

// refutedBy computes which check digits of some lines are wrong.
func refutedBy(lines []string) []string {
	z := mrz.Parse(lines)
	wrong := func(d mrz.Digit) bool { return d.State == mrz.Refuted || d.State == mrz.Unreadable }
	var ids []string
	for _, c := range digitChecks {
		f, ok := z.Field(c.Field)
		if ok && wrong(f.Digit) || c.Field == mrz.Composite && wrong(z.Composite) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

const (
	maxTruthLine   = 1 << 16 // bytes; a row with four zones takes some 500
	maxTruthErrors = 20      // that are listed
)

// truthParser reads a table of truth, and goes on after a bad line so that all
// of them can be mended at once.
type truthParser struct {
	columns map[string]int
	width   int // columns
	line    int
	rows    []truthRow
	seen    map[string]int // path to line
	errs    []error
}

// parseTruth reads a table of truth: tab separated, its columns named by the
// first line. No message quotes a zone, which is personal data.
func parseTruth(r io.Reader) ([]truthRow, error) {
	p := truthParser{seen: map[string]int{}}
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxTruthLine)
	for in.Scan() {
		p.line++
		if err := p.add(strings.TrimRight(in.Text(), "\r")); err != nil {
			p.errs = append(p.errs, fmt.Errorf("line %d: %w", p.line, err))
		}
		if p.columns == nil && len(p.errs) > 0 {
			return nil, p.errs[0] // without columns nothing else means anything
		}
	}
	if err := in.Err(); err != nil {
		p.errs = append(p.errs, fmt.Errorf("line %d: %w", p.line+1, err))
	}
	if len(p.errs) == 0 && len(p.rows) == 0 {
		return nil, errors.New("the table names no picture")
	}
	if more := len(p.errs) - maxTruthErrors; more > 0 {
		p.errs = append(p.errs[:maxTruthErrors], fmt.Errorf("and %d lines more", more))
	}
	return p.rows, errors.Join(p.errs...)
}

// add reads one line; an empty one says nothing.
func (p *truthParser) add(line string) error {
	if p.line == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	switch {
	case !utf8.ValidString(line):
		return errors.New("it is not UTF-8")
	case strings.TrimSpace(line) == "":
		return nil
	case p.columns == nil:
		return p.header(line)
	}
	cells := strings.Split(line, "\t")
	if len(cells) > p.width {
		return fmt.Errorf("%d cells under %d columns", len(cells), p.width)
	}
	row, err := p.row(cells)
	if err != nil {
		return err
	}
	if first, ok := p.seen[row.Path]; ok {
		return fmt.Errorf("the path of line %d again", first)
	}
	p.seen[row.Path] = p.line
	p.rows = append(p.rows, row)
	return nil
}

// header finds the columns by their names; names that mean nothing here are
// somebody else's.
func (p *truthParser) header(line string) error {
	columns := map[string]int{}
	names := strings.Split(line, "\t")
	for i, n := range names {
		n = strings.ToLower(strings.TrimSpace(n))
		if _, twice := columns[n]; twice && n != "" {
			return fmt.Errorf("two columns are named %q", n)
		}
		columns[n] = i
	}
	for _, n := range []string{"path", "format", "mrz"} {
		if _, ok := columns[n]; !ok {
			return fmt.Errorf("no column is named %s", n)
		}
	}
	p.columns, p.width = columns, len(names)
	return nil
}

var (
	formatName = regexp.MustCompile(`^[A-Z0-9-]{1,12}$`)
	sizeText   = regexp.MustCompile(`^([0-9]{1,6})[xX][0-9]{1,6}$`)
)

// row reads the cells of one picture.
func (p *truthParser) row(cells []string) (truthRow, error) {
	cell := func(name string) string {
		if i, ok := p.columns[name]; ok && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	status := cell("status")
	r := truthRow{
		Line: p.line, Path: filepath.FromSlash(cell("path")), Format: cell("format"), Aside: status != "" && status != "ok",
		Digits: parseDigits(cell("check_digits")), Tags: tagsOf(cell("tags")),
	}
	var err error
	switch {
	case !filepath.IsLocal(r.Path):
		return r, errors.New("the path does not lie in the folder")
	case !formatName.MatchString(r.Format):
		return r, fmt.Errorf("a format is a name such as TD3, or %s", noZone)
	}
	if r.Lines, err = parseLines(r, cell("mrz")); err != nil {
		return r, err
	}
	if s := cell("size"); s != "" {
		m := sizeText.FindStringSubmatch(s)
		if m == nil {
			return r, errors.New("a size is width and height in pixels such as 375x479")
		}
		r.Width, _ = strconv.Atoi(m[1]) // six digits
	}
	if s := cell("capture"); s != "" {
		r.Capture, err = pipeline.ParseCaptureClass(s)
	}
	return r, err
}

// parseLines reads the lines of a zone. Of a picture that does not count they
// may be anything.
func parseLines(r truthRow, s string) ([]string, error) {
	switch {
	case r.Format == noZone && s != "":
		return nil, fmt.Errorf("a picture of format %s has no lines", noZone)
	case r.Format == noZone || r.Aside && s == "":
		return nil, nil
	case s == "":
		return nil, fmt.Errorf("no lines; a picture without a zone has the format %s", noZone)
	}
	lines := strings.Split(s, "|")
	for i, l := range lines {
		other := func(c rune) bool { return c > 0x7f || !mrz.Valid(byte(c)) } //nolint:gosec // seen to be ASCII
		if !r.Aside && (l == "" || strings.ContainsFunc(l, other)) {
			return nil, fmt.Errorf("line %d of the zone is empty or holds what no zone can", i+1)
		}
	}
	return lines, nil
}

// parseDigits reads what a table says of the check digits: "valid", "no-mrz" or
// "printed-invalid:doc+dob". Nil is that it says nothing, or in words that are
// not known: then the lines themselves tell.
func parseDigits(s string) *[]string {
	words, wrong := strings.CutPrefix(s, "printed-invalid:")
	ids := []string{}
	switch {
	case s == "valid" || s == "no-mrz":
		return &ids
	case !wrong:
		return nil
	}
	for w := range strings.SplitSeq(words, "+") {
		i := slices.IndexFunc(digitChecks, func(c digitCheck) bool { return c.Word == w })
		if i < 0 {
			return nil
		}
		ids = append(ids, digitChecks[i].ID)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return &ids
}

// tagsOf reads tags that stand between commas or spaces.
func tagsOf(s string) []string {
	tags := strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == ' ' })
	slices.Sort(tags)
	return slices.Compact(tags)
}

// doubt says what does not fit in a row, which is then not to be relied on;
// empty if all fits. It quotes nothing of the zone.
func (r truthRow) doubt() string {
	if r.Format == noZone || r.Aside {
		return ""
	}
	format := mrz.FormatOf(r.Lines)
	if _, known := mrz.LayoutOf(mrz.Format(r.Format)); known && string(format) != r.Format {
		return "its lines have not the shape of " + r.Format
	}
	computed := refutedBy(r.Lines)
	if format == mrz.Unknown || r.Digits == nil || slices.Equal(*r.Digits, computed) {
		return ""
	}
	return fmt.Sprintf("the table has %s wrong, and its lines have %s", idList(*r.Digits), idList(computed))
}

func idList(ids []string) string {
	if len(ids) == 0 {
		return "no digit"
	}
	return strings.Join(ids, ", ")
}
