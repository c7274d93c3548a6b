package dbtest

import (
	"fmt"
	"testing"

	"touchstone.internal/pipeline"
)

func savedFilters(t *testing.T, s Store) {
	ctx := t.Context()
	list := func(account, page string) []pipeline.SavedFilter {
		t.Helper()
		all, err := s.ListFilters(ctx, account, page)
		noErr(t, err)
		return all
	}
	one := pipeline.SavedFilter{Page: "/documents", Name: "to examine", Query: "conclusion=review_suggested"}
	two := pipeline.SavedFilter{Page: "/documents", Name: "Ferry", Query: "encounter=UTO-260301-0001"}
	noErr(t, s.SaveFilter(ctx, "reviewer", one))
	noErr(t, s.SaveFilter(ctx, "reviewer", two))
	noErr(t, s.SaveFilter(ctx, "reviewer", pipeline.SavedFilter{Page: "/queue", Name: "Ferry", Query: "site=UTO"}))
	same(t, list("reviewer", "/documents"), []pipeline.SavedFilter{two, one})
	same(t, len(list("officer", "/documents")), 0)
	one.Query = "conclusion=could_not_check"
	noErr(t, s.SaveFilter(ctx, "reviewer", one))
	same(t, list("reviewer", "/documents"), []pipeline.SavedFilter{two, one})
	two.Query = ""
	noErr(t, s.SaveFilter(ctx, "reviewer", two))
	noErr(t, s.SaveFilter(ctx, "reviewer", two)) // there is none any more
	same(t, list("reviewer", "/documents"), []pipeline.SavedFilter{one})
	same(t, len(list("reviewer", "/queue")), 1)
	for i := range pipeline.MaxSavedFilters - 1 {
		noErr(t, s.SaveFilter(ctx, "reviewer", pipeline.SavedFilter{Page: "/documents", Name: fmt.Sprint(i), Query: "x"}))
	}
	is(t, s.SaveFilter(ctx, "reviewer", pipeline.SavedFilter{Page: "/documents", Name: "more", Query: "x"}), pipeline.ErrConflict)
	noErr(t, s.SaveFilter(ctx, "reviewer", one)) // in its own place
}
