package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// filtered are the lists of which a choice can be saved: what they are needed for,
// and the parameters that make a choice.
var filtered = map[string]struct { //nolint:gochecknoglobals // a table, never written
	action     policy.Action
	parameters []string
}{
	"/documents": {policy.Read, []string{"state", "conclusion", "encounter"}},
	"/queue":     {policy.Queue, []string{"tab", "channel", "site", "clock", "cause"}},
}

// chosen is what a query chooses of a list, in one form; empty if nothing.
func chosen(list string, q url.Values) string {
	kept := url.Values{}
	for name, values := range q {
		if slices.Contains(filtered[list].parameters, name) && len(values) == 1 && values[0] != "" {
			kept.Set(name, values[0])
		}
	}
	return kept.Encode()
}

// savedFor is what a list shows of saved filters.
func (s *server) savedFor(ctx context.Context, list string, q url.Values) (page.Saved, error) {
	all, err := s.Filters.ListFilters(ctx, infoOf(ctx).who.Name, list)
	return page.Saved{Page: list, Query: chosen(list, q), Filters: all}, err
}

// saveFilter keeps a choice of a list under a name, or takes it away.
func (s *server) saveFilter(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	f := pipeline.SavedFilter{Page: r.PostForm.Get("page"), Name: r.PostForm.Get("name"), Query: r.PostForm.Get("query")}
	f, err := s.keepFilter(r.Context(), f, who)
	if err != nil {
		return err
	}
	to := f.Page
	if f.Query != "" {
		to += "?" + f.Query
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// keepFilter saves a filter of a list that the account may see.
func (s *server) keepFilter(ctx context.Context, f pipeline.SavedFilter, who pipeline.Account) (pipeline.SavedFilter, error) {
	q, err := url.ParseQuery(f.Query)
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	var errs []fieldError
	if list, ok := filtered[f.Page]; !ok || !policy.May(who.Role, list.action) {
		errs = append(errs, fieldError{"/page", "Give the path of a list, such as /documents"})
	}
	if f.Name == "" {
		errs = append(errs, fieldError{"/name", "Enter a name for these filters"})
	}
	if utf8.RuneCountInString(f.Name) > pipeline.MaxFilterName {
		errs = append(errs, fieldError{"/name", fmt.Sprintf("The name of the filters must be %d characters or less", pipeline.MaxFilterName)})
	}
	wanted := f.Query != ""
	f.Query = chosen(f.Page, q)
	if err != nil || wanted && f.Query == "" {
		errs = append(errs, fieldError{"/query", "Choose at least one filter of the list"})
	}
	if errs != nil {
		return f, problemInvalid(errs)
	}
	err = s.Filters.SaveFilter(ctx, who.Name, f)
	if errors.Is(err, pipeline.ErrConflict) {
		return f, problemInvalid([]fieldError{{"/name", fmt.Sprintf("You have %d saved filters of this list. Remove one first", pipeline.MaxSavedFilters)}})
	}
	return f, err
}

// filterBody is a saved filter as the API has it.
type filterBody struct {
	Page  string `json:"page"`
	Name  string `json:"name"`
	Query string `json:"query"`
}

// filtersBody is a list of them.
type filtersBody struct {
	Data []filterBody `json:"data"`
}

// apiSaveFilter keeps a filter, or takes it away.
func (s *server) apiSaveFilter(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b filterBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	f, err := s.keepFilter(r.Context(), pipeline.SavedFilter(b), who)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, filterBody(f))
	return nil
}

// apiFilters gives the account's own filters.
func (s *server) apiFilters(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	body := filtersBody{Data: []filterBody{}}
	for _, list := range []string{"/documents", "/queue"} {
		all, err := s.Filters.ListFilters(r.Context(), who.Name, list)
		if err != nil {
			return err
		}
		for _, f := range all {
			body.Data = append(body.Data, filterBody(f))
		}
	}
	s.writeJSON(w, r, http.StatusOK, body)
	return nil
}
