package web

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
)

// What a session of nobody keeps of a form that came when its own had ended.
const (
	keyForm   = "form"    // as it was sent
	keyFormOf = "form_of" // account that filled it in
	keyFormAt = "form_at" // path of the page that shows it again
)

// Bounds of what is kept: who has more to say has typed it elsewhere before.
const (
	maxKeptForm = maxReviewForm
	keptFormsOf = 20 // of an account, in a minute
)

// keepable are the forms that are kept, and of each the page that it is on.
var keepable = []*regexp.Regexp{ //nolint:gochecknoglobals // a table, never written
	regexp.MustCompile(`^(/reviews/[^/]+)/(?:decision|draft)$`),
	regexp.MustCompile(`^(/encounters/[^/]+/people/[^/]+)/answers$`),
}

// formPage is the page that a form that is kept is on; empty if it is none.
func formPage(r *http.Request) string {
	for _, form := range keepable {
		if m := form.FindStringSubmatch(r.URL.Path); m != nil && r.Method == http.MethodPost {
			return m[1]
		}
	}
	return ""
}

// keepForm keeps what somebody typed while their session ended, until they sign in
// again. It lies in the database, in a session of nobody whose cookie this browser
// alone has; it is kept only from a browser on which the account that it names has
// signed in, and given back to that account alone. No address ever holds it.
func (s *server) keepForm(w http.ResponseWriter, r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	at := formPage(r)
	if err != nil || kind != "application/x-www-form-urlencoded" || at == "" {
		return nil //nolint:nilerr // it is no form that is kept
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxKeptForm)
	if err := r.ParseForm(); err != nil {
		return nil //nolint:nilerr // it is longer than anything that is kept, or was broken off
	}
	account := accountName(r.PostForm.Get("as"))
	device, err := s.knownDevice(r, account)
	if err != nil || device == "" {
		return err
	}
	if s.rates.count("form", account, keptFormsOf).left < 0 {
		return nil
	}
	ctx := r.Context()
	if err := s.sessions.Clear(ctx); err != nil {
		return fmt.Errorf("keep form: %w", err)
	}
	s.sessions.Put(ctx, keyForm, r.PostForm.Encode())
	s.sessions.Put(ctx, keyFormOf, account)
	s.sessions.Put(ctx, keyFormAt, at)
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("keep form: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// carryForm lets a new session of the account begin with the form that it had
// typed before; anybody else's is forgotten.
func (s *server) carryForm(ctx context.Context, account string, begin func() error) error {
	form, of, at := s.sessions.GetString(ctx, keyForm), s.sessions.GetString(ctx, keyFormOf), s.sessions.GetString(ctx, keyFormAt)
	if err := begin(); err != nil || of != account || form == "" {
		return err
	}
	s.sessions.Put(ctx, keyForm, form)
	s.sessions.Put(ctx, keyFormAt, at)
	return nil
}

// keptForm gives, once, what was typed on this page before a session ended; nil if
// nothing was.
func (s *server) keptForm(r *http.Request) (url.Values, error) {
	ctx := r.Context()
	if s.sessions.GetString(ctx, keyFormAt) != r.URL.Path {
		return nil, nil
	}
	form, wrong := url.ParseQuery(s.sessions.PopString(ctx, keyForm))
	s.sessions.Remove(ctx, keyFormAt)
	_, _, err := s.sessions.Commit(ctx)
	if err := errors.Join(wrong, err); err != nil {
		return nil, fmt.Errorf("give form back: %w", err)
	}
	return form, nil
}

// rewrite puts what was typed before a session ended into the draft of a review,
// unless the account has decided on it meanwhile.
func (s *server) rewrite(r *http.Request, d dossier) (_ dossier, returned bool, err error) {
	form, err := s.keptForm(r)
	if err != nil || form == nil {
		return d, false, err
	}
	d.draft.Judgement = s.cleaned(judgementOf(form))
	err = s.keepDraft(r.Context(), d.review.Document, d.draft)
	if _, ok := errors.AsType[*problem](err); ok {
		return d, false, nil
	}
	d.drafted = true
	return d, true, err
}
