package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// endpointBody is a webhook as the API gives it. The secret is there once, in
// the answer that made it.
type endpointBody struct {
	ID         string               `json:"id"`
	URL        string               `json:"url"`
	Events     []pipeline.HookEvent `json:"events"`
	CreatedBy  string               `json:"created_by"`
	CreatedAt  time.Time            `json:"created_at"`
	DisabledAt *time.Time           `json:"disabled_at,omitempty"`
	OldUntil   *time.Time           `json:"old_secret_until,omitempty"`
	Secret     string               `json:"secret,omitempty"`
}

func endpointBodyOf(e pipeline.Endpoint) endpointBody {
	return endpointBody{
		ID: e.ID, URL: e.URL, Events: e.Events, CreatedBy: e.CreatedBy, CreatedAt: e.CreatedAt.UTC(), DisabledAt: timeOrNone(e.DisabledAt), OldUntil: timeOrNone(e.OldUntil),
	}
}

// deliveryBody is a delivery as the API gives it.
type deliveryBody struct {
	ID         string                 `json:"id"`
	Event      pipeline.HookEvent     `json:"event"`
	Object     string                 `json:"object"`
	Outcome    string                 `json:"outcome"`
	At         time.Time              `json:"at"`
	State      pipeline.DeliveryState `json:"state"`
	Attempts   int                    `json:"attempts"`
	NextAt     *time.Time             `json:"next_at,omitempty"`
	LastStatus string                 `json:"last_status,omitempty"`
}

func deliveryBodyOf(d pipeline.Delivery) deliveryBody {
	return deliveryBody{d.ID, d.Event, d.Object, d.Outcome, d.At.UTC(), d.State, d.Attempts, timeOrNone(d.NextAt), d.LastStatus}
}

// endpointWish is what a new webhook shall be.
type endpointWish struct {
	URL    string               `json:"url"`
	Events []pipeline.HookEvent `json:"events"`
}

// maxEndpointURL is the length of an address.
const maxEndpointURL = 1000

// wrongEndpoint says what is wrong with the address of a webhook; empty if
// nothing. Whether its host may be reached is seen when it is.
func wrongEndpoint(s string) string {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return "Enter the address that events are sent to"
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return "Address must begin with https:// and the name of a host"
	case u.User != nil || u.Fragment != "":
		return "Address must have no account, no password and no '#'"
	case len(s) > maxEndpointURL:
		return "Address must be 1,000 characters or less"
	}
	return ""
}

// check says everything that is wrong with a wish.
func (e endpointWish) check() (errs []fieldError) {
	if wrong := wrongEndpoint(e.URL); wrong != "" {
		errs = append(errs, fieldError{"/url", wrong})
	}
	unknown := func(event pipeline.HookEvent) bool { return !slices.Contains(pipeline.HookEvents, event) }
	if len(e.Events) == 0 || len(e.Events) > len(pipeline.HookEvents) || slices.ContainsFunc(e.Events, unknown) {
		errs = append(errs, fieldError{"/events", "Select at least one event from the list"})
	}
	return errs
}

// addWebhook adds a webhook and gives its secret.
func (s *server) addWebhook(ctx context.Context, wish endpointWish, who pipeline.Account) (e pipeline.Endpoint, secret string, err error) {
	wish.URL = strings.TrimSpace(wish.URL)
	if errs := wish.check(); errs != nil {
		return e, "", problemInvalid(errs)
	}
	deed := s.deedOf(who)
	e = pipeline.Endpoint{
		ID: strings.ToLower(rand.Text()[:12]), URL: wish.URL, Events: slices.Compact(slices.Sorted(slices.Values(wish.Events))),
		CreatedBy: who.Name, CreatedAt: deed.At,
	}
	secret = pipeline.NewHookSecret()
	return e, secret, s.Webhooks.CreateEndpoint(ctx, e, secret, deed)
}

