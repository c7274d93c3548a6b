package pipeline

import (
	"image"
	"testing"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "L898902C3": "L898902C3", "l-8989 02/c3.": "L898902C3", "AOÛT": "AOUT", "fév": "FEV", "Février": "FEVRIER",
		"$964": "S964", "S$964": "S964", "№ 7": "7", "Ж": "", "\x00\xff": "", "٣": "",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q is %q; want %q", text, got, want)
		}
	}
}

// sees gives characters as a second look sees them.
func sees(text string, confidence float64) (cs []Char) {
	for i := range len(text) {
		cs = append(cs, Char{Rune: text[i], Confidence: confidence})
	}
	return cs
}

func TestWordIsCertain(t *testing.T) {
	for name, tt := range map[string]struct {
		text  string
		again []Char
		want  bool
	}{
		"twice the same":    {"12-C", sees("12C", 0.95), true},
		"one look":          {"12C", nil, false},
		"another character": {"12C", sees("12G", 0.95), false},
		"one more":          {"12C", sees("12CC", 0.95), false},
		"unsurely":          {"12C", sees("12C", 0.85), false},
		"signs only":        {"/", nil, false},
	} {
		w := NewWord(tt.text, image.Rect(1, 2, 3, 4), 0, tt.again)
		if w.Certain() != tt.want {
			t.Errorf("%s: %+v; want %v", name, w, tt.want)
		}
	}
}

func TestLines(t *testing.T) {
	p := Page{Words: []Word{{Text: "a"}, {Text: "b"}, {Text: "c", Line: 4}, {Text: "d", Line: 5}, {Text: "e", Line: 5}}}
	var got []int
	for _, l := range p.Lines() {
		got = append(got, len(l))
	}
	if len(got) != 3 || got[0] != 2 || got[1] != 1 || got[2] != 2 {
		t.Errorf("lines of %v words", got)
	}
	if (Page{}).Lines() != nil {
		t.Error("lines without words")
	}
}
