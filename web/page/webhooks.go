package page

import (
	"slices"

	"touchstone.internal/pipeline"
)

// Webhooks is the view of "webhooks": where other systems are told of events,
// and the form for another.
type Webhooks struct {
	Webhooks []WebhookLine
	Next     string             // address of the next page of the list; empty on the last
	Made     *pipeline.Endpoint // the one that was added a moment ago, with its secret
	Secret   string
	URL      string // as it was filled in
	Events   []pipeline.HookEvent
	Errors   []Error
}

// WebhookLine is one webhook of a list.
type WebhookLine struct {
	pipeline.Endpoint
	Last []pipeline.Delivery // the newest alone; empty if nothing was sent
}

// Webhook is the view of "webhook": one webhook and what was sent to it.
type Webhook struct {
	Endpoint   pipeline.Endpoint
	Deliveries []pipeline.Delivery
	Next       string // address of the next page of the list; empty on the last
	Secret     string // that was made a moment ago
}

// hookEvents are the words for events.
var hookEvents = map[pipeline.HookEvent]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.HookScreened: "A document was screened",
	pipeline.HookDecided:  "A review was decided",
	pipeline.HookReferral: "A referral was sent",
	pipeline.HookThreat:   "The feed of the threat area has a record more",
	pipeline.HookPing:     "A test",
}

// hookChoice offers the events.
func hookChoice(chosen []pipeline.HookEvent) (out []option) {
	for _, e := range pipeline.HookEvents {
		out = append(out, option{Value: string(e), Text: hookEvents[e], On: slices.Contains(chosen, e)})
	}
	return out
}

// hookState says whether a webhook is told of events.
func hookState(e pipeline.Endpoint) label {
	if e.DisabledAt.IsZero() {
		return label{"In use", "green"}
	}
	return label{"Disabled", "grey"}
}

// deliveryState says how far a delivery is.
func deliveryState(d pipeline.Delivery) label {
	switch {
	case d.State == pipeline.DeliveryDone:
		return label{"Delivered", "green"}
	case d.State == pipeline.DeliveryGivenUp:
		return label{"Given up", "red"}
	case d.LastStatus == "":
		return label{"On its way", "blue"}
	}
	return label{"To be tried again", "yellow"}
}

// deliveryWord says what the last try came to.
func deliveryWord(d pipeline.Delivery) string {
	switch d.LastStatus {
	case "":
		return ""
	case pipeline.HookTimeout:
		return "No answer within 10 seconds"
	case pipeline.HookNoAnswer:
		return "No answer"
	case pipeline.HookRefused:
		return "Not sent: this address must be allowed by who operates this service"
	case pipeline.HookSwitchOff:
		return "The webhook was disabled"
	}
	return "Answered with status " + d.LastStatus
}
