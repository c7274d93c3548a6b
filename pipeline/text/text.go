// Package text is the one catalogue of what an officer reads about a document:
// a sentence for every statement of a check, for every problem of a file and
// for every conclusion. It holds words and fills in values; it decides nothing
// and knows no other package.
package text

import "strings"

// Statement is how one thing is said.
type Statement struct {
	Title    string // a heading without values
	Sentence string // with {placeholders}
	CouldBe  string // the everyday explanation, where there is one
	Advice   string // what to do next, where something helps
}

// Entry gives the statement of a key; ok is false if there is none.
func Entry(statement string) (s Statement, ok bool) {
	s, ok = catalogue[statement]
	return s, ok
}

// Reason gives the sentence of a statement with its placeholders filled in.
// Values are put in as they are and never read for placeholders. Without a
// value {file} is "The file", and anything else is "unknown". A key that has no
// entry gives a sentence that says so, because a screen must never be empty.
func Reason(statement string, params map[string]string) string {
	s, ok := catalogue[statement]
	if !ok {
		return "There is no text for this answer."
	}
	return fill(s.Sentence, params)
}

// Headline gives the first line of a result: conclusion and band as the
// pipeline writes them, band empty where there is none.
func Headline(conclusion, band string) string {
	if s, ok := headlines[conclusion+"/"+band]; ok {
		return s
	}
	return headlines[conclusion]
}

// Field gives a field's name in the words of Doc 9303, in running text.
func Field(name string) string {
	if s, ok := fields[name]; ok {
		return s
	}
	return strings.ReplaceAll(name, "_", " ")
}

// Uncalibrated stands below every indication until weights are calibrated.
const Uncalibrated = "Expert weights, not calibrated. An indication is no probability."

func fill(template string, params map[string]string) string {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(template, "{")
		b.WriteString(before)
		if !open {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(value(name, params))
		template = after
	}
}

func value(name string, params map[string]string) string {
	if v := params[name]; v != "" {
		return v
	}
	if name == "file" {
		return "The file"
	}
	return "unknown"
}
