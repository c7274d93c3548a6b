package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// TestWebhooks is the life of a webhook: added on the page and by the API, its
// secret shown once, tested, its deliveries sent again, disabled.
func TestWebhooks(t *testing.T) {
	w := newWorld(t)
	d := describe(t)
	ops := d.operations(t)
	ada, client := w.as(t, administrator), w.curl(t, administrator)
	page := ada.postForm("/webhooks", url.Values{"url": {" https://case.example/events?key=hidden "}, "events": {"review.decided", "document.screened", "review.decided"}})
	secret := regexp.MustCompile(`whsec_[\w+/&#;]{43,}=`).FindString(page.body)
	if page.status != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", page.status, page.body)
	}
	if again := ada.get("/webhooks"); strings.Contains(again.body, "whsec_") || !strings.Contains(again.body, "case.example") {
		t.Error("the secret is shown again, or the webhook is not")
	}
	if a := ada.postForm("/webhooks", url.Values{"url": {"case.example"}, "events": {"ping"}}); a.status != http.StatusBadRequest ||
		!strings.Contains(a.body, `value="case.example"`) || !strings.Contains(a.body, "url-error") || !strings.Contains(a.body, "events-error") {
		t.Errorf("%d %s", a.status, a.body)
	}
	made := client.postJSON("/api/v1/webhooks", `{"url": "https://other.example/", "events": ["referral.sent"]}`)
	d.check(t, ops["POST /api/v1/webhooks"], http.StatusCreated, made)
	hook := decode[endpointBody](t, made.body)
	d.check(t, ops["POST /api/v1/webhooks"], http.StatusBadRequest, client.postJSON("/api/v1/webhooks", `{"url": "https://other.example/", "events": []}`))
	list := client.get("/api/v1/webhooks")
	d.check(t, ops["GET /api/v1/webhooks"], http.StatusOK, list)
	d.check(t, ops["GET /api/v1/webhooks"], http.StatusBadRequest, client.get("/api/v1/webhooks?cursor=%21"))
	all := decode[pageBody[endpointBody]](t, list.body).Data
	if len(all) != 2 || strings.Contains(list.body, "whsec_") || all[0].ID != hook.ID || all[1].URL != "https://case.example/events?key=hidden" || len(all[1].Events) != 2 {
		t.Errorf("%s", list.body)
	}

	at := "/api/v1/webhooks/" + hook.ID
	test := client.postJSON(at+"/test", "")
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/test"], http.StatusAccepted, test)
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/test"], http.StatusNotFound, client.postJSON("/api/v1/webhooks/none/test", ""))
	again := "/api/v1/webhooks/deliveries/" + decode[deliveryBody](t, test.body).ID + "/redeliver"
	d.check(t, ops["POST /api/v1/webhooks/deliveries/{delivery}/redeliver"], http.StatusConflict, client.postJSON(again, ""))
	out, err := w.db.ClaimDelivery(t.Context(), time.Now().Add(time.Second), time.Now().Add(time.Minute))
	if err != nil || out.Secret != hook.Secret || out.Event != pipeline.HookPing {
		t.Fatalf("%+v, %v", out.Delivery, err)
	}
	if err := w.db.SettleDelivery(t.Context(), out.Tried("503", true, time.Now(), 0)); err != nil {
		t.Fatal(err)
	}
	if a := ada.get("/webhooks/" + hook.ID); !strings.Contains(a.body, "Answered with status 503") || !strings.Contains(a.body, "/webhooks/deliveries/"+out.ID+"/redeliver") {
		t.Errorf("%d %s", a.status, a.body)
	}
	d.check(t, ops["POST /api/v1/webhooks/deliveries/{delivery}/redeliver"], http.StatusAccepted, client.postJSON(again, ""))
	d.check(t, ops["POST /api/v1/webhooks/deliveries/{delivery}/redeliver"], http.StatusNotFound, client.postJSON("/api/v1/webhooks/deliveries/none/redeliver", ""))
	if a := ada.postForm("/webhooks/"+hook.ID+"/test", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/webhooks/"+hook.ID {
		t.Errorf("a test leads to %q", a.header.Get("Location"))
	}
	first := client.get(at + "/deliveries?limit=1")
	d.check(t, ops["GET /api/v1/webhooks/{endpoint}/deliveries"], http.StatusOK, first)
	d.check(t, ops["GET /api/v1/webhooks/{endpoint}/deliveries"], http.StatusNotFound, client.get("/api/v1/webhooks/none/deliveries"))
	next := decode[pageBody[deliveryBody]](t, first.body).Next
	if rest := decode[pageBody[deliveryBody]](t, client.get(at+"/deliveries?cursor="+next).body); next == "" || len(rest.Data) != 1 || rest.Data[0].ID != out.ID {
		t.Errorf("after the first: %+v", rest)
	}

	changed := client.postJSON(at+"/secret", "")
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/secret"], http.StatusOK, changed)
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/secret"], http.StatusNotFound, client.postJSON("/api/v1/webhooks/none/secret", ""))
	if got := decode[endpointBody](t, changed.body); got.Secret == hook.Secret || !strings.HasPrefix(got.Secret, "whsec_") || got.OldUntil == nil {
		t.Errorf("%+v", got)
	}
	if a := ada.postForm("/webhooks/"+hook.ID+"/secret", nil); a.status != http.StatusOK || !strings.Contains(a.body, "The new secret of the webhook is") || !strings.Contains(a.body, "whsec_") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := ada.get("/webhooks/" + hook.ID); strings.Contains(a.body, "whsec_") || !strings.Contains(a.body, "The old one counts too until") {
		t.Error("the secret is shown again, or not that it was changed")
	}

	gone := client.postJSON(at+"/disable", "")
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/disable"], http.StatusOK, gone)
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/disable"], http.StatusNotFound, client.postJSON("/api/v1/webhooks/none/disable", ""))
	if decode[endpointBody](t, gone.body).DisabledAt == nil {
		t.Errorf("disabled: %s", gone.body)
	}
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/test"], http.StatusConflict, client.postJSON(at+"/test", ""))
	d.check(t, ops["POST /api/v1/webhooks/{endpoint}/secret"], http.StatusConflict, client.postJSON(at+"/secret", ""))
	if log := w.log.String(); strings.Contains(log, "whsec_") || strings.Contains(log, "hidden") {
		t.Error("a secret is in the log")
	}
}

func TestWrongEndpoint(t *testing.T) {
	for s, ok := range map[string]bool{
		"https://case.example/events": true, "http://10.0.0.7:8080/a?b=c": true, "https://[2001:db8::1]/": true,
		"": false, "case.example": false, "ftp://case.example": false, "https://": false, "https:///x": false,
		"https://u:p@case.example": false, "https://case.example/#x": false, "https://case.example/%zz": false,
		"https://case.example/" + strings.Repeat("a", 1000): false, "https://case.example\n/": false,
	} {
		if got := wrongEndpoint(s); (got == "") != ok {
			t.Errorf("%q: %q", s, got)
		}
	}
}
