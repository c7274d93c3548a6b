package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// tokenBody is a token as the API gives it. The secret is there once, in the
// answer that made it.
type tokenBody struct {
	ID        string     `json:"id"`
	Account   string     `json:"account"`
	MadeBy    string     `json:"made_by"`
	MadeAt    time.Time  `json:"made_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	Secret    string     `json:"secret,omitempty"`
}

func tokenBodyOf(t pipeline.Token) tokenBody {
	return tokenBody{
		ID: t.ID, Account: t.Account, MadeBy: t.MadeBy, MadeAt: t.MadeAt.UTC(), ExpiresAt: t.ExpiresAt.UTC(),
		UsedAt: timeOrNone(t.UsedAt), RevokedAt: timeOrNone(t.RevokedAt),
	}
}

// tokenWish is what a new token shall be.
type tokenWish struct {
	Account string `json:"account"`
	Days    int    `json:"days"` // for how long it is good
}

// tokenList gives one page of all tokens, after writing down that it was read.
func (s *server) tokenList(r *http.Request, p paging) (all []pipeline.Token, next string, err error) {
	if err := s.consult(r.Context(), "tokens", "list"); err != nil {
		return nil, "", err
	}
	if all, err = s.Tokens.ListTokens(r.Context(), p.after, p.limit+1); err != nil {
		return nil, "", err
	}
	all, next = turn(all, p, func(t pipeline.Token) string { return t.ID })
	return all, next, nil
}

// tokensPage shows the tokens and the form for another.
func (s *server) tokensPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showTokens(w, r, http.StatusOK, page.Tokens{})
}

// showTokens adds one page of the list to what is to be shown.
func (s *server) showTokens(w http.ResponseWriter, r *http.Request, status int, view page.Tokens) (err error) {
	p, errs := parsePaging(r.URL.Query())
	if errs != nil {
		return problemInvalid(errs)
	}
	var next string
	if view.Tokens, next, err = s.tokenList(r, p); err != nil {
		return err
	}
	if next != "" {
		view.Next = "/tokens?cursor=" + next
	}
	s.show(w, r, screen{status, "tokens", view})
	return nil
}

// makeTokenPage takes the form. It answers at once instead of sending the
// browser on: the secret is shown this once and kept nowhere.
func (s *server) makeTokenPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	view := page.Tokens{Account: strings.TrimSpace(r.PostForm.Get("account")), Days: r.PostForm.Get("days")}
	days, _ := strconv.Atoi(view.Days) // 0 is no choice
	made, secret, err := s.makeToken(r.Context(), tokenWish{view.Account, days}, who)
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil {
		view.Errors = pageErrors(p.errors)
		return s.showTokens(w, r, p.kind().Status, view)
	}
	if err != nil {
		return err
	}
	return s.showTokens(w, r, http.StatusOK, page.Tokens{Made: &made, Secret: secret})
}

// makeToken makes a token and gives its secret.
func (s *server) makeToken(ctx context.Context, wish tokenWish, who pipeline.Account) (t pipeline.Token, secret string, err error) {
	var errs []fieldError
	wish.Account = accountName(wish.Account)
	if wrong := pipeline.CheckName(wish.Account); wrong != "" {
		errs = append(errs, fieldError{"/account", wrong})
	}
	longest := int(pipeline.LongestToken.Hours() / 24)
	if wish.Days < 1 || wish.Days > longest {
		errs = append(errs, fieldError{"/days", "Select for how long the token is good, up to " + strconv.Itoa(longest) + " days"})
	}
	if errs != nil {
		return t, "", problemInvalid(errs)
	}
	deed := s.deedOf(who)
	t = pipeline.Token{
		ID: strings.ToLower(rand.Text()[:12]), Account: wish.Account, MadeBy: who.Name, MadeAt: deed.At,
		ExpiresAt: deed.At.AddDate(0, 0, wish.Days),
	}
	secret = "tst_" + rand.Text()
	err = s.Tokens.CreateToken(ctx, t, secret, deed)
	if errors.Is(err, pipeline.ErrConflict) {
		err = problemInvalid([]fieldError{{"/account", "A person signs in with this name. Choose another for the other system"}})
	}
	return t, secret, err
}

// revokeToken ends the token of an address.
func (s *server) revokeToken(r *http.Request, who pipeline.Account) error {
	err := s.Tokens.RevokeToken(r.Context(), r.PathValue("token"), s.deedOf(who))
	if errors.Is(err, pipeline.ErrNotFound) {
		return problemNone("token")
	}
	return err
}

// revokeTokenPage ends a token.
func (s *server) revokeTokenPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	if err := s.revokeToken(r, who); err != nil {
		return err
	}
	http.Redirect(w, r, "/tokens", http.StatusSeeOther)
	return nil
}

// apiTokens lists the tokens, the newest first.
func (s *server) apiTokens(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	p, errs := parsePaging(r.URL.Query())
	if errs != nil {
		return problemInvalid(errs)
	}
	all, next, err := s.tokenList(r, p)
	if err != nil {
		return err
	}
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, pageOf(all, next, tokenBodyOf))
	return nil
}

// apiMakeToken makes a token.
func (s *server) apiMakeToken(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var wish tokenWish
	if err := readJSON(w, r, &wish); err != nil {
		return err
	}
	t, secret, err := s.makeToken(r.Context(), wish, who)
	if err != nil {
		return err
	}
	b := tokenBodyOf(t)
	b.Secret = secret
	s.writeJSON(w, r, http.StatusCreated, b)
	return nil
}

// apiRevokeToken ends a token.
func (s *server) apiRevokeToken(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	if err := s.revokeToken(r, who); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
