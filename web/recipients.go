package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// recipientRoutes are about who gets referrals, and who is paged. {recipient} is
// somebody who gets them.
func (s *server) recipientRoutes(rt *router) {
	rt.handle("GET /recipients", policy.Integrate, s.recipientsPage)
	rt.handle("POST /recipients", policy.Integrate, s.addRecipientPage)
	rt.handle("POST /recipients/{recipient}/disable", policy.Integrate, s.disableRecipientPage)
	rt.handle("POST /rota", policy.Integrate, s.setRotaPage)
	rt.handle("GET /api/v1/recipients", policy.Integrate, s.apiRecipients)
	rt.handle("POST /api/v1/recipients", policy.Integrate, s.apiAddRecipient)
	rt.handle("POST /api/v1/recipients/{recipient}/disable", policy.Integrate, s.apiDisableRecipient)
	rt.handle("GET /api/v1/rota", policy.Integrate, s.apiRota)
	rt.handle("POST /api/v1/rota", policy.Integrate, s.apiSetRota)
}

// recipientBody is a recipient as the API gives it. The secret is there once, in
// the answer that added it.
type recipientBody struct {
	ID         string                  `json:"id"`
	Name       string                  `json:"name"`
	Channel    casework.Channel        `json:"channel"`
	Address    string                  `json:"address"`
	Account    string                  `json:"account"`
	Kinds      []casework.ReferralKind `json:"kinds"`
	CreatedBy  string                  `json:"created_by"`
	CreatedAt  time.Time               `json:"created_at"`
	DisabledAt *time.Time              `json:"disabled_at,omitempty"`
	Secret     string                  `json:"secret,omitempty"`
}

func recipientBodyOf(r casework.Recipient) recipientBody {
	return recipientBody{
		ID: r.ID, Name: r.Name, Channel: r.Channel, Address: r.Address, Account: r.Account, Kinds: listed(r.Kinds),
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC(), DisabledAt: timeOrNone(r.DisabledAt),
	}
}

// recipientWish is what a new recipient shall be.
type recipientWish struct {
	Name    string                  `json:"name"`
	Channel casework.Channel        `json:"channel"`
	Address string                  `json:"address"`
	Account string                  `json:"account"`
	Kinds   []casework.ReferralKind `json:"kinds"`
}

// addRecipient adds a recipient and gives the secret of its webhook, if it is one.
func (s *server) addRecipient(ctx context.Context, wish recipientWish, who pipeline.Account) (r casework.Recipient, secret string, err error) {
	deed := s.deedOf(who)
	r = casework.Recipient{
		ID: casework.NewRecipientID(), Name: strings.TrimSpace(wish.Name), Channel: wish.Channel, Address: strings.TrimSpace(wish.Address),
		Account: accountName(wish.Account), Kinds: slices.Compact(slices.Sorted(slices.Values(wish.Kinds))), CreatedBy: who.Name, CreatedAt: deed.At,
	}
	if r.Channel == casework.ChannelWebhook {
		secret = pipeline.NewHookSecret()
	}
	errs, err := stood(s.Recipients.AddRecipient(ctx, r, secret, deed))
	if errs != nil {
		return r, "", problemInvalid(errs)
	}
	return r, secret, err
}

// recipientsPage shows who gets referrals, who is paged, and the forms for both.
func (s *server) recipientsPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showRecipients(w, r, page.Recipients{})
}

// showRecipients adds the lists to what is to be shown.
func (s *server) showRecipients(w http.ResponseWriter, r *http.Request, view page.Recipients) (err error) {
	if err := s.consult(r.Context(), "recipients", "list"); err != nil {
		return err
	}
	if view.Recipients, err = s.Recipients.ListRecipients(r.Context()); err != nil {
		return err
	}
	if view.Rota, err = s.Recipients.Rota(r.Context()); err != nil {
		return err
	}
	status := http.StatusOK
	if view.Errors != nil {
		status = http.StatusBadRequest
	}
	s.show(w, r, screen{status, "recipients", view})
	return nil
}

