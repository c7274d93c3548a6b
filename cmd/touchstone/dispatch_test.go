package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/storage/db"
)

// county is the system that gets referrals: it fetches and acknowledges what it is
// told of, and keeps at it while the desk does not answer.
type county struct {
	f      *fleet
	mu     sync.Mutex
	got    map[string][]string // ids of dispatches that came, by referral
	hold   int                 // number of the request that gets no answer
	n      int
	held   chan struct{} // closed when it is there
	begun  sync.WaitGroup
	failed []error
}

const countySecret = "county-secret-of-this-test"

// ServeHTTP takes what it is told, but for the one request that it leaves without
// an answer until the other side is gone.
func (c *county) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b struct{ Data struct{ ID, Referral string } }
	if err := json.NewDecoder(r.Body).Decode(&b); err != nil || b.Data.ID != r.Header.Get("webhook-id") {
		http.Error(w, "not a referral", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.n++
	n := c.n
	c.got[b.Data.Referral] = append(c.got[b.Data.Referral], b.Data.ID)
	c.mu.Unlock()
	if n == c.hold {
		close(c.held)
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done() // it is killed meanwhile
		return
	}
	c.begun.Go(func() { c.answer(b.Data.ID) }) //nolint:contextcheck // it goes on after the request
	w.WriteHeader(http.StatusAccepted)
}

// answer fetches and acknowledges, again and again while the desk is away.
func (c *county) answer(id string) {
	at := "http://" + c.f.address + "/api/v1/dispatches/" + id
	for _, step := range []struct{ method, address string }{{http.MethodGet, at}, {http.MethodPost, at + "/acknowledge"}} {
		err := c.f.insist(step.method, step.address, "Bearer "+countySecret, nil)
		if err != nil {
			c.mu.Lock()
			c.failed = append(c.failed, err)
			c.mu.Unlock()
		}
	}
}

// insist sends a request until it is answered, under one Idempotency-Key.
func (f *fleet) insist(method, address, authorization string, body []byte) (last error) {
	key := fmt.Sprintf("%x", time.Now().UnixNano())
	for until := time.Now().Add(40 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		req, err := http.NewRequestWithContext(context.WithoutCancel(f.t.Context()), method, address, bytes.NewReader(append([]byte{}, body...)))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", authorization)
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Idempotency-Key", key)
			if body == nil {
				req.Body, req.ContentLength = io.NopCloser(bytes.NewReader([]byte("{}"))), 2
			}
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			last = err
			continue
		}
		said, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		last = fmt.Errorf("%s: %d %s", address, resp.StatusCode, said)
		if resp.StatusCode/100 == 2 {
			return nil
		}
	}
	return last
}

// TestReferralsOutliveKills kills the worker in the middle of a delivery, worker
// and desk together, and the desk while referrals are acknowledged: each reaches
// its recipient at least once, under one id, and its acknowledgement is recorded.
func TestReferralsOutliveKills(t *testing.T) {
	f := startFleet(t)
	f.worker.kill(t) // it knows no address of this host yet
	f.startPostman()
	store, err := db.Open(t.Context(), f.database)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	c := &county{f: f, got: map[string][]string{}, hold: 3, held: make(chan struct{})}
	server := httptest.NewServer(c)
	defer server.Close()
	who, deed := pipeline.Account{Name: "officer", Role: pipeline.RoleOfficer}, pipeline.Deed{By: pipeline.Actor{Account: "test"}, At: time.Now()}
	token := pipeline.Token{ID: "county", Account: "county", ExpiresAt: time.Now().Add(time.Hour)}
	to := casework.Recipient{ID: "county", Name: "County", Channel: casework.ChannelWebhook, Address: server.URL, Account: "county", Kinds: []casework.ReferralKind{casework.KindSafeguarding}}
	e, err := store.OpenEncounter(t.Context(), pipeline.Encounter{Site: "UTO", Channel: pipeline.ChannelCustody, People: 1, ClockFrom: time.Now(), OpenedBy: who.Name, OpenedAt: time.Now()})
	for _, err := range []error{err, store.CreateToken(t.Context(), token, countySecret, deed), store.AddRecipient(t.Context(), to, pipeline.NewHookSecret(), deed)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const referrals = 12
	for i := range referrals {
		n, err := store.AddPerson(t.Context(), e.Reference, who, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		f.refer(e.Reference, n)
		switch i {
		case 4:
			<-c.held
			f.worker.kill(t)
			f.startPostman()
		case 7:
			f.worker.kill(t)
			f.desk.kill(t)
			f.startDesk()
			f.startPostman()
		case 10:
			f.desk.kill(t)
			f.startDesk()
		}
	}
	f.awaitAcknowledged(store, e.Reference, referrals)
	c.begun.Wait()
	c.check(t, store, e.Reference)
}

// startPostman starts a worker that may send to this host.
func (f *fleet) startPostman() {
	f.worker = start(f.t, append([]string{"worker", "--sweep-every", "1s", "--webhook-allow", "127.0.0.0/8"}, f.servers...)...)
}

// refer sends a referral about a person, as an officer's program does.
func (f *fleet) refer(encounter string, person int) {
	f.t.Helper()
	req, _ := http.NewRequestWithContext(f.t.Context(), http.MethodPost, "http://"+f.address, nil)
	req.SetBasicAuth("officer", testPassword)
	body := fmt.Sprintf(`{"rule":"R-04","person":%d,"nature":"msht","reason":"a debt"}`, person)
	if err := f.insist(http.MethodPost, "http://"+f.address+"/api/v1/encounters/"+encounter+"/referrals", req.Header.Get("Authorization"), []byte(body)); err != nil {
		f.t.Fatal(err)
	}
}

// awaitAcknowledged waits until every referral of an encounter is acknowledged.
func (f *fleet) awaitAcknowledged(store *db.DB, encounter string, want int) {
	f.t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		g, err := store.Group(f.t.Context(), encounter)
		if err != nil {
			f.t.Fatal(err)
		}
		had := 0
		for _, r := range g.Referrals {
			if r.State == casework.ReferralAcknowledged {
				had++
			}
		}
		if had == want && len(g.Referrals) == want {
			return
		}
		if time.Now().After(until) {
			f.t.Fatalf("%d of %d referrals are acknowledged; want %d", had, len(g.Referrals), want)
		}
	}
}

// check holds what came to what was sent.
func (c *county) check(t *testing.T, store *db.DB, encounter string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, err := range c.failed {
		t.Error(err)
	}
	g, err := store.Group(t.Context(), encounter)
	if err != nil {
		t.Fatal(err)
	}
	twice := 0
	for _, r := range g.Referrals {
		ds, err := store.Dispatches(t.Context(), r.ID)
		if err != nil || len(ds) != 1 {
			t.Fatalf("%s: %d dispatches, %v", r.ID, len(ds), err)
		}
		if ds[0].AckBy != "county" || r.AckBy != "county" {
			t.Errorf("%s was acknowledged by %q", r.ID, r.AckBy)
		}
		for _, id := range c.got[r.ID] {
			if id != ds[0].ID {
				t.Errorf("%s came as %s, and was sent as %s", r.ID, id, ds[0].ID)
			}
		}
		switch len(c.got[r.ID]) {
		case 0:
			t.Errorf("%s never came", r.ID)
		case 1:
		default:
			twice++
		}
	}
	if twice == 0 {
		t.Error("nothing came twice, so that no delivery was killed in its middle")
	}
	t.Logf("%d referrals came by %d requests", len(g.Referrals), c.n)
}
