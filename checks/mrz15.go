package checks

import (
	"slices"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-15", Name: "Characters that no check digit tells apart", Standard: "Doc 9303-3, 4.9", Severity: pipeline.S0, Version: 1,
		Run: eachZone(func(z zone) []pipeline.Finding { return one(blindPairs(z)) }),
	})
}

// alike are pairs that look alike in OCR-B and count the same modulo 10, so
// that no check digit tells one from the other.
var alike = []string{"6G", "8S", "IS", "1L", "VB", "MW", "HR", "K<"}

// confusion is one character that may be another, unnoticed.
type confusion struct {
	field   mrz.Field
	at      mrz.Span
	is, may byte
	doubted bool // a reader thought of the other
}

// blindPairs lists the characters of numbers and optional data that are easily
// confused where no check digit helps. Names and codes are left out: they are
// words, and are compared as such. It never fails: either is as likely printed.
func blindPairs(z zone) pipeline.Finding {
	all := confusions(z)
	doubted := slices.DeleteFunc(slices.Clone(all), func(c confusion) bool { return !c.doubted })
	f, shown := say(pipeline.OK, "blind_none", nil), all
	switch {
	case len(doubted) > 0:
		f, shown = say(pipeline.Undetermined, "blind_doubted", params{"pairs": pairsOf(doubted)}), doubted
	case len(all) > 0:
		f = say(pipeline.OK, "blind_some", params{"pairs": pairsOf(all)})
	}
	for _, c := range shown {
		either := string(rune(c.is)) + " or " + string(rune(c.may))
		f = z.onZone(f, either, c.at)
		f.Values = append(f.Values, pipeline.Value{Label: text.Field(string(c.field.Name)), Printed: either})
	}
	return f
}

func confusions(z zone) []confusion {
	var found []confusion
	for _, f := range z.MRZ.Fields() {
		if mrz.KindOf(f.Name) != mrz.Any {
			continue
		}
		for _, s := range f.Spans {
			for i, c := range z.Chars(s) {
				at := mrz.Span{Line: s.Line, From: s.From + i, To: s.From + i + 1}
				if may := z.mayBe(c, at); may != 0 {
					doubted := !c.Certain() && (c.RunnerUp == may || c.SecondRead == may)
					found = append(found, confusion{f, at, c.Rune, may, doubted})
				}
			}
		}
	}
	return found
}

// mayBe gives the character that could stand in the place of another and look
// alike: one of its class, or any where no digit covers the place; 0 if none.
func (z zone) mayBe(c pipeline.Char, at mrz.Span) byte {
	p := z.MRZ.Protection(at.Line, at.From)
	for _, pair := range alike {
		if i := strings.IndexByte(pair, c.Rune); i >= 0 && c.Rune != mrz.Filler && (len(p.By) == 0 || strings.IndexByte(p.Blind, pair[1-i]) >= 0) {
			return pair[1-i]
		}
	}
	if len(p.By) == 0 {
		return lookalike(c.Rune)
	}
	return 0
}

// pairsOf writes each pair once: "6 and G, 8 and S".
func pairsOf(cs []confusion) string {
	var out []string
	for _, c := range cs {
		out = append(out, string(rune(min(c.is, c.may)))+" and "+string(rune(max(c.is, c.may))))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}
