package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// accountWish is what an administrator wants an account to be.
type accountWish struct {
	Name  string        `json:"name"`
	Title string        `json:"title"`
	Role  pipeline.Role `json:"role"`
}

// accountEdit is what an administrator changes of an account.
type accountEdit struct {
	Title string        `json:"title"`
	Role  pipeline.Role `json:"role"`
}

// oneTimeBody is an account with its new password, which is shown this once.
type oneTimeBody struct {
	Account  accountBody `json:"account"`
	Password string      `json:"one_time_password"`
}

// accountList gives one page of all accounts, after writing down that it was
// read.
func (s *server) accountList(r *http.Request, p paging) (all []pipeline.Account, next string, err error) {
	if err := s.consult(r.Context(), "accounts", "list"); err != nil {
		return nil, "", err
	}
	if all, err = s.Accounts.ListAccounts(r.Context(), p.after, p.limit+1); err != nil {
		return nil, "", err
	}
	all, next = turn(all, p, func(a pipeline.Account) string { return a.Name })
	return all, next, nil
}

// findAccount gives the account of an address, after writing down that it was
// read.
func (s *server) findAccount(r *http.Request) (pipeline.Account, error) {
	a, err := s.Accounts.FindAccount(r.Context(), r.PathValue("name"))
	if errors.Is(err, pipeline.ErrNotFound) {
		return a, problemNone("account")
	}
	if err != nil {
		return a, err
	}
	return a, s.consult(r.Context(), pipeline.AccountObject(a.Name), "account")
}

// checkRole tells whether a person can have the role.
func checkRole(role pipeline.Role) (errs []fieldError) {
	if _, err := pipeline.ParseRole(string(role)); err != nil || role == pipeline.RoleMachine {
		errs = append(errs, fieldError{"/role", "Select a role"})
	}
	return errs
}

// oneTimePassword is one that nobody has chosen, in groups that can be typed.
func oneTimePassword() string {
	t := strings.ToLower(rand.Text())
	return t[:5] + "-" + t[5:10] + "-" + t[10:15] + "-" + t[15:20]
}

// addAccount adds an account with a one-time password.
func (s *server) addAccount(ctx context.Context, wish accountWish, who pipeline.Account) (a pipeline.Account, password string, err error) {
	wish.Name, wish.Title = accountName(wish.Name), strings.TrimSpace(wish.Title)
	errs := checkRole(wish.Role)
	if wrong := pipeline.CheckName(wish.Name); wrong != "" {
		errs = append(errs, fieldError{"/name", wrong})
	}
	if wrong := pipeline.CheckTitle(wish.Title); wrong != "" {
		errs = append(errs, fieldError{"/title", wrong})
	}
	if errs != nil {
		return a, "", problemInvalid(errs)
	}
	if wish.Title == "" {
		wish.Title = wish.Name
	}
	deed := s.deedOf(who)
	a = pipeline.Account{Name: wish.Name, Title: wish.Title, Role: wish.Role, OneTimeUntil: deed.At.Add(pipeline.OneTime)}
	password = oneTimePassword()
	if a.PasswordHash, err = s.hasher.hash(ctx, password); err != nil {
		return a, "", err
	}
	err = s.Accounts.CreateAccount(ctx, a, deed)
	if errors.Is(err, pipeline.ErrConflict) {
		err = problemInvalid([]fieldError{{"/name", "There is an account of this name. Choose another"}})
	}
	return a, password, err
}

