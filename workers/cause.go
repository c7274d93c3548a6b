package workers

import "strings"

// otherCause is that of every error that the table below does not know.
const otherCause = "Another cause: the log of the workers says which"

// saying is words for errors that hold one of the marks.
type saying struct {
	words string
	marks []string
}

// steps say where a task failed, and reasons why, as far as an error tells. A
// cause is made of these words alone: what an error quotes, be it a reference, a
// path or a name, has no way onto a screen.
//
//nolint:gochecknoglobals // tables, never written
var (
	steps = []saying{
		{"The worker stopped in the middle", []string{"asynq: task lease expired"}},
		{"The original could not be fetched", []string{"get blob ", "get original of "}},
		{"The page image could not be stored", []string{"store page image of ", "put blob "}},
		{"The reader gave no answer", []string{"screen document ", "wait for a reader", "read picture "}},
		{"The document could not be found or claimed", []string{"find document ", "claim document "}},
		{"The report could not be stored", []string{"finish document "}},
		{"The document could not be given back", []string{"release document "}},
		{"The original is not what was recorded", []string{"document "}},
	}
	reasons = []saying{
		{"time ran out", []string{"context deadline exceeded", "i/o timeout", "time is used up"}},
		{"no connection", []string{"connection refused", "connection reset", "broken pipe", "no such host", "network is unreachable", "no route to host"}},
		{"the database was busy", []string{"database is locked", "SQLITE_BUSY", "too many clients"}},
		{"there is no space left", []string{"no space left", "disk is full"}},
		{"access was refused", []string{"permission denied", "AccessDenied", "Access Denied", "password authentication failed"}},
		{"it was stopped", []string{"context canceled", "pool of readers is closed"}},
	}
)

// causeOf reduces the error of a task to its cause.
func causeOf(text string) string {
	cause := otherCause
	for _, s := range steps {
		if s.in(text, strings.HasPrefix) {
			cause = s.words
			break
		}
	}
	if cause == otherCause {
		return cause
	}
	for _, r := range reasons {
		if r.in(text, strings.Contains) {
			return cause + ": " + r.words
		}
	}
	return cause
}

func (s saying) in(text string, has func(text, mark string) bool) bool {
	for _, m := range s.marks {
		if has(text, m) {
			return true
		}
	}
	return false
}
