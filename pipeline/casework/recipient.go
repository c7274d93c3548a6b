package casework

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// Channel is the way that a referral takes to somebody.
type Channel string

// The channels. What goes by the first two tells a reference and nothing of what
// the referral says: the recipient fetches that under an account of its own.
const (
	ChannelWebhook Channel = "webhook"
	ChannelMail    Channel = "email"
	ChannelFile    Channel = "file" // an object in the bucket, by its hash
)

// Channels are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Channels = []Channel{ChannelWebhook, ChannelMail, ChannelFile}

// Recipient is somebody who is told of referrals of some kinds as they are sent,
// and who may stand on a rota.
type Recipient struct {
	ID         string
	Name       string
	Channel    Channel
	Address    string         // of the webhook or the mailbox; empty for a file
	Account    string         // machine that fetches and acknowledges; empty if people do that in the desk
	Kinds      []ReferralKind // none: only paged, by a rota
	CreatedBy  string
	CreatedAt  time.Time
	DisabledAt time.Time // zero while it gets anything
}

// NewRecipientID gives a new ID.
func NewRecipientID() string { return strings.ToLower(rand.Text()[:12]) }

// Bounds of what is kept of a recipient.
const (
	maxRecipientName    = 100
	maxRecipientAddress = 1000
)

// Check tells what is wrong with a recipient. Whether a host may be reached is
// seen when it is.
func (r Recipient) Check() (errs []Mistake) {
	wrong := func(field, text string) { errs = append(errs, Mistake{field, text}) }
	if n := len([]rune(strings.TrimSpace(r.Name))); n == 0 || n > maxRecipientName {
		wrong("name", "Enter what people call the recipient, in 100 characters or less")
	}
	switch {
	case !slices.Contains(Channels, r.Channel):
		wrong("channel", "Select how referrals go to the recipient")
	case len(r.Address) > maxRecipientAddress:
		wrong("address", "Address must be 1,000 characters or less")
	case r.Channel == ChannelWebhook && !hookForm.MatchString(r.Address):
		wrong("address", "Address must begin with https:// and the name of a host")
	case r.Channel == ChannelMail && !mailboxForm.MatchString(r.Address):
		wrong("address", "Enter one e-mail address, such as lead@force.example")
	case r.Channel == ChannelFile && r.Address != "":
		wrong("address", "A file goes into the bucket. Leave the address empty")
	}
	if r.Account != "" && pipeline.CheckName(r.Account) != "" {
		wrong("account", "Enter the name of the account whose token the other system has, or leave it empty")
	}
	unknown := func(k ReferralKind) bool { return !slices.Contains(ReferralKinds, k) }
	if slices.ContainsFunc(r.Kinds, unknown) || len(r.Kinds) > len(ReferralKinds) {
		wrong("kinds", "Select kinds from the list")
	}
	return errs
}

// The forms of addresses. A webhook's has no account and no '#'; a mailbox is the
// bare form alone, which cannot hold a second one or a header.
var (
	hookForm    = regexp.MustCompile(`^https?://[^\s/@#]+(/[^\s#]*)?$`)
	mailboxForm = regexp.MustCompile(`^[^\s@,;:<>()"\\]+@[A-Za-z0-9.-]+$`)
)

// Wants tells whether a recipient is told of referrals of a kind.
func (r Recipient) Wants(k ReferralKind) bool {
	return r.DisabledAt.IsZero() && slices.Contains(r.Kinds, k)
}

// RotaStep is who is paged at one step, at a site or, with an empty one, wherever
// a site has no rota of its own.
type RotaStep struct {
	Site      string `json:"site"`
	Step      int    `json:"step"` // from 1
	Recipient string `json:"recipient"`
}

// OnCall gives whom a step pages: where the rota of the site has fewer, its last
// one again. Empty if there is no rota.
func OnCall(rota []RotaStep, site string, step int) (recipient string) {
	of := func(site string) (out []RotaStep) {
		for _, r := range rota {
			if r.Site == site {
				out = append(out, r)
			}
		}
		return out
	}
	steps := of(site)
	if len(steps) == 0 {
		steps = of("")
	}
	for _, r := range steps {
		if r.Step <= step {
			recipient = r.Recipient
		}
	}
	return recipient
}

// Dispatch is one referral on its way to one recipient: as what was sent, or
// because nobody has acknowledged it. Its ID stays the same with every try, so
// that the other side knows one that it has.
type Dispatch struct {
	ID         string
	Referral   string
	Recipient  string
	Step       int // 0 as what was sent; otherwise the step of the rota that pages
	At         time.Time
	State      pipeline.DeliveryState
	Attempts   int       // tries begun
	NextAt     time.Time // of the next try; a try under way has until then
	LastStatus string    // status of HTTP or a fixed word, never what was answered
	AckBy      string    // account of the recipient
	AckAt      time.Time
}

// NewDispatchID gives a new ID.
func NewDispatchID() string { return "dsp_" + rand.Text() }

// What a try came to, beside what package pipeline has for webhooks.
const (
	StatusAccepted = "accepted" // by the mail relay
	StatusStored   = "stored"
	StatusNoRelay  = "no_relay"
	StatusRefused  = "refused"  // by the mail relay
	StatusWithheld = "withheld" // it may not go any more
)

// pauses are between the tries: short at first, since somebody may be in danger,
// and for two days in all.
//
//nolint:gochecknoglobals // a table, never written
var pauses = []time.Duration{
	5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 20 * time.Hour,
}