// editAccount changes title and role.
func (s *server) editAccount(ctx context.Context, a pipeline.Account, edit accountEdit, who pipeline.Account) error {
	edit.Title = strings.TrimSpace(edit.Title)
	var errs []fieldError
	if a.Role != pipeline.RoleMachine || edit.Role != pipeline.RoleMachine { // another system stays one
		errs = checkRole(edit.Role)
		if a.Role == pipeline.RoleMachine {
			errs = []fieldError{{"/role", "This account is of another system, and stays one"}}
		}
	}
	if wrong := pipeline.CheckTitle(edit.Title); wrong != "" {
		errs = append(errs, fieldError{"/title", wrong})
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	return lastOne(s.Accounts.EditAccount(ctx, a.Name, edit.Title, edit.Role, s.deedOf(who)))
}

// resetPassword sets a one-time password.
func (s *server) resetPassword(ctx context.Context, a pipeline.Account, who pipeline.Account) (password string, err error) {
	if a.Role == pipeline.RoleMachine {
		return "", problemInvalid([]fieldError{{"/role", "Another system has no password. Make a token for it"}})
	}
	password = oneTimePassword()
	deed := s.deedOf(who)
	p := pipeline.Password{OneTimeUntil: deed.At.Add(pipeline.OneTime)}
	if p.Hash, err = s.hasher.hash(ctx, password); err != nil {
		return "", err
	}
	return password, s.Accounts.SetPassword(ctx, a.Name, p, deed)
}

// lastOne says why the last administrator remains.
func lastOne(err error) error {
	if errors.Is(err, pipeline.ErrLastAdministrator) {
		return problemInvalid([]fieldError{{"/role", "This is the last administrator who is not locked. Let somebody else in first"}})
	}
	return err
}

// accountsPage lists the accounts.
func (s *server) accountsPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showAccounts(w, r, screen{http.StatusOK, "accounts", page.Accounts{}})
}

// showAccounts adds one page of the list to what is to be shown.
func (s *server) showAccounts(w http.ResponseWriter, r *http.Request, sc screen) error {
	view, _ := sc.view.(page.Accounts)
	p, errs := parsePaging(r.URL.Query())
	if errs != nil {
		return problemInvalid(errs)
	}
	all, next, err := s.accountList(r, p)
	if err != nil {
		return err
	}
	if view.Accounts = all; next != "" {
		view.Next = "/accounts?cursor=" + next
	}
	sc.view = view
	s.show(w, r, sc)
	return nil
}

// addAccountPage takes the form. It answers at once instead of sending the
// browser on: the password is shown this once and kept nowhere.
func (s *server) addAccountPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	view := page.Accounts{Name: r.PostForm.Get("name"), Title: r.PostForm.Get("title"), Role: pipeline.Role(r.PostForm.Get("role"))}
	a, password, err := s.addAccount(r.Context(), accountWish{view.Name, view.Title, view.Role}, who)
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil {
		view.Errors = pageErrors(p.errors)
		return s.showAccounts(w, r, screen{p.kind().Status, "accounts", view})
	}
	if err != nil {
		return err
	}
	return s.showAccounts(w, r, screen{http.StatusOK, "accounts", page.Accounts{Password: password, Made: a}})
}

// accountPage shows one account.
func (s *server) accountPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	a, err := s.findAccount(r)
	if err != nil {
		return err
	}
	return s.showAccount(w, r, http.StatusOK, page.AccountEdit{Account: a})
}

// showAccount shows one account. The last administrator is told so before they
// try to lock themselves out.
func (s *server) showAccount(w http.ResponseWriter, r *http.Request, status int, view page.AccountEdit) error {
	if view.Account.Administers() {
		n, err := s.Accounts.CountAdministrators(r.Context())
		if err != nil {
			return err
		}
		view.Last = n == 1
	}
	s.show(w, r, screen{status, "account-edit", view})
	return nil
}

// changeAccountPage does one change of an account and goes back to it, or shows
// what is wrong.
func (s *server) changeAccountPage(change func(r *http.Request, a, who pipeline.Account) (password string, err error)) handler {
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		a, err := s.findAccount(r)
		if err != nil {
			return err
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
		if err := r.ParseForm(); err != nil {
			return problemForm()
		}
		password, err := change(r, a, who)
		if p, ok := errors.AsType[*problem](err); ok && p.errors != nil {
			return s.showAccount(w, r, p.kind().Status, page.AccountEdit{Account: a, Errors: pageErrors(p.errors)})
		}
		if err != nil {
			return err
		}
		if password != "" { // it is shown this once
			return s.showAccount(w, r, http.StatusOK, page.AccountEdit{Account: a, Password: password})
		}
		http.Redirect(w, r, "/accounts/"+a.Name, http.StatusSeeOther)
		return nil
	}
}

