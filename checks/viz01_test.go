package checks

import (
	"image"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// page prints lines beside the zone, each word read twice and surely.
func page(in *pipeline.Input, lines ...string) *pipeline.Input {
	p := &in.Pages[0]
	for i, line := range lines {
		for j, word := range strings.Fields(line) {
			var again []pipeline.Char
			for _, r := range pipeline.Plain(word) {
				again = append(again, pipeline.Char{Rune: byte(r), Confidence: 0.99})
			}
			box := image.Rect(100+90*j, 600+20*i, 180+90*j, 615+20*i)
			p.Words = append(p.Words, pipeline.NewWord(word, box, i, again))
		}
	}
	return in
}

// smudge changes what was seen of a character of the page.
func smudge(in *pipeline.Input, word, char int, change func(*pipeline.Char)) *pipeline.Input {
	change(&in.Pages[0].Words[word].Chars[char])
	return in
}

func TestVIZ01(t *testing.T) {
	td3 := func(lines ...string) *pipeline.Input { return page(picture(t, anna(mrz.TD3)), lines...) }
	unsure := func(c *pipeline.Char) { c.Confidence = 0.85 }
	once := func(c *pipeline.Char) { c.SecondRead = 0 }
	short := anna(mrz.TD2)
	short.DocumentNumber = "12345"
	same, differ := answer{pipeline.OK, "printed_number_same", 0}, answer{pipeline.Fail, "printed_number_differ", pipeline.S3}
	doubt, absent := answer{pipeline.Undetermined, "printed_number_unsure", 0}, answer{pipeline.NotPerformed, "printed_number_absent", 0}
	cases(t, "VIZ-01", tests{
		"same":                            {td3("Passport No. / N° du passeport", "L898902C3"), same},
		"same, in parts":                  {td3("No. l-898 902 c3"), same},
		"same, beside one like it":        {td3("L898102C3", "L898902C3"), answer{pipeline.Undetermined, "printed_number_two", 0}},
		"same, beside look-alikes":        {td3("L898902C8", "L898902C3"), same},
		"same, with something stuck to":   {td3("N°L898902C3/"), same},
		"same, by the second look":        {smudge(td3("L898902C3"), 0, 1, func(c *pipeline.Char) { c.Rune = 'B' }), same},
		"another, but for a second look":  {smudge(td3("L898902C3"), 0, 1, func(c *pipeline.Char) { c.Rune = '4' }), doubt},
		"another digit":                   {td3("Passport No.", "L898102C3"), differ},
		"another digit, in parts":         {td3("L898 102 C3"), differ},
		"two other digits":                {td3("L898112C3"), differ},
		"three other digits":              {td3("L891112C3"), absent},
		"a letter for a digit":            {td3("L898H02C3"), absent},
		"nothing printed":                 {td3(), absent},
		"one character less":              {td3("L89890C3"), absent},
		"part of a longer word":           {td3("L898102C34"), doubt},
		"look-alike digit":                {td3("L898902C8"), doubt},
		"look-alike letter":               {td3("L898902O3"), doubt},
		"O for 0":                         {td3("L8989O2C3"), doubt},
		"a look-alike beside another":     {td3("L898162C3"), doubt},
		"differs, not surely":             {smudge(td3("L898102C3"), 0, 4, unsure), doubt},
		"differs, seen once":              {smudge(td3("L898102C3"), 0, 4, once), doubt},
		"differs, another was not sure":   {smudge(td3("L898102C3"), 0, 1, unsure), differ},
		"number of the zone not sure":     {page(picture(t, anna(mrz.TD3), blur(1, 4)), "L898102C3"), doubt},
		"number of the zone is disproved": {page(picture(t, anna(mrz.TD3), write(1, 4, "4")), "L898902C3"), doubt},
		"short number":                    {page(picture(t, short), "12345"), answer{pipeline.NotPerformed, "printed_number_short", 0}},
	})
}

// A number beside two documents may be either's.
func TestVIZ01NeverFailsBesideAnother(t *testing.T) {
	in := page(picture(t, anna(mrz.TD3)), "L898102C3")
	in.Pages[0].Zones = append(in.Pages[0].Zones, in.Pages[0].Zones[0])
	for _, f := range ask(t, "VIZ-01", in) {
		if f.Outcome != pipeline.Undetermined {
			t.Errorf("%s, %s", f.Outcome, f.Statement)
		}
	}
}

// What is shown: the printed number and the zone's, side by side and boxed.
func TestVIZ01Evidence(t *testing.T) {
	f := ask(t, "VIZ-01", page(picture(t, anna(mrz.TD3)), "No. L898 102C3"))[0]
	if len(f.Boxes) != 2 || f.Boxes[0].Rect() != image.Rect(190, 600, 360, 615) {
		t.Errorf("boxes %+v", f.Boxes)
	}
	if v := f.Values[0]; v.Printed != "L898102C3" || v.Expected != "L898902C3" {
		t.Errorf("values %+v", v)
	}
}

// Without a second look there is no fail, and what a second look sees in its
// own way is none either.
func TestOneLookNeverFails(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := page(picture(t, anna(mrz.TD3)), rapid.StringMatching(`L8989[0-9]{2}C[0-9]`).Draw(rt, "printed"))
		for i := range in.Pages[0].Words[0].Chars {
			c := &in.Pages[0].Words[0].Chars[i]
			c.SecondRead = rapid.SampledFrom([]byte{0, '1', '7', 'X'}).Draw(rt, "second")
			if c.SecondRead == c.Rune {
				c.Confidence = 0.89
			}
		}
		wantNoFail(rt, in)
	})
}

// Characters that are easily mistaken never make a fail, however surely they
// were read.
func TestLookalikesNeverFail(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		number := []byte("L898902C3")
		for range rapid.IntRange(1, 2).Draw(rt, "changes") {
			i := rapid.IntRange(0, 8).Draw(rt, "at")
			number[i] = rapid.SampledFrom([]byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")).Filter(func(c byte) bool {
				return printedAlike(c, "L898902C3"[i])
			}).Draw(rt, "for")
		}
		wantNoFail(rt, page(picture(t, anna(mrz.TD3)), string(number)))
	})
}

func wantNoFail(t *rapid.T, in *pipeline.Input) {
	c, _ := ByID("VIZ-01")
	for _, f := range c.Run(in) {
		if f.Outcome == pipeline.Fail {
			t.Errorf("fails: %s", f.Reason)
		}
	}
}

// However it is answered, only a fail of VIZ-01 moves the conclusion.
func TestVIZ01IsQuiet(t *testing.T) {
	for _, line := range []string{"", "L898902C8", "L898902C3"} {
		r := pipeline.Screen(page(picture(t, anna(mrz.TD3)), line), All(), nil, pipeline.Rules, "test")
		if r.Outcome.Conclusion != pipeline.NoIrregularityFound {
			t.Errorf("%q: %s", line, r.Outcome.Conclusion)
		}
	}
}

func BenchmarkVIZ01(b *testing.B) {
	lines, err := mrz.Compose(anna(mrz.TD3))
	if err != nil {
		b.Fatal(err)
	}
	in := page(printed(lines), "Passport No. / N° du passeport", "L898102C3", "Date of birth / Date de naissance", "12 AUG/AOÛT 1974")
	c, _ := ByID("VIZ-01")
	b.ReportAllocs()
	for b.Loop() {
		c.Run(in)
	}
}
