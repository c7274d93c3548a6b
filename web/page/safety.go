package page

import (
	"net/url"
	"slices"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// Safety is the view of "safety": whom to call, for everybody at any time; and
// from a document, the way to put it first.
type Safety struct {
	Document pipeline.DocumentID // that a concern can be raised on; empty if none
	Raised   bool                // somebody did already
	Company  *Company            // of its encounter; nil if that is not known here
}

// safetyAt is where the page about safety is for whoever looks at an address: it
// knows of the document that they look at.
func safetyAt(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) < 3 || parts[1] != "documents" && parts[1] != "reviews" {
		return "/safety"
	}
	id, err := pipeline.ParseDocumentID(parts[2])
	if err != nil {
		return "/safety"
	}
	return address("/safety", url.Values{"document": {string(id)}})
}

// concerns tells whether an account has a list of the concerns that were raised.
func concerns(s Shell) bool {
	return policy.May(s.Account.Role, policy.Queue) && slices.Contains(TabsOf(s.Account), TabSafety)
}
