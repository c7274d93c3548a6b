package web

import (
	"net/url"
	"path"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"touchstone.internal/pipeline"
)

// landed is when the review that the button gave is on the screen, and open for
// who pressed it.
const landed = `location.pathname.startsWith("/reviews/") && document.querySelector("[data-stand=mine]")
	&& performance.getEntriesByType("navigation")[0].responseStatus === 200`

// TestNextInTwoBrowsers: two people in browsers of their own press "Start the
// next review" at the same moment, 200 presses in all. What each gets is theirs and was
// never given before, and neither ever sees an error (UI-22).
func TestNextInTwoBrowsers(t *testing.T) {
	const rounds = 100
	w := newWorld(t)
	w.reviewers(t, second)
	m := newMatrix(t, w)
	for range 2 * rounds {
		m.addDocument(officer)
	}
	names := []string{reviewer, second}
	tabs := []*tab{w.tabOf(t, names[0], "/queue"), w.tabOf(t, names[1], "/queue")}
	for _, b := range tabs {
		b.is(`document.getElementById("next")`)
	}
	given := map[pipeline.DocumentID]string{}
	begin := time.Now()
	for round := range rounds {
		w.pressAtOnce(t, tabs)
		for i, b := range tabs {
			b.is(landed)
			id := b.reference()
			if before := given[id]; before != "" {
				t.Fatalf("round %d: %s gets %s, which was given to %s", round, names[i], id, before)
			}
			given[id] = names[i]
			if r, err := w.db.FindReview(t.Context(), id); err != nil || r.Holder != names[i] {
				t.Fatalf("round %d: %s is held by %q and not by %s: %v", round, id, r.Holder, names[i], err)
			}
			w.decide(t, id, names[i], pipeline.NoIrregularity)
		}
	}
	t.Logf("%d presses in %v gave %d documents", 2*rounds, time.Since(begin).Round(time.Millisecond), len(given))
	if len(given) != 2*rounds {
		t.Errorf("%d documents were given; want %d", len(given), 2*rounds)
	}
}

// pressAtOnce lets everybody look at the queue and press the button when all of
// them do.
func (w *world) pressAtOnce(t *testing.T, tabs []*tab) {
	t.Helper()
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	errs := make([]error, len(tabs))
	for i, b := range tabs {
		ready.Add(1)
		done.Go(func() {
			errs[i] = chromedp.Do(b.ctx, chromedp.Navigate(w.url+"/queue?tab=all"), chromedp.Focus(chromedp.CSS("#next")))
			ready.Done()
			<-start
			if errs[i] == nil {
				errs[i] = chromedp.Do(b.ctx, chromedp.KeyEvent(kb.Enter))
			}
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatalf("browser: %v", err)
		}
	}
}

// reference is that of the document that the tab shows.
func (b *tab) reference() pipeline.DocumentID {
	b.t.Helper()
	location, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		b.t.Fatal(err)
	}
	u, err := url.Parse(location)
	if err != nil {
		b.t.Fatal(err)
	}
	id, err := pipeline.ParseDocumentID(path.Base(u.Path))
	if err != nil {
		b.t.Fatalf("%s: %v", u.Path, err)
	}
	return id
}