// addRecipientPage takes the form. It answers at once instead of sending the
// browser on: the secret is shown this once.
func (s *server) addRecipientPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	wish := recipientWish{Name: form.Get("name"), Channel: casework.Channel(form.Get("channel")), Address: form.Get("address"), Account: form.Get("account")}
	for _, k := range form["kinds"] {
		wish.Kinds = append(wish.Kinds, casework.ReferralKind(k))
	}
	made, secret, err := s.addRecipient(r.Context(), wish, who)
	if err == nil {
		return s.showRecipients(w, r, page.Recipients{Made: made.Name, Secret: secret})
	}
	errs, err := mistakesOf(err)
	if err != nil {
		return err
	}
	return s.showRecipients(w, r, page.Recipients{Name: wish.Name, Channel: wish.Channel, Address: wish.Address, Account: wish.Account, Kinds: wish.Kinds, Errors: pageErrors(errs)})
}

// disableRecipient ends the recipient of an address.
func (s *server) disableRecipient(r *http.Request, who pipeline.Account) error {
	err := s.Recipients.DisableRecipient(r.Context(), r.PathValue("recipient"), s.deedOf(who))
	if errors.Is(err, pipeline.ErrNotFound) {
		return problemNone("recipient")
	}
	return err
}

func (s *server) disableRecipientPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	if err := s.disableRecipient(r, who); err != nil {
		return err
	}
	http.Redirect(w, r, "/recipients", http.StatusSeeOther)
	return nil
}

// rotaWish is who is paged at a site, one after the other.
type rotaWish struct {
	Site       string   `json:"site"` // empty: wherever a site has none of its own
	Recipients []string `json:"recipients"`
}

// maxRota is how many steps a rota can have.
const maxRota = 10

// setRota says who is paged at a site.
func (s *server) setRota(ctx context.Context, wish rotaWish, who pipeline.Account) error {
	var errs []fieldError
	if wish.Site != "" && !siteForm.MatchString(wish.Site) {
		errs = append(errs, fieldError{"/site", "A site has 3 letters. Leave it empty for all other sites"})
	}
	if len(wish.Recipients) > maxRota {
		errs = append(errs, fieldError{"/recipients", "A rota has at most 10 steps"})
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	err := s.Recipients.SetRota(ctx, wish.Site, wish.Recipients, s.deedOf(who))
	if errors.Is(err, pipeline.ErrNotFound) {
		return problemInvalid([]fieldError{{"/recipients", "Select recipients from the list"}})
	}
	if errs, err = stood(err); errs != nil {
		return problemInvalid(errs)
	}
	return err
}

func (s *server) setRotaPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	wish := rotaWish{Site: strings.ToUpper(strings.TrimSpace(form.Get("site")))}
	for _, id := range form["recipients"] {
		if id != "" {
			wish.Recipients = append(wish.Recipients, id)
		}
	}
	if err := s.setRota(r.Context(), wish, who); err != nil {
		errs, err := mistakesOf(err)
		if err != nil {
			return err
		}
		return s.showRecipients(w, r, page.Recipients{Site: wish.Site, Steps: wish.Recipients, Errors: pageErrors(errs)})
	}
	http.Redirect(w, r, "/recipients", http.StatusSeeOther)
	return nil
}

// recipientListBody is everybody who gets referrals.
type recipientListBody struct {
	Data []recipientBody `json:"data"`
}

func (s *server) apiRecipients(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if err := s.consult(r.Context(), "recipients", "list"); err != nil {
		return err
	}
	all, err := s.Recipients.ListRecipients(r.Context())
	if err != nil {
		return err
	}
	b := recipientListBody{Data: []recipientBody{}}
	for _, one := range all {
		b.Data = append(b.Data, recipientBodyOf(one))
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

func (s *server) apiAddRecipient(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var wish recipientWish
	if err := readJSON(w, r, &wish); err != nil {
		return err
	}
	made, secret, err := s.addRecipient(r.Context(), wish, who)
	if err != nil {
		return err
	}
	b := recipientBodyOf(made)
	b.Secret = secret
	s.writeJSON(w, r, http.StatusCreated, b)
	return nil
}

func (s *server) apiDisableRecipient(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	if err := s.disableRecipient(r, who); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// rotaBody is every step of every rota.
type rotaBody struct {
	Data []casework.RotaStep `json:"data"`
}

func (s *server) apiRota(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if err := s.consult(r.Context(), "rota", "list"); err != nil {
		return err
	}
	all, err := s.Recipients.Rota(r.Context())
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, rotaBody{listed(all)})
	return nil
}

func (s *server) apiSetRota(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var wish rotaWish
	if err := readJSON(w, r, &wish); err != nil {
		return err
	}
	if err := s.setRota(r.Context(), wish, who); err != nil {
		return err
	}
	return s.apiRota(w, r, who)
}
