package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"touchstone.internal/pipeline"
)

// deviceFor is how long a browser is known after a sign-in; browsers keep no
// cookie for longer.
const deviceFor = 400 * 24 * time.Hour

// deviceCookie is the name of the cookie by which a browser is known.
func (s *server) deviceCookie() string { return s.sessions.Cookie.Name + "-device" }

// knownDevice gives the token of the browser if the account has signed in on it
// before; empty if not. It opens nothing: it only spares who has it the waiting
// for what others try with their name.
func (s *server) knownDevice(r *http.Request, account string) (token string, err error) {
	c, err := r.Cookie(s.deviceCookie())
	if err != nil {
		return "", nil //nolint:nilerr // there is no such cookie
	}
	known, err := s.Devices.KnowsDevice(r.Context(), c.Value, account)
	if err != nil || !known {
		return "", err
	}
	return c.Value, nil
}

// rememberDevice knows the browser by a new token from now on.
func (s *server) rememberDevice(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d := pipeline.Device{Token: rand.Text(), Account: who.Name, Until: s.Now().Add(deviceFor)}
	if c, err := r.Cookie(s.deviceCookie()); err == nil {
		d.Before = c.Value
	}
	if err := s.Devices.RememberDevice(r.Context(), d); err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where people come by https
		Name: s.deviceCookie(), Value: d.Token, Path: "/", MaxAge: int(deviceFor.Seconds()),
		Secure: s.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return nil
}
