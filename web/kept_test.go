package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// signedOut lets the sessions of everybody end, as after half an hour of nothing.
func (b *browser) signedOut() {
	b.t.Helper()
	b.postForm("/sign-out", nil)
}

// TestTypedOutlivesSession: without JavaScript, what somebody typed into a form is
// there again when their session had ended before it was sent: the same person on
// the same browser signs in and finds it, recorded by nobody yet (UI-24).
func TestTypedOutlivesSession(t *testing.T) {
	w := newReviews(t)
	id, encounter := w.flagged(t, false), newMatrix(t, w).addEncounter(officer)
	for name, c := range map[string]struct {
		who, at, form string
		v             url.Values
		want          []string
	}{
		"decision": {
			reviewer, "/reviews/" + id, "/decision", verdict("altered", "reason", "The seven is thinner & higher", "as", reviewer),
			[]string{"The seven is thinner &amp; higher", `<option value="FG-PH" selected>`, `value="MRZ-04" checked`},
		},
		"answers": {
			officer, "/encounters/" + encounter + "/people/1", "/answers",
			url.Values{"S1": {"yes"}, "S1-words": {"A man waits & watches"}, "source": {"officer"}, "as": {officer}},
			[]string{"A man waits &amp; watches", `name="S1" value="yes" checked`, `<option value="officer" selected>`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := w.as(t, c.who)
			if page := b.get(c.at).body; !strings.Contains(page, `<input type="hidden" name="as" value="`+c.who+`">`) {
				t.Fatal("the form does not say whose it is")
			}
			b.signedOut()
			a := b.postForm(c.at+c.form, c.v)
			to := a.header.Get("Location")
			if want := "/sign-in?" + (url.Values{"next": {c.at}}).Encode(); a.status != http.StatusSeeOther || to != want {
				t.Fatalf("signed out it leads to %d %s; want %s", a.status, to, want)
			}
			if page := b.get(to).body; !strings.Contains(page, "Sign in under the same account and it is there again.") || strings.Contains(page, "amp; ") {
				t.Error("the page to sign in says too little, or too much")
			}
			b.postForm("/sign-in", url.Values{"name": {c.who}, "password": {"wrong"}, "next": {c.at}})
			if a := b.postForm("/sign-in", url.Values{"name": {c.who}, "password": {password}, "next": {c.at}}); a.header.Get("Location") != c.at {
				t.Fatalf("signing in leads to %s", a.header.Get("Location"))
			}
			page := b.get(c.at).body
			for _, want := range append(c.want, "What you typed is here again, and is not recorded yet.") {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not hold %s", want)
				}
			}
			if page := b.get(c.at).body; strings.Contains(page, "is here again") {
				t.Error("it is given back twice")
			}
		})
	}
	if ds := w.decisions(t, id); len(ds) != 0 {
		t.Errorf("recorded are %+v", ds)
	}
}

// TestTypedIsOnesOwn: what somebody typed goes to nobody else who signs in on that
// browser, is kept from no browser that the account does not know, and is not kept
// if it is too much.
func TestTypedIsOnesOwn(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	at := "/reviews/" + id
	form := func(reason string) url.Values { return verdict("altered", "reason", reason, "as", reviewer) }
	back := func(b *browser, who string) string {
		t.Helper()
		b.signIn(who, password)
		defer b.signedOut()
		return b.get(at).body
	}
	b := w.as(t, reviewer)
	b.signedOut()
	b.postForm(at+"/decision", form("kept from others"))
	for _, who := range []string{second, reviewer} { // whoever comes first ends it
		if strings.Contains(back(b, who), "kept from others") {
			t.Errorf("%s reads what another typed, or it outlives another's session", who)
		}
	}
	stranger := w.browser(t)
	stranger.postForm(at+"/decision", form("by a stranger"))
	if strings.Contains(back(stranger, reviewer), "by a stranger") {
		t.Error("a browser that the account does not know puts words into its form")
	}
	b.postForm(at+"/decision", form(strings.Repeat("long ", maxKeptForm)))
	if strings.Contains(back(b, reviewer), "long long") {
		t.Error("what is too much is kept")
	}
	for range keptFormsOf + 1 {
		b.postForm(at+"/decision", form("again and again"))
	}
	fresh := w.as(t, reviewer)
	fresh.signedOut()
	fresh.postForm(at+"/decision", form("beyond the limit"))
	if strings.Contains(back(fresh, reviewer), "beyond the limit") {
		t.Error("an account has more kept than it may")
	}
}

// TestTypedEnds: what is kept is gone when the session of nobody ends.
func TestTypedEnds(t *testing.T) {
	rec := &recordingSessions{}
	w := newReviews(t, func(c *Config) {
		rec.CtxStore = c.Sessions
		c.Sessions = rec
	})
	id := w.flagged(t, false)
	b := w.as(t, reviewer)
	b.signedOut()
	b.postForm("/reviews/"+id+"/decision", verdict("altered", "as", reviewer))
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if until := rec.expiry[len(rec.expiry)-1]; time.Until(until) > sessionIdle {
		t.Errorf("it is kept until %v", until)
	}
}
