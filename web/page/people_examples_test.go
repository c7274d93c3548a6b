package page

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// occasion is the encounter of these pages.
const occasion = "NPT-241126-0147"

// answeredBy is an answer that somebody gave some minutes ago.
func answeredBy(minutes int, q casework.QuestionCode, words string, values ...string) casework.Answer {
	return casework.Answer{
		Question: q, State: casework.Answered, Values: values, Words: words, Source: casework.SourcePerson, By: "officer",
		At: now.Add(-time.Duration(minutes) * time.Minute),
	}
}

// safetyAnswers are the answers to the safety questions that bring nothing up.
func safetyAnswers() []casework.Answer {
	return []casework.Answer{answeredBy(40, "S1", "", "no"), answeredBy(40, "S2", "", "no"), answeredBy(40, "S3", "", "self"), answeredBy(40, "S4", "", "none"), answeredBy(40, "S5", "", "yes")}
}

func roleOf(r casework.Role, reason string) casework.RoleMark {
	return casework.RoleMark{Role: r, On: true, Reason: reason, By: "officer", At: now.Add(-20 * time.Minute)}
}

// mixedGroup is one with a possible victim, somebody who is not asked yet, and
// somebody who may exploit them.
func mixedGroup() casework.Group {
	who := func(number int, answers []casework.Answer, roles ...casework.RoleMark) casework.Person {
		return casework.Person{Encounter: occasion, Number: number, Answers: answers, Roles: roles}
	}
	return casework.Group{
		Encounter: occasion,
		People: []casework.Person{
			who(1, safetyAnswers(), roleOf(casework.SuspectExploiter, "held the passports of two others"), roleOf(casework.Presenter, "handed three passports over")),
			who(2, []casework.Answer{answeredBy(30, "S3", "He keeps it for me until I have paid", "other"), answeredBy(29, "S4", "", "debt", "threats"), answeredBy(28, "F5", "", "agrees")},
				roleOf(casework.PotentialVictim, "works off a debt"), roleOf(casework.ImmigrationMatter, "no leave to enter")),
			who(3, nil),
		},
		Holdings: []casework.Holding{
			{Document: "TSD-7Q4K-2M9X", HeldBy: 1, BelongsTo: 1, By: "officer", At: now.Add(-50 * time.Minute)},
			{Document: "TSD-9B2M-77KD", HeldBy: 1, BelongsTo: 2, By: "officer", At: now.Add(-50 * time.Minute)},
		},
		Referrals: []casework.Referral{sentReferral(casework.KindSafeguarding, 2)},
		Links:     []casework.Link{linkOf(1, 2, casework.LinkFamily), linkOf(2, 3, casework.LinkSibling), linkOf(2, 3, casework.LinkAssists)},
	}
}

// linkOf is one that somebody told.
func linkOf(from, to int, k casework.LinkKind) casework.Link {
	return casework.Link{
		From: casework.PersonAt{Encounter: occasion, Number: from}, To: casework.PersonAt{Encounter: occasion, Number: to}, Kind: k, Status: casework.LinkClaimed,
		Words: "they said so", Source: casework.SourcePerson, Grade: casework.Ungraded, By: "officer", At: now.Add(-10 * time.Minute),
	}
}

// hasInCommon is a view of a person with others who have something in common with them.
func hasInCommon(v Person) Person {
	v.Candidates = []casework.LinkCandidate{
		{Person: casework.PersonAt{Encounter: "NPT-240824-0012", Number: 2}, Because: casework.TracePicture, Mine: "TSD-7Q4K-2M9X", Theirs: "TSD-9B2M-77KD", At: now.AddDate(0, -3, 0)},
		{Person: casework.PersonAt{Encounter: "NPT-240824-0013", Number: 1}, Because: casework.TraceAddress, At: now.AddDate(0, -1, 0)},
	}
	return v
}

