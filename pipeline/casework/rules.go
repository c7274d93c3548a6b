package casework

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
)

//go:embed rules.json
var rulesJSON []byte

// Rule suggests a referral. It never sends one: a person does.
type Rule struct {
	ID         string       `json:"id"`
	Kind       ReferralKind `json:"kind"`
	Scope      string       `json:"scope"` // person, group or document
	Priority   string       `json:"priority"`
	AckMinutes int          `json:"ack_minutes"`
	Consent    Consent      `json:"consent,omitempty"`
	Then       ReferralKind `json:"then,omitempty"` // what follows it
	When       string       `json:"when"`           // in the Common Expression Language
	To         string       `json:"to"`
	Because    string       `json:"because"`
	Content    []string     `json:"content"`
	Source     string       `json:"source"`
	Verified   bool         `json:"verified"` // the source was read; otherwise screens say so
	program    cel.Program
}

// Rules is a version of the referral rules.
type Rules struct {
	Version  string `json:"version"`
	Guidance string `json:"guidance"`
	Rules    []Rule `json:"rules"`
}

// LoadRules reads the rules that are built in. An error is a mistake in them.
func LoadRules() (*Rules, error) { return ParseRules(rulesJSON) }

// ParseRules reads rules and compiles their conditions.
func ParseRules(data []byte) (*Rules, error) {
	var r Rules
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read referral rules: %w", err)
	}
	env, err := cel.NewEnv(
		cel.Variable("person", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("group", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("document", cel.MapType(cel.StringType, cel.DynType)),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare referral rules: %w", err)
	}
	for i := range r.Rules {
		ast, issues := env.Compile(r.Rules[i].When)
		if issues.Err() != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Rules[i].ID, issues.Err())
		}
		if r.Rules[i].program, err = env.Program(ast); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Rules[i].ID, err)
		}
	}
	return &r, nil
}

// Examined is what people found a document of the group to be, as far as rules
// ask.
type Examined struct {
	Document string
	Verdict  string // code of the taxonomy
	Adverse  bool
	Visa     bool // its zone is that of a visa
}

// Suggestion is a referral that a rule thinks of, and why.
type Suggestion struct {
	Rule
	Person   int    `json:"person"`
	Document string `json:"document"`
}

// Suggest gives what the rules think of for a group, the most urgent first.
// What was sent is not suggested again.
func (r *Rules) Suggest(g Group, found []Examined) (out []Suggestion, err error) {
	group := groupFacts(g)
	none := personFacts(g, Person{})
	nothing := documentFacts(Examined{})
	for _, rule := range r.Rules {
		try := func(s Suggestion, person, document map[string]any) error {
			ok, err := rule.holds(map[string]any{"person": person, "group": group, "document": document})
			if err == nil && ok && !g.made(s) {
				out = append(out, s)
			}
			return err
		}
		switch rule.Scope {
		case "person":
			for _, p := range g.People {
				if err := try(Suggestion{Rule: rule, Person: p.Number}, personFacts(g, p), nothing); err != nil {
					return nil, err
				}
			}
		case "document":
			for _, v := range found {
				if err := try(Suggestion{Rule: rule, Document: v.Document}, none, documentFacts(v)); err != nil {
					return nil, err
				}
			}
		default:
			if err := try(Suggestion{Rule: rule}, none, nothing); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(a.Priority, b.Priority) })
	return out, nil
}

// holds asks the condition of a rule.
func (r *Rule) holds(facts map[string]any) (bool, error) {
	v, _, err := r.program.Eval(facts)
	if err != nil {
		return false, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	yes, ok := v.Value().(bool)
	if !ok {
		return false, fmt.Errorf("rule %s gives no truth value", r.ID)
	}
	return yes, nil
}

// made tells whether what is suggested was sent already.
func (g Group) made(s Suggestion) bool {
	return slices.ContainsFunc(g.Referrals, func(r Referral) bool {
		return r.Kind == s.Kind && r.Person == s.Person && r.Document == s.Document
	})
}

// personFacts are what rules may ask of a person. Nationality, sex, age and name
// are not among them.
func personFacts(g Group, p Person) map[string]any {
	prompts := []string{}
	for _, o := range g.Prompts() {
		if o.Person == p.Number && p.Number > 0 {
			prompts = append(prompts, string(o.Code))
		}
	}
	reasons, wish := []string{}, ""
	if a, ok := p.Latest("U13"); ok && a.State == Answered {
		reasons = append(reasons, a.Values...)
	}
	if a, ok := p.Latest("F5"); ok && len(a.Values) > 0 {
		wish = a.Values[0]
	}
	supplier, named := p.Latest("U1")
	return map[string]any{
		"prompts": prompts, "reasons": reasons, "wish": wish,
		"child":        p.MayBeChild(),
		"exploitation": p.Has(PotentialVictim),
		"exploiter":    p.Has(SuspectExploiter),
		"asylum":       p.says("F4", "yes"),
		"production":   p.says("F6", "yes"),
		"reported":     p.says("F7", "yes"),
		"controls":     p.says("F9", "yes"),
		"supplier":     named && supplier.State == Answered,
		"abuse":        p.Abuses(),
	}
}

// groupFacts are what rules may ask of a group.
func groupFacts(g Group) map[string]any {
	return map[string]any{"mixed": g.Mixed(), "prompted": len(g.Prompts()) > 0, "size": len(g.People)}
}

func documentFacts(v Examined) map[string]any {
	return map[string]any{"verdict": v.Verdict, "adverse": v.Adverse}
}

// Guidance is the version of the guidance that the built-in rules follow. Rules
// that cannot be read are a mistake in the program.
//
//nolint:gochecknoglobals // read once
var Guidance = sync.OnceValue(func() string {
	var r Rules
	if err := json.Unmarshal(rulesJSON, &r); err != nil {
		panic("the referral rules cannot be read")
	}
	return r.Guidance
})
