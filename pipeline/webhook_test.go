package pipeline_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// TestSignHook holds the signature to the example of the Standard Webhooks
// specification.
func TestSignHook(t *testing.T) {
	got, err := pipeline.SignHook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	for _, secret := range []string{"", "whsec_", "MfKQ9r8G", "whsec_%"} {
		if _, err := pipeline.SignHook(secret, "id", time.Unix(1, 0), nil); err == nil || secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

func TestNewHookSecret(t *testing.T) {
	one, other := pipeline.NewHookSecret(), pipeline.NewHookSecret()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one, "whsec_"))
	if err != nil || len(key) != 32 || one == other {
		t.Errorf("%q, %q, %v", one, other, err)
	}
}

func TestDeliveryBody(t *testing.T) {
	d := pipeline.Delivery{
		ID: "msg_1", Endpoint: "one", Event: pipeline.HookScreened, Object: "TSD-0000-0001", Outcome: "review_suggested",
		At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600)), LastStatus: "500",
	}
	b, err := d.Body()
	want := `{"type":"document.screened","timestamp":"2026-03-01T11:00:00Z","data":{"id":"TSD-0000-0001","outcome":"review_suggested"}}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
}

// TestTriedChance: chance makes a pause longer by less than a fifth, and never
// shorter.
func TestTriedChance(t *testing.T) {
	now := time.Unix(1000, 0)
	for chance, want := range map[float64]time.Duration{0: 300 * time.Second, .5: 330 * time.Second, .75: 345 * time.Second} {
		d := pipeline.Delivery{State: pipeline.DeliveryWaiting, Attempts: 2}.Tried("503", false, now, chance)
		if got := d.NextAt.Sub(now); got != want {
			t.Errorf("chance %v: %v; want %v", chance, got, want)
		}
	}
}