// sentReferral was sent half an hour ago, and waits.
func sentReferral(k casework.ReferralKind, number int) casework.Referral {
	return casework.Referral{
		ID: "R-7Q4K-2M9X", Rule: "R-04", Kind: k, Encounter: occasion, Person: number, Priority: "P0", Nature: casework.NatureSlavery,
		Reason: "a debt and threats were mentioned", Guidance: "College of Policing APP, Organised immigration crime (Appendix F), 8 July 2026",
		State: casework.ReferralSent, SentBy: "officer", SentAt: now.Add(-30 * time.Minute), AckDue: now.Add(-15 * time.Minute),
		Content: "[]",
	}.Seal()
}

// suggestedFor is what the built-in rules think of for a group.
func suggestedFor(g casework.Group) []casework.Suggestion {
	rules, err := casework.LoadRules()
	if err != nil {
		panic(err) // the rules are part of the program
	}
	all, err := rules.Suggest(g, nil)
	if err != nil {
		panic(err)
	}
	return all
}

// onePerson is the view of one person of a group.
func onePerson(g casework.Group, number int, errs ...Error) Person {
	v := Person{Group: g, Errors: errs}
	v.Person, _ = g.Person(number)
	for _, s := range suggestedFor(g) {
		if s.Person == number {
			v.Suggestions = append(v.Suggestions, s)
		}
	}
	return v
}

func peopleExamples() []example {
	g := mixedGroup()
	alone := casework.Group{Encounter: occasion, People: []casework.Person{{Encounter: occasion, Number: 1}}}
	checked := casework.Group{Encounter: occasion, People: []casework.Person{{Encounter: occasion, Number: 1, Answers: safetyAnswers(), Roles: []casework.RoleMark{roleOf(casework.Witness, "saw the van")}}}}
	documents := []pipeline.Document{document(pipeline.StateScreened)}
	tasks := []casework.Task{
		{ID: "T-AAAABBBBCCCC", Kind: casework.TaskAskAgain, Encounter: occasion, Person: 2, OpenedAt: now.Add(-25 * time.Hour), DueAt: now.Add(-time.Hour)},
		{ID: "T-DDDDEEEEFFFF", Kind: casework.TaskUpstream, Encounter: occasion, Person: 2, OpenedAt: now, DueAt: now.Add(7 * 24 * time.Hour)},
	}
	at := "/encounters/" + occasion + "/people"
	return []example{
		{"people", "people", shell(officer, at), People{Group: g, Documents: documents, Suggestions: suggestedFor(g), Tasks: tasks, Deadlines: deadlines()}},
		{"people-law", "people", shell(officer, at), People{Group: alone, Law: casework.LawOn(now)}},
		{"people-empty", "people", shell(officer, at), People{Group: casework.Group{Encounter: occasion}}},
		{"people-alone", "people", shell(officer, at), People{Group: alone}},
		{"people-error", "people", shell(officer, at), People{Group: g, Documents: documents, Tasks: tasks, Errors: []Error{
			{"held_by", "Select who held the document and whose it is"}, {"task-T-AAAABBBBCCCC", "Enter what came of it"},
		}}},
		{"person-locked", "person", shell(officer, at+"/2"), onePerson(g, 2)},
		{"person-new", "person", shell(officer, at+"/1"), onePerson(alone, 1)},
		{"person-checked", "person", shell(officer, at+"/1"), hasInCommon(onePerson(checked, 1))},
		{"person-company", "person", shell(officer, at+"/3"), onePerson(g, 3)},
		{"person-returned", "person", shell(officer, at+"/2"), returnedTo(onePerson(g, 2))},
		{"person-error", "person", shell(officer, at+"/2"), onePerson(g, 2,
			Error{"S1", "Select one of the answers that are offered"}, Error{"U4", "Select or write the answer"}, Error{"source", "Select where the answer comes from"},
			Error{"reason", "Enter why you have no concern"}, Error{"role-reason", "Say why for this person"}, Error{"link-to", "There is no such person in that encounter"})},
	}
}

