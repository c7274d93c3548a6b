package page

import (
	"html/template"
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// Help is the view of "help": what words mean, which keys do what, who sees what.
type Help struct{ Files int } // that can be uploaded at once

// shortcut is a key and what it does.
type shortcut struct {
	Keys     []string
	Does     string
	Deciding bool // only for who decides
}

// shortcuts are the single keys of the page that examines. The list beside the
// picture and the help page are both made of this.
var shortcuts = []shortcut{ //nolint:gochecknoglobals // a table, never written
	{Keys: []string{"j", "k"}, Does: "next and previous finding"},
	{Keys: []string{"1", "2", "3", "4", "5"}, Does: "show or hide one kind of box"},
	{Keys: []string{"h"}, Does: "hide or show all boxes"},
	{Keys: []string{"i"}, Does: "go to the picture"},
	{Keys: []string{"+", "−", "0", "f"}, Does: "zoom in, zoom out, fit"},
	{Keys: []string{"r"}, Does: "turn the picture"},
	{Keys: []string{"←", "↑", "↓", "→"}, Does: "move the picture, while it has the focus"},
	{Keys: []string{"x"}, Does: "rely on this finding, or not", Deciding: true},
	{Keys: []string{"d"}, Does: "go to your decision", Deciding: true},
	{Keys: []string{"Esc"}, Does: "back to the finding", Deciding: true},
	{Keys: []string{"n"}, Does: "start the next review, when this one is not yours to decide", Deciding: true},
	{Keys: []string{"?"}, Does: "this list"},
}

// queueShortcuts are the single keys of the queue, where the list under it and
// the help page are made of this.
var queueShortcuts = []shortcut{ //nolint:gochecknoglobals // a table, never written
	{Keys: []string{"j", "k"}, Does: "next and previous document"},
	{Keys: []string{"Enter"}, Does: "open it"},
	{Keys: []string{"n"}, Does: "start the next review", Deciding: true},
	{Keys: []string{"/"}, Does: "find a reference"},
	{Keys: []string{"?"}, Does: "this list"},
}

// queueShortcutsOf are those of the queue, for who decides or only looks.
func queueShortcutsOf(deciding bool) []shortcut { return ofPage(queueShortcuts, deciding) }

// shortcutsOf are those of a page.
func shortcutsOf(deciding bool) []shortcut { return ofPage(shortcuts, deciding) }

func ofPage(all []shortcut, deciding bool) []shortcut {
	return slices.DeleteFunc(slices.Clone(all), func(s shortcut) bool { return s.Deciding && !deciding })
}

// captureTells says of each way a picture came to be what its checks can tell.
var captureTells = map[pipeline.CaptureClass]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.CaptureCopy:     "Whether the data fit together. A copy hides most of what is wrong with a page.",
	pipeline.CapturePhoto:    "Whether the data fit together, and what a photograph shows of the page. It shows no ultraviolet or infrared light and no chip.",
	pipeline.CaptureScanner:  "What a photograph shows, and small print more surely.",
	pipeline.CaptureReader:   "What is seen in ultraviolet and infrared light too.",
	pipeline.CaptureChip:     "What the chip says, and whether its issuer signed it.",
	pipeline.CaptureExaminer: "What an examiner saw and felt on the original. It is the examiner's statement.",
}

// term is a word of the screens and what it means here.
type term struct{ Word, Means string }

// glossary holds the words that screens use and that not everybody knows. A test
// holds it to words that a screen says.
var glossary = []term{ //nolint:gochecknoglobals // a table, never written
	{"Check digit", "A number that is worked out of the characters before it. If one of them was changed or misread, it does not agree."},
	{"Encounter", "One occasion on which documents were shown, with a reference that names nobody."},
	{"Examine", "To look at the document itself, or at its picture from near, as a trained person does."},
	{"Finding", "One thing that a check saw, with its place in the picture."},
	{"Issuing State", "The State or organisation that issued the document, as its 3 letter code says."},
	{"Machine readable zone", "The 2 or 3 lines of letters, numbers and < at the foot of a page or on the back of a card."},
	{"No irregularity found", "The checks that could be made found nothing. It does not show that a document is real."},
	{"Overall check digit", "A check digit over several fields at once. It follows from the others, so it is not counted twice."},
	{"Report", "What was read and checked, written once and never changed."},
	{"SHA-256", "A number that stands for the bytes of a file. If one bit changes, so does the number."},
	{"Could not be checked", "The picture did not show enough. It says nothing of the document."},
}

// may says of each action what somebody does who may do it. What every account
// may, and what needs none, is left out.
var may = []struct { //nolint:gochecknoglobals // a table, never written
	action   policy.Action
	all, own string
}{
	{policy.Upload, "upload documents", ""},
	{policy.Read, "read every document and its result", "read the documents that they uploaded"},
	{policy.Evidence, "download every original", "download the originals that they uploaded"},
	{policy.Review, "review documents and decide", ""},
	{policy.Queue, "see the review queue", ""},
	{policy.Board, "see how long reviews wait, and free them", ""},
	{policy.Search, "search for documents, for a reason that is written down", ""},
	{policy.Raise, "raise a safety concern on every document", "raise a safety concern on the documents that they uploaded"},
	{policy.History, "see who did what with a document", ""},
	{policy.Tie, "tie documents together as the work of one workshop", ""},
	{policy.Shared, "be told who gave the same address or telephone as a person", ""},
	{policy.Audit, "read the audit log", ""},
	{policy.Operate, "see how the service is doing, and no document", ""},
	{policy.Accounts, "add and change accounts", ""},
	{policy.Integrate, "connect other systems", ""},
}

// permission is what a role may do, in words.
type permission struct {
	Role  string
	Yours bool
	May   []string
}

// permissionsOf reads the policy: what the page says is what the desk does.
func permissionsOf(s Shell) (ps []permission) {
	for _, role := range pipeline.Roles {
		p := permission{Role: upper(roles[role]), Yours: s.Account.Role == role}
		for _, m := range may {
			switch reach := policy.Of(role, m.action); {
			case reach == policy.Own && m.own != "":
				p.May = append(p.May, m.own)
			case reach != policy.None:
				p.May = append(p.May, m.all)
			}
		}
		ps = append(ps, p)
	}
	return ps
}

// told is a way to take a picture and what it can tell.
type told struct{ Capture, Tells string }

// helpFunctions are what the help page calls.
func helpFunctions() template.FuncMap {
	return template.FuncMap{
		"shortcuts":   shortcutsOf,
		"queueKeys":   queueShortcutsOf,
		"glossary":    func() []term { return glossary },
		"permissions": permissionsOf,
		"mostBytes":   func() string { return size(pipeline.MaxUploadBytes) },
		"tells": func() (all []told) {
			for _, c := range pipeline.CaptureClasses {
				all = append(all, told{captures[c], captureTells[c]})
			}
			return all
		},
		"private":      private,
		"savedAddress": savedAddress,
	}
}

// open are the pages that show nothing of anybody, so that there is nothing to
// hide.
var open = []string{"sign-in", "home", "help", "status", "problem", "problems", "account"} //nolint:gochecknoglobals // a table, never written

// private tells whether a page may be hidden from who looks over a shoulder.
func private(page string) bool { return !slices.Contains(open, page) }
