package zone

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

// seenAs makes the cells of lines that every network reads with a belief; what
// is left is spread over the others.
func seenAs(belief float64, lines ...string) [][]guess {
	cells := make([][]guess, len(lines))
	for l, s := range lines {
		cells[l] = make([]guess, len(s))
		for i := range s {
			cells[l][i].believe(map[byte]float64{s[i]: belief})
		}
	}
	return cells
}

// believe sets what both networks believe.
func (q *guess) believe(in map[byte]float64) {
	left := 1.0
	for _, p := range in {
		left -= p
	}
	for c := range cell.Junk {
		p, ok := in[cell.Alphabet[c]]
		if !ok {
			p = left / float64(cell.Junk-len(in))
		}
		for k := range q.each {
			q.each[k][c] = p
		}
		q.mean[c] = p
	}
}

func text(cells [][]guess, line int) string {
	var b strings.Builder
	for i := range cells[line] {
		b.WriteByte(cell.Alphabet[cells[line][i].best])
	}
	return b.String()
}

var passport = []string{ // the sample of Doc 9303-4
	"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
	"L898902C36UTO7408122F1204159ZE184226B<<<<<10",
}

func TestDecode(t *testing.T) {
	type beliefs = map[byte]float64
	for name, tt := range map[string]struct {
		line, at int
		seen     beliefs
		want     byte
	}{
		"an O of a name that looks like 0":       {0, 3, beliefs{'0': .9, 'O': .09}, 'O'},
		"a 0 of a date that looks like O":        {1, 22, beliefs{'0': .4, 'O': .58}, '0'},
		"a clear digit in a name stays":          {0, 5, beliefs{'7': .998}, '7'},
		"a clear letter in a date stays":         {1, 13, beliefs{'H': .998}, 'H'},
		"both can stand in a number":             {1, 7, beliefs{'0': .4, 'C': .58}, 'C'},
		"a check digit is a digit":               {1, 9, beliefs{'6': .4, 'G': .58}, '6'},
		"a passport begins with P":               {0, 0, beliefs{'F': .6, 'P': .39}, 'P'},
		"a clear first letter of none stays":     {0, 0, beliefs{'T': .998}, 'T'},
		"a filler is expected wherever one fits": {0, 9, beliefs{'<': .6, 'K': .39}, '<'},
	} {
		t.Run(name, func(t *testing.T) {
			cells := seenAs(.99, passport...)
			cells[tt.line][tt.at].believe(tt.seen)
			decode(cells)
			if got := text(cells, tt.line)[tt.at]; got != tt.want {
				t.Errorf("read %q; want %q", got, tt.want)
			}
		})
	}
}