// deadlines are those of somebody who has been in custody for seven hours.
func deadlines() []pipeline.Deadline {
	law, err := pipeline.LoadJurisdiction(pipeline.England)
	if err != nil {
		panic(err) // the law is part of the program
	}
	return law.Deadlines(pipeline.Encounter{Channel: pipeline.ChannelCustody, ClockFrom: now.Add(-7 * time.Hour)})
}

// composed is the view of a referral that is not sent yet.
func composed(g casework.Group, rule string, number int) Refer {
	rules, err := casework.LoadRules()
	if err != nil {
		panic(err) // the rules are part of the program
	}
	v := Refer{Group: g}
	v.Rule, _ = rules.Rule(rule)
	v.Referral = casework.Referral{Rule: rule, Kind: v.Rule.Kind, Person: number}
	v.Sections = casework.Compose(g, v.Rule, number, []string{"TSD-7Q4K-2M9X, SHA-256 9f3c"})
	return v
}

// companyExamples are pages about documents with people beside them.
func companyExamples(s specimen) []example {
	first := withReport(s.examine())
	first.Company = &Company{Encounter: occasion, First: []int{2, 3}}
	reviewed := withReport(s.examine())
	reviewed.Company = &Company{First: []int{2}} // who may not see the people
	calm := &Company{Encounter: occasion}
	return []example{
		{"document-first", "document", shell(officer, "/documents/TSD-7Q4K-2M9X"), first},
		{"document-first-reviewer", "document", shell(reviewer, "/documents/TSD-7Q4K-2M9X"), reviewed},
		{"upload-company", "upload", shell(officer, "/upload"), Upload{Encounter: occasion, Company: calm}},
		{"received-company", "received", shell(officer, "/upload/received"), Received{Encounter: occasion, Files: []ReceivedFile{{Document: document(pipeline.StateScreened)}}, Company: calm}},
		{"safety-company", "safety", shell(officer, "/safety"), Safety{Document: "TSD-7Q4K-2M9X", Company: calm}},
	}
}

// recipients are one for each channel, the last of them disabled.
func recipients() []casework.Recipient {
	made := func(id, name, address string, c casework.Channel, kinds ...casework.ReferralKind) casework.Recipient {
		return casework.Recipient{ID: id, Name: name, Channel: c, Address: address, Kinds: kinds, CreatedBy: "administrator", CreatedAt: now.Add(-72 * time.Hour)}
	}
	all := []casework.Recipient{
		made("a", "Children's services", "https://case-system.county.example/touchstone/referrals", casework.ChannelWebhook, casework.KindChildren, casework.KindSafeguarding),
		made("b", "Duty inspector", "duty.inspector@force.example", casework.ChannelMail),
		made("c", "Regional unit", "", casework.ChannelFile, casework.KindOIC, casework.KindProduction),
	}
	all[0].Account, all[2].DisabledAt = "county", now.Add(-time.Hour)
	return all
}

func rotas() []casework.RotaStep {
	return []casework.RotaStep{{Step: 1, Recipient: "b"}, {Site: "NPT", Step: 1, Recipient: "a"}, {Site: "NPT", Step: 2, Recipient: "b"}}
}

// journeys are a referral on its way to each of them, however far.
func journeys() []Journey {
	all := recipients()
	on := func(to int, state pipeline.DeliveryState, status string, step int) Journey {
		return Journey{casework.Dispatch{
			ID: "dsp_" + fmt.Sprint(to, step), Referral: "R-7Q4K-2M9X", Recipient: all[to].ID, Step: step, At: now.Add(-30 * time.Minute), State: state, Attempts: 1, LastStatus: status,
		}, all[to]}
	}
	had, soon := on(0, pipeline.DeliveryDone, "200", 0), on(1, pipeline.DeliveryWaiting, casework.StatusNoRelay, 1)
	had.AckBy, had.AckAt, soon.NextAt = "county", now.Add(-20*time.Minute), now.Add(time.Minute)
	return []Journey{had, soon, on(2, pipeline.DeliveryDone, casework.StatusStored, 0), on(1, pipeline.DeliveryGivenUp, casework.StatusWithheld, 2), on(1, pipeline.DeliveryDone, casework.StatusAccepted, 3)}
}

