package page

import (
	"fmt"
	"slices"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/paper"
)

// Recipients is the view of "recipients": who gets referrals, who is paged, and
// the forms for both.
type Recipients struct {
	Recipients []casework.Recipient
	Rota       []casework.RotaStep
	Made       string // name of the one that was added a moment ago
	Secret     string // of its webhook
	// As they were filled in.
	Name, Address, Account string
	Channel                casework.Channel
	Kinds                  []casework.ReferralKind
	Site                   string
	Steps                  []string
	Errors                 []Error
}

// Journey is a referral on its way to somebody, as the page of the referral tells.
type Journey struct {
	casework.Dispatch
	To casework.Recipient
}

// channelNames are what screens call the ways to a recipient.
var channelNames = map[casework.Channel]string{ //nolint:gochecknoglobals // a table, never written
	casework.ChannelWebhook: "Webhook", casework.ChannelMail: "E-mail", casework.ChannelFile: "File in the bucket",
}

func wayChoices(chosen casework.Channel) (out []option) {
	for _, c := range casework.Channels {
		out = append(out, option{string(c), channelNames[c], c == chosen})
	}
	return out
}

func kindChoices(chosen []casework.ReferralKind) (out []option) {
	for _, k := range casework.ReferralKinds {
		out = append(out, option{string(k), referralWords[k], slices.Contains(chosen, k)})
	}
	return out
}

// rotaLine is the rota of one site in words.
type rotaLine struct {
	Site  string
	Names []string
}

// rotaLines gives the rotas, that of all other sites first.
func rotaLines(v Recipients) (out []rotaLine) {
	names := map[string]string{}
	for _, r := range v.Recipients {
		names[r.ID] = r.Name
	}
	for _, s := range v.Rota {
		site := s.Site
		if site == "" {
			site = "Every site without a rota of its own"
		}
		if len(out) == 0 || out[len(out)-1].Site != site {
			out = append(out, rotaLine{Site: site})
		}
		out[len(out)-1].Names = append(out[len(out)-1].Names, names[s.Recipient])
	}
	return out
}

// rotaField is one step of the form for a rota.
type rotaField struct {
	Name, ID, Label string
	Options         []option
}

// rotaSteps is how many steps the form has; the API takes more.
const rotaSteps = 4

// rotaFields gives the steps of the form.
func rotaFields(v Recipients) (out []rotaField) {
	for n := range rotaSteps {
		f := rotaField{Name: "recipients", ID: "recipients", Label: fmt.Sprintf("Step %d", n+1), Options: []option{{Value: "", Text: "Nobody"}}}
		if n > 0 {
			f.ID = fmt.Sprintf("recipients-%d", n+1)
		}
		for _, r := range v.Recipients {
			if r.DisabledAt.IsZero() && r.Channel != casework.ChannelFile {
				f.Options = append(f.Options, option{r.ID, r.Name, n < len(v.Steps) && v.Steps[n] == r.ID})
			}
		}
		out = append(out, f)
	}
	return out
}

// recipientState says whether a recipient gets anything.
func recipientState(r casework.Recipient) label {
	return hookState(pipeline.Endpoint{DisabledAt: r.DisabledAt})
}

// journeyState says how far a referral is on its way to somebody.
func journeyState(j Journey) label {
	switch {
	case !j.AckAt.IsZero():
		return label{"Acknowledged", "green"}
	case j.State == pipeline.DeliveryDone && j.To.Channel == casework.ChannelFile:
		return label{"In the bucket", "blue"}
	case j.State == pipeline.DeliveryDone:
		return label{"Delivered, not acknowledged yet", "yellow"}
	case j.State == pipeline.DeliveryGivenUp:
		return label{"Did not arrive", "red"}
	case j.LastStatus == "":
		return label{"On its way", "blue"}
	}
	return label{"To be tried again", "yellow"}
}

// journeyWord says what the last try came to, where that is not all well.
func journeyWord(j Journey) string {
	switch {
	case j.State == pipeline.DeliveryDone:
		return ""
	case j.LastStatus == casework.StatusNoRelay:
		return "No mail relay is set. Ask who operates this service"
	case j.LastStatus == casework.StatusRefused:
		return "The mail relay does not take it. Check the address"
	case j.LastStatus == casework.StatusWithheld:
		return "Held back: it may not go while safety comes first, or somebody seeks asylum"
	case j.LastStatus == pipeline.HookSwitchOff:
		return "The recipient gets nothing any more"
	}
	return deliveryWord(pipeline.Delivery{LastStatus: j.LastStatus})
}

// journeyWhy says why a referral goes to somebody.
func journeyWhy(j Journey) string {
	if j.Step == 0 {
		return "As what was sent"
	}
	return fmt.Sprintf("Page, step %d of the rota", j.Step)
}

// PrintReferral is a referral as it prints: what was sent, as it was sealed.
// Rules list what a referral tells welfare first.
func PrintReferral(r casework.Referral, rule casework.Rule, sections []casework.Section) paper.Sheet {
	about := []string{"Encounter " + r.Encounter}
	if r.Person > 0 {
		about = append(about, fmt.Sprintf("Person %d", r.Person))
	}
	if r.Document != "" {
		about = append(about, "Document "+r.Document)
	}
	facts := []string{"Urgency: " + urgency(r.Priority), "Sent: " + onPaper(r.SentAt) + " by " + r.SentBy, "Acknowledge by: " + onPaper(r.AckDue)}
	if rule.To != "" {
		facts = append(facts, "To: "+rule.To)
	}
	if r.Consent != "" {
		facts = append(facts, "Agreement: "+consentWord(r.Consent))
	}
	if w := natureWord(r.Nature); w != "" {
		facts = append(facts, "About: "+w)
	}
	if r.Reason != "" {
		facts = append(facts, "Why: "+r.Reason)
	}
	s := paper.Sheet{Title: referralWords[r.Kind] + ", " + r.ID, Marking: "OFFICIAL-SENSITIVE", Foot: r.ID, Made: r.SentAt}
	s.Sections = append(s.Sections, paper.Section{Title: "About", Lines: about})
	for _, part := range sections {
		s.Sections = append(s.Sections, paper.Section{Title: part.Title, Lines: part.Lines})
	}
	return withSeal(s, facts, r)
}

// withSeal ends a sheet with the facts of the referral and its seal.
func withSeal(s paper.Sheet, facts []string, r casework.Referral) paper.Sheet {
	s.Sections = append(
		s.Sections, paper.Section{Title: "The referral", Lines: facts},
		paper.Section{Title: "Made under", Lines: []string{r.Guidance, "Rule " + r.Rule, "SHA-256 of what was sent: " + r.Hash}},
	)
	return s
}

// onPaper is a time on paper, which has no place of its own.
func onPaper(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }
