package page

import (
	"net/url"

	"touchstone.internal/pipeline"
)

// Saved is what a list shows of the filters that the account has saved.
type Saved struct {
	Page    string // path of the list
	Query   string // what is chosen now, which can be saved; may be empty
	Filters []pipeline.SavedFilter
}

// savedAddress leads to a saved choice of a list.
func savedAddress(f pipeline.SavedFilter) (string, error) {
	q, err := url.ParseQuery(f.Query)
	return address(f.Page, q), err
}