// Tried is the dispatch after a try. Chance, from 0 up to 1, makes the pause up to
// a fifth longer, so that what failed together is not tried together again.
func (d Dispatch) Tried(status string, done bool, now time.Time, chance float64) Dispatch {
	d.LastStatus = status
	switch {
	case done:
		d.State, d.NextAt = pipeline.DeliveryDone, time.Time{}
	case d.Attempts > len(pauses):
		d.State, d.NextAt = pipeline.DeliveryGivenUp, time.Time{}
	default:
		pause := pauses[max(d.Attempts, 1)-1]
		d.NextAt = now.Add(pause + time.Duration(chance*float64(pause)/5))
	}
	return d
}

// Body is what a webhook is sent: references and nothing else.
func (d Dispatch) Body() ([]byte, error) {
	type data struct {
		ID       string `json:"id"`
		Referral string `json:"referral"`
	}
	return json.Marshal(struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      data      `json:"data"`
	}{"referral." + d.purpose(), d.At.UTC(), data{d.ID, d.Referral}})
}

// purpose tells what a dispatch is for.
func (d Dispatch) purpose() string {
	if d.Step > 0 {
		return "page"
	}
	return "dispatched"
}

// Outgoing is a dispatch that a worker has claimed, and what it needs for it.
type Outgoing struct {
	Dispatch
	To     Recipient
	Secret string
	Whole  Referral
}

// Recipients keeps who gets referrals, and what became of each. Every method that
// changes something writes its audit entry in the same transaction. ErrNotFound
// if there is no such recipient or dispatch.
type Recipients interface {
	AddRecipient(ctx context.Context, r Recipient, secret string, d pipeline.Deed) error
	// ListRecipients gives all of them, in the order of their names.
	ListRecipients(ctx context.Context) ([]Recipient, error)
	// DisableRecipient ends a recipient, and gives up what is on its way there.
	DisableRecipient(ctx context.Context, id string, d pipeline.Deed) error
	// SetRota says who is paged at a site, one after the other.
	SetRota(ctx context.Context, site string, recipients []string, d pipeline.Deed) error
	Rota(ctx context.Context) ([]RotaStep, error)

	// Dispatches gives what became of a referral, in the order of time.
	Dispatches(ctx context.Context, referral string) ([]Dispatch, error)
	FindDispatch(ctx context.Context, id string) (Dispatch, Recipient, error)
	// DispatchAgain sends what has arrived or was given up once more, under the
	// same ID; ErrConflict if it is still on its way or its recipient disabled.
	DispatchAgain(ctx context.Context, id string, who pipeline.Account, now time.Time) error
	// AcknowledgeDispatch records that the recipient has it, on the referral too.
	// What was acknowledged before stays as it is: that is success.
	AcknowledgeDispatch(ctx context.Context, id string, who pipeline.Account, now time.Time) (Dispatch, error)
	// Escalate pages, once for each step that is due, who is on the rota of a
	// referral that nobody has acknowledged, and tells how many steps it took.
	Escalate(ctx context.Context, now time.Time) (int, error)
}

// Outbox holds the dispatches that are on their way. They are written in the
// transaction of the referral, so none is lost.
type Outbox interface {
	// ClaimDispatch takes the one that is due longest, raises Attempts and keeps
	// others from it until the given time; ErrNotFound if none is due. What may
	// not go any more is given up.
	ClaimDispatch(ctx context.Context, now, until time.Time) (Outgoing, error)
	// SettleDispatch stores what came of a claimed one; ErrConflict if the claim
	// was lost.
	SettleDispatch(ctx context.Context, d Dispatch, now time.Time) error
}

// RecipientObject is what the audit log calls a recipient.
func RecipientObject(id string) string { return "recipient:" + id }

// Letter is what a mail says: a reference, how soon, and where to read the rest.
// Mail is read by many: it names nobody, and does not tell what it is about.
func (o Outgoing) Letter(desk string) (subject, body string) {
	subject = "Referral " + o.Referral
	lead := "A referral was sent to you."
	if o.Step > 0 {
		lead = "A referral needs somebody: nobody has acknowledged it."
	}
	if o.Step > 0 && o.Whole.Kind == KindEmergency {
		lead = "A referral needs somebody now."
	}
	body = lead + "\r\n\r\nReference: " + o.Referral + "\r\nAcknowledge by: " + o.Whole.AckDue.UTC().Format("2 January 2006 15:04 UTC") + "\r\n"
	if desk != "" {
		body += "Read and acknowledge it here: " + desk + "/referrals/" + o.Referral + "\r\n"
	}
	return subject, body + "\r\nThis message names nobody. Do not answer it.\r\n"
}

// File is a referral as it is dropped into the bucket.
type File struct {
	Type     string          `json:"type"` // "referral/v1"
	Dispatch string          `json:"dispatch"`
	ID       string          `json:"id"`
	Kind     ReferralKind    `json:"kind"`
	Priority string          `json:"priority"`
	Person   int             `json:"person"`
	Consent  Consent         `json:"consent"`
	Nature   Nature          `json:"nature"`
	Reason   string          `json:"reason"`
	Content  json.RawMessage `json:"content"`
	Hash     string          `json:"hash"` // SHA-256 of the content as it was sealed
	Guidance string          `json:"guidance"`
	SentAt   time.Time       `json:"sent_at"`
	AckDue   time.Time       `json:"ack_due"`
}

// FileOf writes a referral down for a recipient. It depends on what was sent
// alone, so that the same try made twice gives the same bytes.
func FileOf(d Dispatch, r Referral) File {
	return File{
		Type: "referral/v1", Dispatch: d.ID, ID: r.ID, Kind: r.Kind, Priority: r.Priority, Person: r.Person, Consent: r.Consent, Nature: r.Nature,
		Reason: r.Reason, Content: json.RawMessage(r.Content), Hash: r.Hash, Guidance: r.Guidance, SentAt: r.SentAt.UTC(), AckDue: r.AckDue.UTC(),
	}
}