// TestDecodeChoosesTheFormat: a visa and a passport differ by their first letter
// and by what stands where.
func TestDecodeChoosesTheFormat(t *testing.T) {
	cells := seenAs(.99, "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
	cells[0][0].believe(map[byte]float64{'Y': .5, 'V': .45})
	decode(cells)
	if got := text(cells, 0)[0]; got != 'V' {
		t.Errorf("read %q; want V", got)
	}
}

// TestDecodeLeavesOtherFormatsAlone: lines that are no format's are read as they
// look.
func TestDecodeLeavesOtherFormatsAlone(t *testing.T) {
	lines := []string{"CR7777A0987654321012345678909876543210123456", "1A2B3C4D5E6F7G8H9I0J1K2L3M4N5O6P7Q8R9S0T1U2V"}
	cells := seenAs(.99, lines...)
	cells[0][0].believe(map[byte]float64{'C': .6, 'P': .35})
	cells[0][7].believe(map[byte]float64{'0': .6, 'O': .35})
	decode(cells)
	if got := text(cells, 0); got != lines[0] {
		t.Errorf("read %q; want %q", got, lines[0])
	}
}

func parsed(cells [][]guess) (z pipeline.Zone) {
	var lines []string
	for l := range cells {
		lines = append(lines, text(cells, l))
		z.Lines = append(z.Lines, pipeline.Line{Chars: make([]pipeline.Char, len(cells[l]))})
		for i := range cells[l] {
			q := &cells[l][i]
			z.Lines[l].Chars[i].Rune, z.Lines[l].Chars[i].Confidence = lines[l][i], q.where[q.best]
		}
	}
	z.MRZ = mrz.Parse(lines)
	return z
}

func TestWitness(t *testing.T) {
	type beliefs = map[byte]float64
	for name, tt := range map[string]struct {
		line, at int
		seen     beliefs
		want     byte
	}{
		"clear":         {0, 6, beliefs{'R': .99}, 'R'},
		"another shape": {0, 6, beliefs{'R': .7, 'K': .29}, 'K'},
		"an O that looks like 0, where none stands":   {0, 3, beliefs{'0': .9, 'O': .09}, 'O'},
		"a 0 that may be O, refuted by its digit":     {1, 5, beliefs{'0': .7, 'O': .29}, '0'},
		"8 or B in a number, refuted by its digit":    {1, 1, beliefs{'8': .6, 'B': .39}, '8'},
		"C or 0 in a number: not one shape":           {1, 7, beliefs{'C': .7, '0': .29}, '0'},
		"a digit of a birthday that looks like an S":  {1, 15, beliefs{'0': .3, 'O': .69}, '0'},
		"6 or G in a number: no digit tells one from": {1, 8, beliefs{'3': .99}, '3'},
	} {
		t.Run(name, func(t *testing.T) {
			cells := seenAs(.99, passport...)
			cells[tt.line][tt.at].believe(tt.seen)
			for l := range cells {
				for i := range cells[l] {
					cells[l][i].x = make([]float32, 4)
				}
			}
			decode(cells)
			z := parsed(cells)
			witness(&z, cells)
			if got := z.Lines[tt.line].Chars[tt.at].SecondRead; got != tt.want {
				t.Errorf("witnessed %q; want %q", got, tt.want)
			}
		})
	}
}

// TestRounds: where 0 and O both can stand and no digit tells, the zone's own
// others decide.
func TestRounds(t *testing.T) {
	look := func(phase float64) (x []float32) {
		for i := range 64 {
			x = append(x, float32(math.Sqrt2*math.Sin(float64(i)/3+phase)))
		}
		return x
	}
	var r rounds
	r[indexOf('0')].add(look(0))
	q := guess{x: look(.1)}
	if r.tell(&q, '0') {
		t.Error("told from an O that was never seen")
	}
	r[indexOf('O')].add(look(1))
	for i := range r {
		r[i].even()
	}
	if !r.tell(&q, '0') || r.tell(&q, 'O') {
		t.Error("a 0 like the others was not told from an O")
	}
	if between := (guess{x: look(.5)}); r.tell(&between, '0') || r.tell(&between, 'O') {
		t.Error("told though it is like neither")
	}
}

// TestDoubtIsExact compares the convolution with the sum over every reading.
func TestDoubtIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2).Draw(t, "covered")
		var run []*guess
		for range n + 1 {
			q := new(guess)
			seen := map[byte]float64{}
			for range 3 {
				seen[cell.Alphabet[rapid.IntRange(0, cell.Junk-1).Draw(t, "class")]] = rapid.Float64Range(.1, .3).Draw(t, "belief")
			}
			q.believe(seen)
			q.weigh(&[cell.Junk]float64{})
			copy(q.where[:], q.mean[:])
			run = append(run, q)
		}
		s := newTally(run)
		agreeing, most := 0.0, 0.0
		class := make([]int, len(run))
		for more := true; more; more = next(class) {
			sum, p := 0, 1.0
			for i, c := range class {
				sum += s.residue(i, c)
				p *= run[i].where[c]
			}
			if sum%10 == 0 {
				agreeing += p
				most = max(most, p)
			}
		}
		best := 1.0
		for i, c := range s.likeliest() {
			best *= run[i].where[c]
		}
		if math.Abs(s.agreeing()-agreeing) > 1e-9 || math.Abs(best-most) > 1e-12 {
			t.Errorf("%v and at best %v; want %v and %v", s.agreeing(), best, agreeing, most)
		}
	})
}

// next counts in base cell.Junk.
func next(digits []int) bool {
	for i := range digits {
		if digits[i]++; digits[i] < cell.Junk {
			return true
		}
		digits[i] = 0
	}
	return false
}

func TestDoubts(t *testing.T) {
	wrong := passport[1][:9] + "7" + passport[1][10:] // the document number's digit
	cells := seenAs(.999, passport[0], wrong)
	decode(cells)
	z := parsed(cells)
	ds := doubts(&z.MRZ, cells)
	if len(ds) != 2 || ds[0].Field != mrz.DocumentNumber || ds[0].Misread > pipeline.NoDoubt {
		t.Fatalf("clear print is doubted: %+v", ds)
	}
	cells[1][9].believe(map[byte]float64{'7': .55, '6': .44})
	decode(cells)
	z = parsed(cells)
	d := doubts(&z.MRZ, cells)[0]
	want := []pipeline.Change{{At: mrz.Span{Line: 1, From: 9, To: 10}, To: '6'}}
	if d.Misread < .5 || d.Misread > 1 || !slices.Equal(d.Changes, want) {
		t.Errorf("%+v; want a ratio of about .8, and 6 in the digit's place", d)
	}
}
