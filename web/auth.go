package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// handler answers a request of an account. An error that it returns is
// answered with the problem that it stands for.
type handler func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error

// run lets a handler answer and turns its error into a problem.
func (s *server) run(h handler, w http.ResponseWriter, r *http.Request) {
	if err := h(w, r, infoOf(r.Context()).who); err != nil {
		s.fail(w, r, err)
	}
}

// open guards what everybody may see, signed in or not.
func (s *server) open(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := s.signedIn(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.run(h, w, r)
	})
}

// page guards what the action is needed for, in a browser: who is not signed
// in is sent to do so and comes back afterwards.
func (s *server) page(a policy.Action, h handler) http.Handler {
	return s.open(func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		if who.Name == "" {
			if wantsJSON(r) {
				return problemSignedOut()
			}
			if err := s.keepForm(w, r); err != nil {
				return err
			}
			http.Redirect(w, r, signInAddress(r), http.StatusSeeOther)
			return nil
		}
		return s.allowed(a, h)(w, r, who)
	})
}

// signInAddress is where to sign in and come back from. Who was signed out in the
// middle of a review comes back to it, and to their draft.
func signInAddress(r *http.Request) string {
	if at := formPage(r); at != "" {
		return "/sign-in?" + url.Values{"next": {at}}.Encode()
	}
	if review, ok := strings.CutPrefix(r.URL.Path, "/reviews/"); ok && r.Method == http.MethodPost {
		id, _, _ := strings.Cut(review, "/")
		return "/sign-in?" + url.Values{"next": {"/reviews/" + id}}.Encode()
	}
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
}

// api guards what the action is needed for, for a machine: a token, HTTP Basic,
// or the session of a page's script.
func (s *server) api(a policy.Action, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			err = s.bearer(r, secret)
		} else if r.Header.Get("Authorization") != "" {
			err = s.basic(r)
		} else {
			r, err = s.signedIn(r)
		}
		who := infoOf(r.Context()).who
		if limited := s.limit(w, r, who); limited != nil {
			err = limited
		} else if err == nil && who.Name == "" {
			err = problemSignedOut()
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.run(s.allowed(a, h), w, r)
	})
}

// allowed lets a handler answer if the role may do what it does, and writes
// down if not.
func (s *server) allowed(a policy.Action, h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		if !who.OneTimeUntil.IsZero() && a != policy.OwnAccount {
			return s.ownPasswordFirst(w, r)
		}
		if policy.May(who.Role, a) {
			return h(w, r, who)
		}
		if err := s.consult(r.Context(), "page", "denied"); err != nil {
			return err
		}
		return problemNotAllowed()
	}
}

// ownPasswordFirst sends who has signed in with a password that somebody else
// knows to change it.
func (s *server) ownPasswordFirst(w http.ResponseWriter, r *http.Request) error {
	if wantsJSON(r) {
		return problemOneTime()
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
	return nil
}

// credentials are what somebody claims to be, and from where.
type credentials struct {
	origin
	password string
}

// missing tells what was left out of the form.
func (c credentials) missing() (errs []page.Error) {
	if c.account == "" {
		errs = append(errs, page.Error{Field: "name", Text: "Enter your account name"})
	}
	if c.password == "" {
		errs = append(errs, page.Error{Field: "password", Text: "Enter your password"})
	}
	return errs
}

// basic signs a request in by HTTP Basic. Passwords that were right a moment
// ago are not hashed again; the throttle comes first, or they could be guessed
// at full speed.
func (s *server) basic(r *http.Request) error {
	name, password, ok := r.BasicAuth()
	if !ok {
		return problemSignedOut()
	}
	ctx := r.Context()
	c := credentials{origin{account: accountName(name), address: addressOf(r.RemoteAddr)}, password}
	if wait := s.throttle.blocked(c.origin); wait > 0 {
		return problemThrottled(wait)
	}
	who, err := s.Accounts.FindAccount(ctx, c.account)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return err
	}
	if err == nil && s.shut(who) == nil && s.known.has(who.PasswordHash, password) {
		infoOf(ctx).who = who
		return nil
	}
	if who, err = s.verify(ctx, c); err != nil {
		return err
	}
	s.known.add(who.PasswordHash, password)
	infoOf(ctx).who = who
	return s.audit(ctx, pipeline.AuditEvent{Operation: pipeline.OpSignIn, Object: "api", Detail: "signed_in"})
}

// bearer signs a request in by the token of another system. Guessing is bounded
// for the address alone: a secret has 130 bits.
func (s *server) bearer(r *http.Request, secret string) error {
	ctx := r.Context()
	o := origin{address: addressOf(r.RemoteAddr)}
	if wait := s.throttle.blocked(o); wait > 0 {
		return problemThrottled(wait)
	}
	t, err := s.Tokens.FindToken(ctx, secret)
	if errors.Is(err, pipeline.ErrNotFound) || err == nil && !t.Good(s.Now()) {
		s.throttle.begin(o)
		return problemToken()
	}
	if err != nil {
		return err
	}
	who, err := s.Accounts.FindAccount(ctx, t.Account)
	if err != nil {
		return err
	}
	if who.Locked() {
		return problemToken()
	}
	infoOf(ctx).who = who
	if now := s.Now(); now.Sub(t.UsedAt) >= touchEvery {
		return s.Tokens.UseToken(ctx, t.ID, now)
	}
	return nil
}

// shut tells why an account cannot be used though the password is right; nil if
// it can be. Only who knows the password is told.
func (s *server) shut(who pipeline.Account) *problem {
	switch {
	case who.Role == pipeline.RoleMachine:
		return problemPassword() // machines have tokens
	case who.Locked():
		return problemLocked()
	case !who.OneTimeUntil.IsZero() && !s.Now().Before(who.OneTimeUntil):
		return problemOneTimeOver()
	}
	return nil
}

// verify tells whose credentials these are. A wrong name and a wrong password
// take the same time, write the same event and give the same answer.
func (s *server) verify(ctx context.Context, c credentials) (pipeline.Account, error) {
	if wait := s.throttle.begin(c.origin); wait > 0 {
		return pipeline.Account{}, problemThrottled(wait)
	}
	who, err := s.Accounts.FindAccount(ctx, c.account)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return pipeline.Account{}, err
	}
	right, err := s.hasher.verify(ctx, who.PasswordHash, c.password)
	if err != nil {
		return pipeline.Account{}, err
	}
	refused, detail := problemPassword(), "refused"
	if right {
		if refused, detail = s.shut(who), "refused_shut"; refused == nil {
			s.throttle.succeed(c.origin)
			return who, nil
		}
	}
	// The name that was typed may be a password: only one of an account is kept.
	e := pipeline.AuditEvent{
		At: s.Now().UTC(), Actor: pipeline.Actor{Account: who.Name, Role: who.Role},
		Operation: pipeline.OpSignIn, Object: "sign-in", Detail: detail,
	}
	if err := s.Audit.Append(ctx, e); err != nil {
		return pipeline.Account{}, fmt.Errorf("record refused sign-in: %w", err)
	}
	return pipeline.Account{}, refused
}
