package web

import (
	"context"
	"errors"
	"net/http"
	"unicode/utf8"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/explain"
	"touchstone.internal/web/page"
)

// maxTyped bounds the characters of a typed zone: the longest zone has 90, and
// who types may part them as they like.
const maxTyped = 500

// typedBody is what the API takes.
type typedBody struct {
	Text string `json:"text"`
}

// typedZonePage shows the form.
func (s *server) typedZonePage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	s.show(w, r, screen{http.StatusOK, "typed-zone", page.TypedZone{}})
	return nil
}

// typedZone explains what was typed into the form. It answers at once instead
// of sending the browser on: an address could only hold the text itself, which
// is personal data, and nothing is kept that could be looked up.
func (s *server) typedZone(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	view, status := page.TypedZone{}, http.StatusOK
	err := r.ParseForm()
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		err = problemLongText()
	} else if err != nil {
		err = problemForm() // the error may quote the form
	} else {
		view.Text = r.PostForm.Get("text")
		view.Zone, err = s.explain(r.Context(), view.Text)
	}
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil && !wantsJSON(r) {
		view.Errors, status = pageErrors(p.errors), p.kind().Status
	} else if err != nil {
		return err
	}
	s.show(w, r, screen{status, "typed-zone", view})
	return nil
}

// apiTypedZone explains what a machine sends.
func (s *server) apiTypedZone(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var body typedBody
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	e, err := s.explain(r.Context(), body.Text)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, e)
	return nil
}

// explain says everything of a typed zone, once it is written down that it is
// about to be seen: by whom, and not what. It is not kept.
func (s *server) explain(ctx context.Context, typed string) (*explain.Explanation, error) {
	if utf8.RuneCountInString(typed) > maxTyped {
		return nil, problemLongText()
	}
	t := explain.Read(typed)
	if faults := t.Faults(); faults != nil {
		errs := make([]fieldError, len(faults))
		for i, f := range faults {
			errs[i] = fieldError{"/text", f}
		}
		return nil, problemInvalid(errs)
	}
	if err := s.consult(ctx, "typed-zone", "explained"); err != nil {
		return nil, err
	}
	e := t.Explain(s.Now())
	return &e, nil
}
