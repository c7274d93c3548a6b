package workers

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// words that a referral holds, and that no mail, webhook or log may.
const secretWords = "he keeps my passport until I have paid"

// round is a courier with what it takes: one recipient and one referral.
type round struct {
	*hooks
	courier  *courier
	referral casework.Referral
}

// newRound sends a referral to one recipient.
func newRound(t *testing.T, to casework.Recipient) *round {
	t.Helper()
	h := newHooks(t, "https://unused.example/")
	cfg := hookConfig(h.db, h.now, slog.New(slog.NewTextHandler(&h.log, nil)))
	cfg.Dispatches = h.db
	c, err := newCourier(cfg)
	if err != nil {
		t.Fatal(err)
	}
	to.ID, to.Name, to.Account, to.Kinds = "unit", "Unit", "gate", []casework.ReferralKind{casework.KindSafeguarding}
	if err := h.db.AddRecipient(t.Context(), to, h.secret, deed); err != nil {
		t.Fatal(err)
	}
	who := pipeline.Account{Name: "officer", Role: pipeline.RoleOfficer}
	n, err := h.db.AddPerson(t.Context(), "UTO-260301-0001", who, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	r := casework.Referral{
		ID: "R-7Q4K-2M9X", Rule: "R-04", Kind: casework.KindSafeguarding, Encounter: "UTO-260301-0001", Person: n, Priority: "P0", Nature: casework.NatureSlavery,
		Reason: secretWords, Content: `[{"lines":["` + secretWords + `"]}]`, SentAt: now, AckDue: now.Add(15 * time.Minute),
	}.Seal()
	if err := h.db.Send(t.Context(), r, who); err != nil {
		t.Fatal(err)
	}
	return &round{h, c, r}
}

// once makes one try of what is due, and gives the dispatch after it.
func (r *round) once(t *testing.T) casework.Dispatch {
	t.Helper()
	now := r.now()
	out, err := r.db.ClaimDispatch(t.Context(), now, now.Add(hookLease))
	if err != nil {
		t.Fatal(err)
	}
	r.courier.take(t.Context(), out)
	d, _, err := r.db.FindDispatch(t.Context(), out.ID)
	if err != nil {
		t.Fatal(err)
	}
	if log := r.log.String(); strings.Contains(log, secretWords) || strings.Contains(log, "@") || strings.Contains(log, "127.0.0.1") {
		t.Errorf("the log tells too much: %s", log)
	}
	return d
}

// TestCourierWebhook: a referral goes by webhook under one ID until it is taken,
// signed, and tells its reference alone.
func TestCourierWebhook(t *testing.T) {
	rc := &receiver{script: []http.HandlerFunc{status(500), slam, status(204)}}
	server := httptest.NewServer(rc)
	t.Cleanup(server.Close)
	r := newRound(t, casework.Recipient{Channel: casework.ChannelWebhook, Address: server.URL})
	for try, want := range []string{"500", pipeline.HookNoAnswer, "204"} {
		d := r.once(t)
		if d.LastStatus != want || (d.State == pipeline.DeliveryDone) != (try == 2) {
			t.Errorf("after try %d it is %s, %s", try+1, d.State, d.LastStatus)
		}
		r.ahead.Add(int64(time.Minute))
	}
	var ids []string
	for _, got := range rc.all() {
		verify(t, r.secret, got, r.now())
		ids = append(ids, got.header.Get("webhook-id"))
		var body struct {
			Type string
			Data map[string]string
		}
		if err := json.Unmarshal([]byte(got.body), &body); err != nil || body.Type != "referral.dispatched" || len(body.Data) != 2 || body.Data["referral"] != r.referral.ID || body.Data["id"] != ids[0] {
			t.Errorf("sent %s", got.body)
		}
	}
	if len(ids) != 3 || ids[0] != ids[1] || ids[1] != ids[2] || !strings.HasPrefix(ids[0], "dsp_") {
		t.Errorf("sent under %q", ids)
	}
}

// postbox is a mail relay that keeps what it takes, and refuses what it is told to.
type postbox struct {
	mu     sync.Mutex
	got    []string
	refuse bool
}

func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p *postbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (p *postbox) Reset()                                      {}
func (p *postbox) Logout() error                               { return nil }

func (p *postbox) Rcpt(string, *smtp.RcptOptions) error {
	if p.refuse {
		return &smtp.SMTPError{Code: 550, Message: "no such mailbox: " + secretWords}
	}
	return nil
}

func (p *postbox) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, string(b))
	return err
}