// webhookList gives one page of all webhooks, after writing down that it was read.
func (s *server) webhookList(r *http.Request) (all []pipeline.Endpoint, next string, err error) {
	p, errs := parsePaging(r.URL.Query())
	if errs != nil {
		return nil, "", problemInvalid(errs)
	}
	if err := s.consult(r.Context(), "webhooks", "list"); err != nil {
		return nil, "", err
	}
	if all, err = s.Webhooks.ListEndpoints(r.Context(), p.after, p.limit+1); err != nil {
		return nil, "", err
	}
	all, next = turn(all, p, func(e pipeline.Endpoint) string { return e.ID })
	return all, next, nil
}

// deliveryList gives the webhook of an address and one page of what was sent to
// it, after writing down that it was read.
func (s *server) deliveryList(r *http.Request) (e pipeline.Endpoint, all []pipeline.Delivery, next string, err error) {
	p, errs := parsePaging(r.URL.Query())
	if errs != nil {
		return e, nil, "", problemInvalid(errs)
	}
	if e, err = s.Webhooks.FindEndpoint(r.Context(), r.PathValue("endpoint")); err != nil {
		return e, nil, "", hookProblem(err)
	}
	if err := s.consult(r.Context(), pipeline.EndpointObject(e.ID), "deliveries"); err != nil {
		return e, nil, "", err
	}
	if all, err = s.Webhooks.ListDeliveries(r.Context(), e.ID, p.after, p.limit+1); err != nil {
		return e, nil, "", err
	}
	all, next = turn(all, p, func(d pipeline.Delivery) string { return d.ID })
	return e, all, next, nil
}

// hookProblem is what somebody is told whose webhook is not there, or not open.
func hookProblem(err error) error {
	switch {
	case errors.Is(err, pipeline.ErrNotFound):
		return problemNone("webhook")
	case errors.Is(err, pipeline.ErrConflict):
		return problemNotSent()
	}
	return err
}

// webhooksPage shows the webhooks and the form for another.
func (s *server) webhooksPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showWebhooks(w, r, http.StatusOK, page.Webhooks{})
}

// showWebhooks adds one page of the list to what is to be shown.
func (s *server) showWebhooks(w http.ResponseWriter, r *http.Request, status int, view page.Webhooks) error {
	all, next, err := s.webhookList(r)
	if err != nil {
		return err
	}
	for _, e := range all {
		last, err := s.Webhooks.ListDeliveries(r.Context(), e.ID, "", 1)
		if err != nil {
			return err
		}
		view.Webhooks = append(view.Webhooks, page.WebhookLine{Endpoint: e, Last: last})
	}
	if next != "" {
		view.Next = nextAddress(r.URL, next)
	}
	s.show(w, r, screen{status, "webhooks", view})
	return nil
}

// addWebhookPage takes the form. It answers at once instead of sending the
// browser on: the secret is shown this once.
func (s *server) addWebhookPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	wish := endpointWish{URL: r.PostForm.Get("url")}
	for _, event := range r.PostForm["events"] {
		wish.Events = append(wish.Events, pipeline.HookEvent(event))
	}
	made, secret, err := s.addWebhook(r.Context(), wish, who)
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil {
		return s.showWebhooks(w, r, p.kind().Status, page.Webhooks{URL: wish.URL, Events: wish.Events, Errors: pageErrors(p.errors)})
	}
	if err != nil {
		return err
	}
	return s.showWebhooks(w, r, http.StatusOK, page.Webhooks{Made: &made, Secret: secret})
}

// webhookPage shows one webhook and what was sent to it.
func (s *server) webhookPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showWebhook(w, r, "")
}

// showWebhook shows the webhook of an address, with the secret that was made a
// moment ago.
func (s *server) showWebhook(w http.ResponseWriter, r *http.Request, secret string) error {
	e, all, next, err := s.deliveryList(r)
	if err != nil {
		return err
	}
	view := page.Webhook{Endpoint: e, Deliveries: all, Secret: secret}
	if next != "" {
		view.Next = nextAddress(r.URL, next)
	}
	s.show(w, r, screen{http.StatusOK, "webhook", view})
	return nil
}

