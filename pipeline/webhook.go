package pipeline

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// HookEvent is something that other systems are told of when it happens.
type HookEvent string

// The events. What is told of them names nobody: whoever wants to know more
// asks the API under an account that may.
const (
	HookScreened HookEvent = "document.screened"
	HookDecided  HookEvent = "review.decided" // the decision that stands is made
	HookReferral HookEvent = "referral.sent"
	HookThreat   HookEvent = "threat.recorded" // the feed has a record more; Object is the record's
	HookPing     HookEvent = "ping"            // somebody tries an endpoint
)

// HookEvents are those that an endpoint can want. A ping comes when somebody
// sends one.
//
//nolint:gochecknoglobals // a table, never written
var HookEvents = []HookEvent{HookScreened, HookDecided, HookReferral, HookThreat}

// Endpoint is where another system is told of events.
type Endpoint struct {
	ID         string
	URL        string
	Events     []HookEvent
	CreatedBy  string
	CreatedAt  time.Time
	DisabledAt time.Time // zero while it is told
	OldUntil   time.Time // until when the secret before counts too; zero if there was none
}

// HookOverlap is how long what is sent is signed with the old secret too after a
// new one was made, so that the other side can take the new one when it suits.
const HookOverlap = 24 * time.Hour

// EndpointObject is what the audit log calls an endpoint.
func EndpointObject(id string) string { return "webhook:" + id }

// DeliveryState is how far a delivery is.
type DeliveryState string

// The states.
const (
	DeliveryWaiting DeliveryState = "waiting" // for its next try
	DeliveryDone    DeliveryState = "delivered"
	DeliveryGivenUp DeliveryState = "given_up"
)

// What a try came to that got no answer; otherwise it is the status of HTTP.
const (
	HookTimeout   = "timeout"
	HookRefused   = "address_not_allowed" // this service does not send there
	HookNoAnswer  = "no_answer"
	HookSwitchOff = "disabled" // the endpoint was disabled meanwhile
)

// Delivery is one event on its way to one endpoint. Its ID goes out as
// webhook-id and stays the same with every try, so that the other side knows
// one that it has.
type Delivery struct {
	ID         string
	Endpoint   string
	Event      HookEvent
	Object     string // id of the document, referral or record
	Outcome    string // conclusion of screening, or the state that was reached
	At         time.Time
	State      DeliveryState
	Attempts   int       // tries begun
	NextAt     time.Time // of the next try; a try under way has until then
	LastStatus string    // status of HTTP or a fixed word, never what was answered
}

// NewDeliveryID gives a new ID.
func NewDeliveryID() string { return "msg_" + rand.Text() }

// Body is what is sent.
func (d Delivery) Body() ([]byte, error) {
	type data struct {
		ID      string `json:"id"`
		Outcome string `json:"outcome"`
	}
	return json.Marshal(struct {
		Type      HookEvent `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      data      `json:"data"`
	}{d.Event, d.At.UTC(), data{d.Object, d.Outcome}})
}

// hookPauses are between the tries, as Standard Webhooks proposes.
//
//nolint:gochecknoglobals // a table, never written
var hookPauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Tried is the delivery after a try. Chance, from 0 up to 1, makes the pause up
// to a fifth longer, so that what failed together is not tried together again.
func (d Delivery) Tried(status string, done bool, now time.Time, chance float64) Delivery {
	d.LastStatus = status
	switch {
	case done:
		d.State, d.NextAt = DeliveryDone, time.Time{}
	case d.Attempts > len(hookPauses):
		d.State, d.NextAt = DeliveryGivenUp, time.Time{}
	default:
		pause := hookPauses[max(d.Attempts, 1)-1]
		d.NextAt = now.Add(pause + time.Duration(chance*float64(pause)/5))
	}
	return d
}

// secretPrefix begins every secret.
const secretPrefix = "whsec_"

// NewHookSecret makes the secret of an endpoint.
func NewHookSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return secretPrefix + base64.StdEncoding.EncodeToString(b[:])
}

// SignHook gives the header webhook-signature. The error does not quote the
// secret.
func SignHook(secret, id string, at time.Time, body []byte) (string, error) {
	coded, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil || len(key) == 0 {
		return "", errors.New("sign webhook: the secret is of another form")
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// Wants tells whether an endpoint is told of an event.
func (e Endpoint) Wants(event HookEvent) bool { return slices.Contains(e.Events, event) }

// Webhooks keeps where other systems are told of events, and what was sent to
// them. Every method that changes something writes its audit entry in the same
// transaction. ErrNotFound if there is no such endpoint or delivery.
type Webhooks interface {
	CreateEndpoint(ctx context.Context, e Endpoint, secret string, d Deed) error
	FindEndpoint(ctx context.Context, id string) (Endpoint, error)
	// ListEndpoints gives endpoints, the newest first, beginning after one.
	ListEndpoints(ctx context.Context, after string, limit int) ([]Endpoint, error)
	// DisableEndpoint ends an endpoint, and gives up what is on its way there.
	DisableEndpoint(ctx context.Context, id string, d Deed) error
	// RotateSecret gives an endpoint a new secret. Until the given time what is sent
	// is signed with the one before too; one that was older counts no longer.
	// ErrConflict if the endpoint is disabled.
	RotateSecret(ctx context.Context, id, secret string, until time.Time, d Deed) (Endpoint, error)
	// PingEndpoint sends a ping; ErrConflict if the endpoint is disabled.
	PingEndpoint(ctx context.Context, id string, d Deed) (Delivery, error)
	// ListDeliveries gives what is sent to an endpoint, the newest first,
	// beginning after one.
	ListDeliveries(ctx context.Context, endpoint, after string, limit int) ([]Delivery, error)
	// Redeliver sends what has arrived or was given up once more, with its
	// retries; ErrConflict if it is still on its way or the endpoint is disabled.
	Redeliver(ctx context.Context, id string, d Deed) (Delivery, error)
}

// Outgoing is a delivery that a worker has claimed, and what it needs for it.
type Outgoing struct {
	Delivery
	URL       string
	Secret    string
	OldSecret string // the one before; empty once it no longer counts
}

// Signature signs what is sent, with each secret that counts: the other side takes
// it if one of them is right.
func (o Outgoing) Signature(at time.Time, body []byte) (string, error) {
	var all []string
	for _, secret := range []string{o.Secret, o.OldSecret} {
		if secret == "" {
			continue
		}
		one, err := SignHook(secret, o.ID, at, body)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return strings.Join(all, " "), nil
}

// Outbox holds the deliveries that are on their way. They are written in the
// transaction of what they tell of, so none is lost and none tells of what did
// not happen.
type Outbox interface {
	// ClaimDelivery takes the one that is due longest, raises Attempts and keeps
	// others from it until the given time; ErrNotFound if none is due.
	ClaimDelivery(ctx context.Context, now, until time.Time) (Outgoing, error)
	// SettleDelivery stores what came of a claimed one; ErrConflict if the claim
	// was lost.
	SettleDelivery(ctx context.Context, d Delivery) error
}