// relay starts a relay.
func relay(t *testing.T) (*postbox, *Relay) {
	t.Helper()
	p := &postbox{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(p)
	server.Domain = "relay.example"
	go func() { _ = server.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	at, err := ParseRelay("smtp://"+l.Addr().String(), "touchstone@force.example")
	if err != nil {
		t.Fatal(err)
	}
	return p, at
}

// TestCourierMail: mail tells a reference and a link, and nothing else; its
// Message-ID stays the same. Without a relay it waits, and what a relay answers is
// kept nowhere.
func TestCourierMail(t *testing.T) {
	r := newRound(t, casework.Recipient{Channel: casework.ChannelMail, Address: "lead@force.example"})
	if d := r.once(t); d.LastStatus != casework.StatusNoRelay || d.State != pipeline.DeliveryWaiting {
		t.Errorf("without a relay it is %s, %s", d.State, d.LastStatus)
	}
	box, at := relay(t)
	r.courier.cfg.Relay, r.courier.cfg.DeskURL = at, "https://desk.example"
	box.refuse = true
	r.ahead.Add(int64(time.Minute))
	if d := r.once(t); d.LastStatus != casework.StatusRefused || d.State != pipeline.DeliveryWaiting {
		t.Errorf("refused it is %s, %s", d.State, d.LastStatus)
	}
	box.refuse = false
	r.ahead.Add(int64(time.Minute))
	d := r.once(t)
	if d.LastStatus != casework.StatusAccepted || d.State != pipeline.DeliveryDone || len(box.got) != 1 {
		t.Fatalf("taken it is %s, %s, and %d messages came", d.State, d.LastStatus, len(box.got))
	}
	m, err := mail.ReadMessage(strings.NewReader(box.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	if h := m.Header; h.Get("To") != "<lead@force.example>" || h.Get("Subject") != "Referral R-7Q4K-2M9X" || h.Get("Message-Id") != "<"+d.ID+"@touchstone>" {
		t.Errorf("header %v", h)
	}
	if s := string(body); !strings.Contains(s, "https://desk.example/referrals/R-7Q4K-2M9X") || strings.Contains(s, secretWords) || strings.Contains(s, "UTO") || strings.Contains(s, "afeguard") {
		t.Errorf("it says %q", s)
	}
}

// TestParseRelay: a relay is read whole or not at all, and no error quotes it.
func TestParseRelay(t *testing.T) {
	if r, err := ParseRelay("", ""); r != nil || err != nil {
		t.Errorf("none is %v, %v", r, err)
	}
	r, err := ParseRelay("smtps://a:hidden@relay.example", "x@y.example")
	if err != nil || *r != (Relay{"relay.example", 465, true, "a", "hidden", "x@y.example"}) {
		t.Errorf("%+v, %v", r, err)
	}
	for _, bad := range [][2]string{{"http://hidden", "x@y.example"}, {"smtp://", "x@y.example"}, {"smtp://h:hidden", "x@y.example"}, {"smtp://relay.example", "hidden"}} {
		if _, err := ParseRelay(bad[0], bad[1]); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestCourierFile: the whole referral is one object of the bucket, by its hash,
// however often it is dropped.
func TestCourierFile(t *testing.T) {
	w := newWorld(t)
	r := newRound(t, casework.Recipient{Channel: casework.ChannelFile})
	r.courier.cfg.Blobs = w.blobs
	d := r.once(t)
	if d.LastStatus != casework.StatusStored || d.State != pipeline.DeliveryDone {
		t.Fatalf("it is %s, %s", d.State, d.LastStatus)
	}
	whole, err := r.db.FindReferral(t.Context(), r.referral.ID)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(casework.FileOf(d, whole))
	if err != nil {
		t.Fatal(err)
	}
	body, _, err := w.blobs.Get(t.Context(), pipeline.Referrals, pipeline.DigestOf(sha256.Sum256(want)))
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	got, err := io.ReadAll(body)
	if err != nil || !bytes.Equal(got, want) || !bytes.Contains(got, []byte(secretWords)) {
		t.Errorf("dropped %s, %v", got, err)
	}
	if status, done := r.courier.drop(t.Context(), casework.Outgoing{Dispatch: d, Whole: whole}); !done {
		t.Errorf("dropped again: %s", status)
	}
}