// disableWebhook ends the webhook of an address.
func (s *server) disableWebhook(r *http.Request, who pipeline.Account) (pipeline.Endpoint, error) {
	id := r.PathValue("endpoint")
	if err := s.Webhooks.DisableEndpoint(r.Context(), id, s.deedOf(who)); err != nil {
		return pipeline.Endpoint{}, hookProblem(err)
	}
	return s.Webhooks.FindEndpoint(r.Context(), id)
}

// changeSecret gives the webhook of an address a new secret.
func (s *server) changeSecret(r *http.Request, who pipeline.Account) (e pipeline.Endpoint, secret string, err error) {
	secret, deed := pipeline.NewHookSecret(), s.deedOf(who)
	e, err = s.Webhooks.RotateSecret(r.Context(), r.PathValue("endpoint"), secret, deed.At.Add(pipeline.HookOverlap), deed)
	if errors.Is(err, pipeline.ErrConflict) {
		return e, "", problemWebhookDisabled()
	}
	return e, secret, hookProblem(err)
}

// changeSecretPage answers at once instead of sending the browser on: the secret
// is shown this once.
func (s *server) changeSecretPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	_, secret, err := s.changeSecret(r, who)
	if err != nil {
		return err
	}
	return s.showWebhook(w, r, secret)
}

// apiChangeSecret gives a webhook a new secret.
func (s *server) apiChangeSecret(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	e, secret, err := s.changeSecret(r, who)
	if err != nil {
		return err
	}
	b := endpointBodyOf(e)
	b.Secret = secret
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// testWebhook sends a ping to the webhook of an address.
func (s *server) testWebhook(r *http.Request, who pipeline.Account) (pipeline.Delivery, error) {
	d, err := s.Webhooks.PingEndpoint(r.Context(), r.PathValue("endpoint"), s.deedOf(who))
	return d, hookProblem(err)
}

// redeliver sends the delivery of an address once more.
func (s *server) redeliver(r *http.Request, who pipeline.Account) (pipeline.Delivery, error) {
	d, err := s.Webhooks.Redeliver(r.Context(), r.PathValue("delivery"), s.deedOf(who))
	return d, hookProblem(err)
}

// disableWebhookPage ends a webhook.
func (s *server) disableWebhookPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	e, err := s.disableWebhook(r, who)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/webhooks/"+e.ID, http.StatusSeeOther)
	return nil
}

// sendWebhookPage sends something and goes back to the webhook.
func sendWebhookPage(send func(*http.Request, pipeline.Account) (pipeline.Delivery, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		d, err := send(r, who)
		if err != nil {
			return err
		}
		http.Redirect(w, r, "/webhooks/"+d.Endpoint, http.StatusSeeOther)
		return nil
	}
}

// apiWebhooks lists the webhooks, the newest first.
func (s *server) apiWebhooks(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	all, next, err := s.webhookList(r)
	if err != nil {
		return err
	}
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, pageOf(all, next, endpointBodyOf))
	return nil
}

// apiAddWebhook adds a webhook.
func (s *server) apiAddWebhook(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var wish endpointWish
	if err := readJSON(w, r, &wish); err != nil {
		return err
	}
	e, secret, err := s.addWebhook(r.Context(), wish, who)
	if err != nil {
		return err
	}
	b := endpointBodyOf(e)
	b.Secret = secret
	s.writeJSON(w, r, http.StatusCreated, b)
	return nil
}

// apiDeliveries lists what was sent to a webhook, the newest first.
func (s *server) apiDeliveries(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	_, all, next, err := s.deliveryList(r)
	if err != nil {
		return err
	}
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, pageOf(all, next, deliveryBodyOf))
	return nil
}

// apiDisableWebhook ends a webhook.
func (s *server) apiDisableWebhook(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	e, err := s.disableWebhook(r, who)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, endpointBodyOf(e))
	return nil
}

// apiSendWebhook sends something; a worker takes it from there.
func (s *server) apiSendWebhook(send func(*http.Request, pipeline.Account) (pipeline.Delivery, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		d, err := send(r, who)
		if err != nil {
			return err
		}
		s.writeJSON(w, r, http.StatusAccepted, deliveryBodyOf(d))
		return nil
	}
}