// What can be changed on the page of an account.
func (s *server) pageEdit(r *http.Request, a, who pipeline.Account) (string, error) {
	edit := accountEdit{r.PostForm.Get("title"), pipeline.Role(r.PostForm.Get("role"))}
	return "", s.editAccount(r.Context(), a, edit, who)
}

func (s *server) pageLock(r *http.Request, a, who pipeline.Account) (string, error) {
	return "", lastOne(s.Accounts.LockAccount(r.Context(), a.Name, true, s.deedOf(who)))
}

func (s *server) pageUnlock(r *http.Request, a, who pipeline.Account) (string, error) {
	return "", s.Accounts.LockAccount(r.Context(), a.Name, false, s.deedOf(who))
}

func (s *server) pageGiveNeed(r *http.Request, a, who pipeline.Account) (string, error) {
	return "", s.Accounts.SetNeedToKnow(r.Context(), a.Name, true, s.deedOf(who))
}

func (s *server) pageTakeNeed(r *http.Request, a, who pipeline.Account) (string, error) {
	return "", s.Accounts.SetNeedToKnow(r.Context(), a.Name, false, s.deedOf(who))
}

func (s *server) pageReset(r *http.Request, a, who pipeline.Account) (string, error) {
	return s.resetPassword(r.Context(), a, who)
}

// apiAccounts lists the accounts by name.
func (s *server) apiAccounts(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	p, errs := parsePaging(r.URL.Query())
	if errs != nil {
		return problemInvalid(errs)
	}
	all, next, err := s.accountList(r, p)
	if err != nil {
		return err
	}
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, pageOf(all, next, accountBodyOf))
	return nil
}

// apiAddAccount adds an account.
func (s *server) apiAddAccount(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var wish accountWish
	if err := readJSON(w, r, &wish); err != nil {
		return err
	}
	a, password, err := s.addAccount(r.Context(), wish, who)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusCreated, oneTimeBody{accountBodyOf(a), password})
	return nil
}

// apiAccount gives one account.
func (s *server) apiAccount(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	a, err := s.findAccount(r)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, accountBodyOf(a))
	return nil
}

// apiChangeAccount does one change of an account and gives what it is then.
func (s *server) apiChangeAccount(change func(w http.ResponseWriter, r *http.Request, a, who pipeline.Account) (password string, err error)) handler {
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		a, err := s.findAccount(r)
		if err != nil {
			return err
		}
		password, err := change(w, r, a, who)
		if err != nil {
			return err
		}
		if a, err = s.Accounts.FindAccount(r.Context(), a.Name); err != nil {
			return err
		}
		if password != "" {
			s.writeJSON(w, r, http.StatusOK, oneTimeBody{accountBodyOf(a), password})
			return nil
		}
		s.writeJSON(w, r, http.StatusOK, accountBodyOf(a))
		return nil
	}
}

// apiEdit reads the changes from the body; the other changes have none.
func (s *server) apiEdit(w http.ResponseWriter, r *http.Request, a, who pipeline.Account) (string, error) {
	var edit accountEdit
	if err := readJSON(w, r, &edit); err != nil {
		return "", err
	}
	return "", s.editAccount(r.Context(), a, edit, who)
}

// bodiless makes a change of the page one of the API.
func bodiless(change func(r *http.Request, a, who pipeline.Account) (string, error)) func(http.ResponseWriter, *http.Request, pipeline.Account, pipeline.Account) (string, error) {
	return func(_ http.ResponseWriter, r *http.Request, a, who pipeline.Account) (string, error) {
		return change(r, a, who)
	}
}
