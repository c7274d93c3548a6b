package text

import (
	"regexp"
	"strings"
	"testing"
)

// forbidden are words that no screen says: they judge, apologise or pretend.
var forbidden = regexp.MustCompile(`(?i)\b(genuine|fake|illegal|offender|suspect|suspicious|valid|invalid|please|sorry|forbidden|oops|AI|fraud|country)\b`)

func TestCatalogueHasOnlyWordsWeUse(t *testing.T) {
	for k, s := range catalogue {
		for _, words := range []string{s.Title, s.Sentence, s.CouldBe, s.Advice} {
			if w := forbidden.FindString(words); w != "" {
				t.Errorf("%s says %q", k, w)
			}
		}
		if s.Title == "" || s.Sentence == "" || strings.ContainsAny(s.Title+s.CouldBe+s.Advice, "{}") {
			t.Errorf("%s lacks a title or sentence, or has a placeholder outside its sentence", k)
		}
	}
	for k, s := range headlines {
		if w := forbidden.FindString(s); w != "" {
			t.Errorf("headline %s says %q", k, w)
		}
	}
	if w := forbidden.FindString(Uncalibrated); w != "" {
		t.Errorf("Uncalibrated says %q", w)
	}
}

func TestReason(t *testing.T) {
	for name, tt := range map[string]struct {
		statement string
		params    map[string]string
		want      string
	}{
		"filled":                {"expired", map[string]string{"date": "2 May 2024"}, "Expired on 2 May 2024."},
		"no value":              {"expired", nil, "Expired on unknown."},
		"no file name":          {"file_empty", nil, "The file is empty. Take the photo again"},
		"file name":             {"file_empty", map[string]string{"file": "a.jpg"}, "a.jpg is empty. Take the photo again"},
		"values are not parsed": {"expired", map[string]string{"date": "{date}{x"}, "Expired on {date}{x."},
		"no such statement":     {"nonsense", nil, "There is no text for this answer."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Reason(tt.statement, tt.params); got != tt.want {
				t.Errorf("got %q; want %q", got, tt.want)
			}
		})
	}
}

func TestNoPlaceholderIsLeft(t *testing.T) {
	for _, k := range Keys() {
		if got := Reason(k, nil); strings.ContainsAny(got, "{}") {
			t.Errorf("%s: %q", k, got)
		}
	}
}

func TestHeadline(t *testing.T) {
	for _, tt := range [][3]string{
		{"review_suggested", "high", "Strong indication that this document should be examined"},
		{"review_suggested", "", "Examine this document"},
		{"could_not_check", "", "This document could not be checked"},
		{"no_irregularity_found", "low", "No irregularity found"},
	} {
		if got := Headline(tt[0], tt[1]); got != tt[2] {
			t.Errorf("Headline(%q, %q) = %q; want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

func TestField(t *testing.T) {
	if got := Field("issuing_state"); got != "issuing State" {
		t.Errorf("got %q", got)
	}
	if got := Field("something_new"); got != "something new" {
		t.Errorf("got %q", got)
	}
}