func referExamples() []example {
	g := mixedGroup()
	at := "/encounters/" + occasion + "/refer"
	barred := composed(g, "R-19", 2)
	barred.Barred = "Finish the safety check first. The person's safety comes before this report"
	wrong := composed(g, "R-02", 2)
	wrong.Errors = []Error{{"consent", "An adult must agree to this referral. Without it, notify the Home Office instead"}, {"nature", "Select which of the two it is about, or that you cannot tell yet"}, {"reason", "Say why, in a sentence"}}
	late := sentReferral(casework.KindSafeguarding, 2)
	soon, had, ended := sentReferral(casework.KindNRM, 2), sentReferral(casework.KindChildren, 3), sentReferral(casework.KindIntelligence, 1)
	soon.ID, soon.AckDue, soon.Consent = "R-AAAA-2222", now.Add(12*time.Minute), casework.ConsentGiven
	had.ID, had.State, had.AckBy, had.AckAt = "R-BBBB-3333", casework.ReferralAcknowledged, "lead", now.Add(-10*time.Minute)
	ended.ID, ended.State, ended.Priority, ended.ClosedAt, ended.Outcome = "R-CCCC-4444", casework.ReferralClosed, "P2", now, "The unit has taken it over"
	sections := composed(g, "R-04", 2).Sections
	return []example{
		{"refer", "refer", shell(officer, at), composed(g, "R-02", 2)},
		{"refer-emergency", "refer", shell(officer, at), composed(g, "R-00", 2)},
		{"refer-group", "refer", shell(officer, at), composed(g, "R-05", 0)},
		{"refer-barred", "refer", shell(officer, at), barred},
		{"refer-error", "refer", shell(officer, at), wrong},
		{"referral-late", "referral", shell(officer, "/referrals/"+late.ID), Referral{Referral: late, Sections: sections, Journeys: journeys()}},
		{"referral-acknowledged", "referral", shell(officer, "/referrals/"+had.ID), Referral{Referral: had, Sections: sections}},
		{"referral-closed", "referral", shell(officer, "/referrals/"+ended.ID), Referral{Referral: ended, Sections: sections}},
		{"referral-error", "referral", shell(officer, "/referrals/"+soon.ID), Referral{Referral: soon, Sections: sections, Errors: []Error{{"outcome", "Enter what came of it"}}}},
		{"referrals", "referrals", shell(officer, "/referrals"), Referrals{Referrals: []casework.Referral{late, soon, had}}},
		{"recipients", "recipients", shell(administrator, "/recipients"), Recipients{Recipients: recipients(), Rota: rotas(), Made: "Children's services", Secret: "whsec_" + strings.Repeat("Ab3/", 10) + "Ab3="}},
		{"recipients-empty", "recipients", shell(administrator, "/recipients"), Recipients{}},
		{"recipients-error", "recipients", shell(administrator, "/recipients"), Recipients{Recipients: recipients(), Address: "lead", Site: "UTOPIA", Errors: []Error{
			{"name", "Enter what people call the recipient, in 100 characters or less"},
			{"channel", "Select how referrals go to the recipient"},
			{"address", "Enter one e-mail address, such as lead@force.example"},
			{"account", "Enter the name of the account whose token the other system has, or leave it empty"},
			{"kinds", "Select kinds from the list"},
			{"site", "A site has 3 letters. Leave it empty for all other sites"},
			{"recipients", "Select recipients from the list"},
		}}},
		{"referrals-empty", "referrals", shell(officer, "/referrals"), Referrals{}},
	}
}

// returnedTo is a person about whom somebody typed before their session ended.
func returnedTo(v Person) Person {
	v.Form = url.Values{"S1": {"yes"}, "S1-words": {"Somebody waits outside."}, "U4-words": {"A friend of the family."}, "source": {"officer"}}
	v.Returned = true
	return v
}
