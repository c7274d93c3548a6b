package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// accountBody is an account as the API gives it: never a password, nor its hash.
type accountBody struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Role     pipeline.Role `json:"role"`
	LockedAt *time.Time    `json:"locked_at,omitempty"`
	// OneTimeUntil is the end of a password that somebody else has set.
	OneTimeUntil *time.Time `json:"one_time_until,omitempty"`
	NeedToKnow   bool       `json:"need_to_know"`
}

func accountBodyOf(a pipeline.Account) accountBody {
	return accountBody{a.Name, a.Title, a.Role, timeOrNone(a.LockedAt), timeOrNone(a.OneTimeUntil), a.NeedToKnow}
}

// timeOrNone is a time that may not have come.
func timeOrNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// passwordChange is what somebody sends to change their own password.
type passwordChange struct {
	Current string `json:"current_password"`
	New     string `json:"new_password"`
}

// ownAccount shows somebody their own account and the form for another password.
func (s *server) ownAccount(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	s.show(w, r, screen{http.StatusOK, "account", page.Account{Changed: r.URL.Query().Has("changed")}})
	return nil
}

// changeOwnPassword takes the form.
func (s *server) changeOwnPassword(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm() // the error may quote the form
	}
	err := s.replacePassword(r, who, passwordChange{r.PostForm.Get("current_password"), r.PostForm.Get("new_password")})
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil {
		s.show(w, r, screen{p.kind().Status, "account", page.Account{Errors: pageErrors(p.errors)}})
		return nil
	}
	if err != nil {
		return err
	}
	// All sessions are over, this one too: here it goes on under a new token.
	if who, err = s.Accounts.FindAccount(r.Context(), who.Name); err != nil {
		return err
	}
	token, expiry, err := s.newSession(r.Context(), who)
	if err != nil {
		return err
	}
	s.sessions.WriteSessionCookie(r.Context(), w, token, expiry)
	http.Redirect(w, r, "/account?changed", http.StatusSeeOther)
	return nil
}

// apiOwnAccount tells a client who it is.
func (s *server) apiOwnAccount(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	s.writeJSON(w, r, http.StatusOK, accountBodyOf(who))
	return nil
}

// apiChangeOwnPassword takes the same from a client.
func (s *server) apiChangeOwnPassword(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var c passwordChange
	if err := readJSON(w, r, &c); err != nil {
		return err
	}
	if err := s.replacePassword(r, who, c); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// replacePassword changes a password of somebody who knows it. The old one is
// compared under the throttle: an open session is no way to guess it.
func (s *server) replacePassword(r *http.Request, who pipeline.Account, c passwordChange) error {
	var errs []fieldError
	if c.Current == "" {
		errs = append(errs, fieldError{"/current_password", "Enter your current password"})
	}
	if c.New == c.Current && c.New != "" {
		errs = append(errs, fieldError{"/new_password", "Enter a password that differs from the current one"})
	} else if wrong := pipeline.CheckPassword(who.Name, c.New); wrong != "" {
		errs = append(errs, fieldError{"/new_password", wrong})
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	device, err := s.knownDevice(r, who.Name)
	if err != nil {
		return err
	}
	_, err = s.verify(r.Context(), credentials{origin{who.Name, addressOf(r.RemoteAddr), device}, c.Current})
	if p, ok := errors.AsType[*problem](err); ok && p.slug == "signed-out" {
		return problemInvalid([]fieldError{{"/current_password", "This is not your current password. Check it and try again"}})
	}
	if err != nil {
		return err
	}
	hash, err := s.hasher.hash(r.Context(), c.New)
	if err != nil {
		return err
	}
	if err := s.Accounts.SetPassword(r.Context(), who.Name, pipeline.Password{Hash: hash}, s.deedOf(who)); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}

// deedOf is what an account does now.
func (s *server) deedOf(who pipeline.Account) pipeline.Deed {
	return pipeline.Deed{By: pipeline.Actor{Account: who.Name, Role: who.Role}, At: s.Now().UTC()}
}
