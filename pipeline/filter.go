package pipeline

import "context"

// SavedFilter is a choice of a list that somebody gave a name, to come back to.
type SavedFilter struct {
	Page  string // path of the list
	Name  string
	Query string // as in an address
}

// Limits of saved filters.
const (
	MaxSavedFilters = 20 // of one account and list
	MaxFilterName   = 40 // characters
)

// SavedFilters keeps the filters of each account for itself.
type SavedFilters interface {
	// SaveFilter keeps a filter in place of one of the same name; one without a
	// query is taken away. ErrConflict if there are too many.
	SaveFilter(ctx context.Context, account string, f SavedFilter) error
	// ListFilters gives the filters of a list by name.
	ListFilters(ctx context.Context, account, page string) ([]SavedFilter, error)
}
