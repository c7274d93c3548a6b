package workers

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/wneessen/go-mail"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// Relay is the server that mail goes to.
type Relay struct {
	Host     string
	Port     int
	TLS      bool // from the first byte; otherwise STARTTLS where the relay offers it
	Account  string
	Password string
	From     string
}

// ParseRelay reads the address of a relay, as in
// smtp://account:password@relay.example:587. The error does not quote it.
func ParseRelay(address, from string) (*Relay, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // no relay is a normal state
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("a mail relay is smtp://relay.example:587 or smtps://relay.example:465")
	}
	r := &Relay{Host: u.Hostname(), Port: 587, TLS: u.Scheme == "smtps", Account: u.User.Username(), From: from}
	r.Password, _ = u.User.Password()
	if r.TLS {
		r.Port = 465
	}
	if p := u.Port(); p != "" {
		if r.Port, err = strconv.Atoi(p); err != nil {
			return nil, errors.New("the port of the mail relay is no number")
		}
	}
	if err := mail.NewMsg().From(from); err != nil {
		return nil, errors.New("mail needs the address that it comes from")
	}
	return r, nil
}

// mail sends a message that tells a reference, and where to read the rest. Its
// Message-ID is that of the dispatch, the same with every try.
func (c *courier) mail(ctx context.Context, out casework.Outgoing) (status string, done bool) {
	if c.cfg.Relay == nil {
		return casework.StatusNoRelay, false
	}
	m, err := c.cfg.Relay.message(out, c.cfg.DeskURL)
	if err != nil {
		return casework.StatusRefused, false
	}
	client, err := c.cfg.Relay.client()
	if err != nil {
		return casework.StatusNoRelay, false
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		if _, answered := errors.AsType[*mail.SendError](err); answered {
			return casework.StatusRefused, false
		}
		return pipeline.HookNoAnswer, false
	}
	return casework.StatusAccepted, true
}

func (r *Relay) message(out casework.Outgoing, desk string) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(r.From), m.To(out.To.Address)); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	subject, body := out.Letter(desk)
	m.Subject(subject)
	m.SetMessageIDWithValue(out.ID + "@touchstone")
	m.SetDateWithValue(out.At)
	m.SetBodyString(mail.TypeTextPlain, body)
	return m, nil
}

// client is one for a single try: a relay is not kept waiting.
func (r *Relay) client() (*mail.Client, error) {
	opts := []mail.Option{
		mail.WithPort(r.Port), mail.WithTimeout(hookTimeout), mail.WithTLSPolicy(mail.TLSOpportunistic),
		mail.WithTLSConfig(&tls.Config{ServerName: r.Host, MinVersion: tls.VersionTLS12}), mail.WithoutNoop(),
	}
	if r.TLS {
		opts = append(opts, mail.WithSSL())
	}
	if r.Account != "" { // never without TLS: the library refuses
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(r.Account), mail.WithPassword(r.Password), mail.WithTLSPolicy(mail.TLSMandatory))
	}
	return mail.NewClient(r.Host, opts...)
}
