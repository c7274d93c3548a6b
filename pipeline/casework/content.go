package casework

import (
	"fmt"
	"slices"
	"strings"
)

// Section is one part of what a referral tells.
type Section struct {
	Name  string   `json:"name"` // key of the rule's content
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}

// parts says which answers belong to a key, and whether their words go with them.
// Where words could tell who the person is, and the recipient must not know, only
// what was chosen goes.
var parts = map[string]struct { //nolint:gochecknoglobals // a table, never written
	title     string
	questions []QuestionCode
	words     bool
}{
	"danger":            {"Danger now", []QuestionCode{"S1"}, true},
	"welfare":           {"Safety", []QuestionCode{"S1", "S2", "S3", "S4", "S5"}, true},
	"documents_held_by": {"Who holds the documents", []QuestionCode{"S3", "U6", "U7"}, true},
	"indicators":        {"Signs that were seen or heard", []QuestionCode{"S3", "S4", "S5", "U5", "U6", "U7", "U14"}, false},
	"narrative":         {"What was said and seen", []QuestionCode{"S3", "S4", "S5", "U1", "U5", "U6", "U7", "U8", "U9", "U11", "U14"}, true},
	"support":           {"What the person wants", []QuestionCode{"F5"}, true},
	"supplier":          {"Who supplied the document", []QuestionCode{"U1", "U2", "U4", "U9"}, true},
	"route":             {"The way here", []QuestionCode{"U8"}, true},
	"claim_time":        {"Asylum", []QuestionCode{"F4"}, true},
	"minimum":           {"Reason for crossing, as recorded by an officer", []QuestionCode{"U13"}, false},
	"facts":             {"What the document is used for", []QuestionCode{"F8"}, true},
	"continuity":        {"What was found", []QuestionCode{"F6"}, true},
}

// otherParts are keys that do not come from answers.
var otherParts = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"location": "Where", "people": "How many people", "companions": "Companions", "group": "The group", "matrix": "Parts that people have",
	"prompts": "Reasons to think of safety first", "documents": "Documents", "identity": "Identity", "languages": "Languages", "safe_contact": "Safe contact",
}

// Compose gives what a referral of a rule tells: what the rule lists and nothing
// else. Names are not kept here, so none goes: the recipient's own form asks for
// them where it may.
func Compose(g Group, r Rule, number int, documents []string) (out []Section) {
	p, _ := g.Person(number)
	for _, key := range r.Content {
		s := Section{Name: key, Title: otherParts[key]}
		if part, ok := parts[key]; ok {
			s.Title = part.title
			for _, q := range part.questions {
				if line := p.line(q, part.words); line != "" {
					s.Lines = append(s.Lines, line)
				}
			}
		} else {
			s.Lines = g.lines(key, p, documents)
		}
		if len(s.Lines) == 0 {
			s.Lines = []string{"Nothing was recorded"}
		}
		out = append(out, s)
	}
	return out
}

// line says the newest answer to a question.
func (p Person) line(code QuestionCode, words bool) string {
	a, ok := p.Latest(code)
	if !ok {
		return ""
	}
	q, _ := Find(code)
	said := a.Chosen()
	if words && strings.TrimSpace(a.Words) != "" {
		said = strings.TrimPrefix(said+": “"+strings.TrimSpace(a.Words)+"”", ": ")
	}
	return fmt.Sprintf("%s %s (%s, %s)", q.Text, said, a.Source, a.At.UTC().Format("2 January 2006 15:04 UTC"))
}

// Chosen says what was chosen in words; what was not answered says so.
func (a Answer) Chosen() string {
	switch a.State {
	case Declined:
		return "Declined to answer"
	case NotSafe:
		return "Could not be asked safely"
	case Unknown:
		return "Not known"
	case Answered:
	}
	q, _ := Find(a.Question)
	var said []string
	for _, c := range q.Choices {
		if slices.Contains(a.Values, c.Code) {
			said = append(said, c.Text)
		}
	}
	return strings.Join(said, ", ")
}

// lines says what does not come from the answers of one person.
func (g Group) lines(key string, p Person, documents []string) (out []string) {
	switch key {
	case "location":
		return []string{"Encounter " + g.Encounter}
	case "people", "group":
		return []string{fmt.Sprint(len(g.People))}
	case "companions":
		for _, o := range g.People {
			if o.Number != p.Number {
				out = append(out, fmt.Sprintf("Person %d", o.Number))
			}
		}
	case "matrix":
		for _, o := range g.People {
			out = append(out, fmt.Sprintf("Person %d: %s", o.Number, strings.Join(o.now(), ", ")))
		}
	case "prompts":
		for _, o := range g.Prompts() {
			if p.Number == 0 || o.Person == p.Number {
				out = append(out, fmt.Sprintf("Person %d: %s", o.Person, o.Code.Sentence()))
			}
		}
	case "documents":
		return documents
	default: // identity, languages, safe contact: asked for by the recipient's own form
		return []string{"To be given on the recipient's own form"}
	}
	return out
}

// now gives the names of the roles that the person has.
func (p Person) now() (out []string) {
	for _, r := range Roles {
		if p.Has(r) {
			out = append(out, strings.ReplaceAll(string(r), "_", " "))
		}
	}
	return out
}

// Theirs tells whether a document goes with a referral about a person: what they
// held, what is said to be theirs, and all of them if nobody else is there.
func (g Group) Theirs(document string, number int) bool {
	return len(g.People) < 2 || slices.ContainsFunc(g.Holdings, func(h Holding) bool {
		return h.Document == document && (h.HeldBy == number || h.BelongsTo == number)
	})
}

// Restricted tells whether a referral is seen by those alone who need to know.
func (r Referral) Restricted() bool { return r.Kind == KindTerrorism }

// Rule gives the rule of an id; ok is false if there is none.
func (r *Rules) Rule(id string) (Rule, bool) {
	i := slices.IndexFunc(r.Rules, func(rule Rule) bool { return rule.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return r.Rules[i], true
}
