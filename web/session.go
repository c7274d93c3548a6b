package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// How long somebody stays signed in.
const (
	sessionIdle     = 30 * time.Minute
	sessionLifetime = 12 * time.Hour
	// touchEvery is how often use of a session is written down.
	touchEvery = time.Minute
)

// What a session holds.
const (
	keyAccount = "account"
	keyEpoch   = "epoch" // of the account, when it signed in
	keySeen    = "seen"  // Unix seconds of the last use that was written down
)

// newSessions sets sessions up. The cookie ends with the browser, and where
// people come by https it is bound to this host.
func newSessions(c Config) *scs.SessionManager {
	m := scs.New()
	m.Store = c.Sessions
	m.IdleTimeout, m.Lifetime = sessionIdle, sessionLifetime
	m.Cookie.Name = "touchstone"
	if c.Secure {
		m.Cookie.Name = "__Host-touchstone"
	}
	m.Cookie.Secure, m.Cookie.HttpOnly, m.Cookie.Persist = c.Secure, true, false
	m.Cookie.SameSite, m.Cookie.Path = http.SameSiteLaxMode, "/" // Lax, since a link in a message opens an upload
	return m
}

// signedIn loads the session and tells whose it is; the account is zero if
// nobody is signed in. A session is written at once or not at all: one that
// was written with the answer could bring back to life what a sign-out had
// ended meanwhile.
func (s *server) signedIn(r *http.Request) (*http.Request, error) {
	var token string
	if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		token = c.Value
	}
	ctx, err := s.sessions.Load(r.Context(), token)
	if err != nil {
		return r, fmt.Errorf("load session: %w", err)
	}
	r = r.WithContext(ctx)
	name := s.sessions.GetString(ctx, keyAccount)
	if name == "" {
		return r, nil
	}
	who, err := s.Accounts.FindAccount(ctx, name)
	if errors.Is(err, pipeline.ErrNotFound) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	if who.Locked() || who.Epoch != s.sessions.GetInt64(ctx, keyEpoch) { // lock, role or password have changed
		return r, nil
	}
	infoOf(ctx).who = who
	return r, s.touch(ctx)
}

// touch moves the end of an idle session on.
func (s *server) touch(ctx context.Context) error {
	now := s.Now()
	if now.Sub(time.Unix(s.sessions.GetInt64(ctx, keySeen), 0)) < touchEvery {
		return nil
	}
	s.sessions.Put(ctx, keySeen, now.Unix())
	if _, _, err := s.sessions.Commit(ctx); err != nil {
		return fmt.Errorf("prolong session: %w", err)
	}
	return nil
}

// signInPage shows the form.
func (s *server) signInPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	next := localPath(r.URL.Query().Get("next"))
	if who.Name != "" {
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // localPath keeps it on this server
		return nil
	}
	s.show(w, r, screen{http.StatusOK, "sign-in", page.SignIn{Next: next, Kept: s.sessions.GetString(r.Context(), keyForm) != ""}})
	return nil
}

// maxSmallForm bounds a form without files, in bytes.
const maxSmallForm = 16 << 10

// signIn opens a session under a new token.
func (s *server) signIn(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	c := credentials{origin{account: accountName(r.PostForm.Get("name")), address: addressOf(r.RemoteAddr)}, r.PostForm.Get("password")}
	view := page.SignIn{Name: r.PostForm.Get("name"), Next: localPath(r.PostForm.Get("next")), Kept: s.sessions.GetString(r.Context(), keyForm) != ""}
	if view.Errors = c.missing(); view.Errors != nil {
		s.show(w, r, screen{http.StatusBadRequest, "sign-in", view})
		return nil
	}
	var err error
	if c.device, err = s.knownDevice(r, c.account); err != nil {
		return err
	}
	who, err := s.verify(r.Context(), c)
	if p, ok := errors.AsType[*problem](err); ok {
		view.Errors = []page.Error{{Field: "name", Text: p.detail}}
		status := p.kind().Status
		if status == http.StatusUnauthorized {
			status = http.StatusForbidden // 401 would have to ask for HTTP Basic
		}
		s.show(w, r, screen{status, "sign-in", view})
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.openSession(w, r, who); err != nil {
		return err
	}
	http.Redirect(w, r, view.Next, http.StatusSeeOther)
	return nil
}

// openSession gives the client a new token; the old one is no longer good.
func (s *server) openSession(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	ctx := r.Context()
	infoOf(ctx).who = who
	if err := s.audit(ctx, pipeline.AuditEvent{Operation: pipeline.OpSignIn, Object: "sign-in", Detail: "signed_in"}); err != nil {
		return err
	}
	token, expiry, err := s.newSession(ctx, who)
	if err != nil {
		return err
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return s.rememberDevice(w, r, who)
}

// newSession stores what is known of an account under a new token.
func (s *server) newSession(ctx context.Context, who pipeline.Account) (token string, expiry time.Time, err error) {
	if err := s.carryForm(ctx, who.Name, func() error { return s.sessions.Clear(ctx) }); err != nil {
		return "", expiry, fmt.Errorf("clear session: %w", err)
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return "", expiry, fmt.Errorf("renew session: %w", err)
	}
	s.sessions.Put(ctx, keyAccount, who.Name)
	s.sessions.Put(ctx, keyEpoch, who.Epoch)
	s.sessions.Put(ctx, keySeen, s.Now().Unix())
	if token, expiry, err = s.sessions.Commit(ctx); err != nil {
		return "", expiry, fmt.Errorf("store session: %w", err)
	}
	return token, expiry, nil
}

// signOut ends the session.
func (s *server) signOut(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	ctx := r.Context()
	if err := s.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	if who.Name != "" {
		if err := s.audit(ctx, pipeline.AuditEvent{Operation: pipeline.OpSignIn, Object: "sign-in", Detail: "signed_out"}); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// accountName reads a name as people type it.
func accountName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// localPath keeps a redirect on this server: an address of our own, or the
// start page.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}
