package web

import (
	"net/http"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// themeCookie keeps which colours somebody chose. It says nothing of who they
// are and stays with the browser: a screen in a dark lane is everybody's.
const (
	themeCookie = "theme"
	themeFor    = 365 * 24 * time.Hour
)

// themeOf is what was chosen in this browser.
func themeOf(r *http.Request) page.Theme {
	c, err := r.Cookie(themeCookie)
	if err != nil {
		return page.Auto
	}
	t, err := page.ParseTheme(c.Value)
	if err != nil {
		return page.Auto
	}
	return t
}

// theme takes the choice at the foot of a page and goes back there.
func (s *server) theme(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	t, err := page.ParseTheme(r.PostForm.Get("theme"))
	if err != nil {
		return problemForm()
	}
	c := &http.Cookie{Name: themeCookie, Value: string(t), Path: "/", MaxAge: int(themeFor.Seconds()), Secure: s.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode} //nolint:gosec // Secure where people come by https
	if t == page.Auto {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, localPath(r.PostForm.Get("next")), http.StatusSeeOther) //nolint:gosec // localPath keeps it on this server
	return nil
}

// returnAddress is where a page can be asked for again. Its query stays behind: a
// page repeats nothing that somebody put there. A page that was the answer to a
// form may not exist by itself, so it leads to the start page.
func returnAddress(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/"
	}
	return r.URL.Path
}

// help explains words, keys and who sees what, to everybody. It is also where
// hiding a page leads: it says nothing of what was there.
func (s *server) help(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	s.show(w, r, screen{http.StatusOK, "help", page.Help{Files: maxFiles}})
	return nil
}
