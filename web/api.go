package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
	"touchstone.internal/web/page"
)

// documentBody is a document as the API gives it.
type documentBody struct {
	ID         pipeline.DocumentID        `json:"id"`
	Digest     pipeline.Digest            `json:"sha256"`
	Size       int64                      `json:"size"`
	MediaType  pipeline.MediaType         `json:"media_type"`
	FileName   string                     `json:"file_name"`
	Encounter  string                     `json:"encounter"`
	PageOf     pipeline.DocumentID        `json:"page_of,omitempty"` // first picture of the same document
	Capture    pipeline.CaptureClass      `json:"capture"`
	UploadedBy string                     `json:"uploaded_by"`
	ReceivedAt time.Time                  `json:"received_at"`
	State      pipeline.State             `json:"state"`
	ScreenedAt *time.Time                 `json:"screened_at,omitempty"`
	Headline   string                     `json:"headline,omitempty"` // first line of the result, as the screens say it
	Outcome    *pipeline.ScreeningOutcome `json:"outcome,omitempty"`
	Duplicate  bool                       `json:"duplicate,omitempty"` // uploaded to this encounter before, by the same account
	Sightings  []sightingBody             `json:"sightings,omitempty"` // other uploads of the same bytes
	Review     *standingBody              `json:"review,omitempty"`    // how it stands with reviewers; only of one document
}

// standingBody is how a document stands with reviewers, as everybody may know it
// who may read the document.
type standingBody struct {
	ID      pipeline.DocumentID  `json:"id"`
	State   string               `json:"state"`
	DueAt   time.Time            `json:"due_at"`
	Kind    pipeline.VerdictKind `json:"verdict_kind,omitempty"` // once it stands
	Agreed  int                  `json:"agreed,omitempty"`       // reviewers who came to it
	Reasons []string             `json:"asked,omitempty"`        // what a better picture is to show
}

func standingOf(st *page.Standing) *standingBody {
	if st == nil {
		return nil
	}
	b := &standingBody{ID: st.Review, State: st.State, DueAt: st.DueAt.UTC(), Kind: st.Verdict.Kind(), Agreed: st.Agreed}
	if st.Asked != nil {
		b.Reasons = st.Asked.Reasons
	}
	return b
}

// sightingBody is another upload of the same bytes. Of a document that the
// account may not read it has the time alone.
type sightingBody struct {
	ID         pipeline.DocumentID        `json:"id,omitempty"`
	Encounter  string                     `json:"encounter,omitempty"`
	ReceivedAt time.Time                  `json:"received_at"`
	Outcome    *pipeline.ScreeningOutcome `json:"outcome,omitempty"`
}

// listBody is one page of a list.
type listBody struct {
	Data []documentBody `json:"data"`
	Next string         `json:"next_cursor,omitempty"` // cursor of the next page
}

func bodyOf(d pipeline.Document) documentBody {
	b := documentBody{
		ID: d.ID, Digest: d.Digest, Size: d.Size, MediaType: d.MediaType, FileName: d.FileName, Encounter: d.Encounter,
		PageOf: d.PageOf, Capture: d.Capture, UploadedBy: d.UploadedBy, ReceivedAt: d.ReceivedAt.UTC(), State: d.State,
	}
	if d.State == pipeline.StateScreened {
		at := d.ScreenedAt.UTC()
		b.ScreenedAt, b.Outcome = &at, outcomeOf(d.Outcome)
	}
	if b.Outcome != nil {
		b.Headline = text.Headline(string(d.Outcome.Conclusion), string(d.Outcome.Band))
	}
	return b
}

func sightingsOf(seen []pipeline.Sighting) []sightingBody {
	var out []sightingBody
	for _, s := range seen {
		out = append(out, sightingBody{s.DocumentID, s.Encounter, s.ReceivedAt.UTC(), outcomeOf(s.Outcome)})
	}
	return out
}

// outcomeOf gives an outcome if there is one, with a list that is never null.
func outcomeOf(o pipeline.ScreeningOutcome) *pipeline.ScreeningOutcome {
	if o.Conclusion == "" {
		return nil
	}
	if o.Contributions == nil {
		o.Contributions = []pipeline.Contribution{}
	}
	return &o
}

// apiUpload takes one document.
func (s *server) apiUpload(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	k, err := s.receive(w, r, who)
	if err != nil {
		return err
	}
	return s.writeReceived(w, r, k)
}

// writeReceived answers with a document that was received, or with its outcome
// if the client wants to wait for it.
func (s *server) writeReceived(w http.ResponseWriter, r *http.Request, k kept) (err error) {
	status := http.StatusCreated
	if k.duplicate {
		status = http.StatusOK
	}
	if wait := preferredWait(r.Header.Values("Prefer")); wait > 0 {
		w.Header().Set("Preference-Applied", "wait="+strconv.Itoa(int(wait.Seconds())))
		if k.document, err = s.await(r.Context(), k.document, wait); err != nil {
			return err
		}
		if k.document.State == pipeline.StateScreened {
			status = http.StatusOK
		}
	}
	seen, err := s.sightings(r.Context(), k.document)
	if err != nil {
		return err
	}
	b := bodyOf(k.document)
	b.Duplicate, b.Sightings = k.duplicate, sightingsOf(seen)
	w.Header().Set("Location", "/api/v1/documents/"+string(b.ID))
	s.writeJSON(w, r, status, b)
	return nil
}

// receive reads and keeps the one file of a request, whose space in the spool
// is free again when it returns.
func (s *server) receive(w http.ResponseWriter, r *http.Request, who pipeline.Account) (kept, error) {
	f, err := s.readForm(w, r, who)
	defer f.close()
	if err != nil {
		return kept{}, err
	}
	if len(f.files) > 1 && f.extra == 0 {
		return kept{}, problemInvalid([]fieldError{{"/file", "Send one file in each request"}})
	}
	if err := s.correct(r.Context(), f); err != nil {
		return kept{}, err
	}
	all, err := s.keep(r.Context(), f)
	if err != nil {
		return kept{}, err
	}
	if all[0].refused != nil {
		return kept{}, all[0].refused
	}
	return all[0], nil
}

// maxWait is the longest time that a client can ask to wait for an outcome.
const maxWait = 20 * time.Second

// preferredWait reads "wait=N" of the Prefer header (RFC 7240); zero if it is
// not there or no number.
func preferredWait(headers []string) time.Duration {
	for _, h := range headers {
		for part := range strings.SplitSeq(h, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`)); err == nil && n > 0 && strings.EqualFold(strings.TrimSpace(name), "wait") {
				return min(time.Duration(min(n, 60))*time.Second, maxWait)
			}
		}
	}
	return 0
}

// await gives the document as it is when it is screened, the time is over or
// the server stops.
func (s *server) await(ctx context.Context, d pipeline.Document, wait time.Duration) (pipeline.Document, error) {
	end := time.NewTimer(wait)
	defer end.Stop()
	for d.State != pipeline.StateScreened {
		select {
		case <-ctx.Done():
			return d, ctx.Err()
		case <-s.stopping:
			return d, nil
		case <-end.C:
			return d, nil
		case <-time.After(pollEvery / 2):
		}
		var err error
		if d, err = s.Documents.Find(ctx, d.ID); err != nil {
			return d, err
		}
	}
	return d, nil
}

// apiList gives the documents that the account may read, newest first.
func (s *server) apiList(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, errs := parseFilter(r.URL.Query())
	if errs != nil {
		return problemInvalid(errs)
	}
	l, err := s.search(r.Context(), f)
	if err != nil {
		return err
	}
	body := listBody{Data: []documentBody{}}
	if l.next != "" {
		body.Next = encodeCursor(string(l.next))
		linkNext(w, r, body.Next)
	}
	for _, d := range l.documents {
		body.Data = append(body.Data, bodyOf(d))
	}
	s.writeJSON(w, r, http.StatusOK, body)
	return nil
}

// apiDocument gives one document.
func (s *server) apiDocument(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	d, err := s.find(r.Context(), r.PathValue("id"), "document")
	if err != nil {
		return err
	}
	seen, err := s.sightings(r.Context(), d)
	if err != nil {
		return err
	}
	standing, err := s.standing(r.Context(), d)
	if err != nil {
		return err
	}
	one := []pipeline.Document{d}
	if err := s.unfold(r.Context(), one); err != nil {
		return err
	}
	b := bodyOf(one[0])
	b.Sightings, b.Review = sightingsOf(seen), standingOf(standing)
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// apiReport gives the report as it was stored.
func (s *server) apiReport(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	d, err := s.find(r.Context(), r.PathValue("id"), "report")
	if err != nil {
		return err
	}
	if _, folded, err := s.foldedTo(r.Context(), d); err != nil || folded {
		return cmp.Or(err, error(problemImpression()))
	}
	report, err := s.Documents.Report(r.Context(), d.ID)
	if errors.Is(err, pipeline.ErrNotFound) {
		return problemNoReport()
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, report)
	return nil
}

//go:embed openapi.json
var openAPI []byte

// openAPITag changes with the document.
var openAPITag = `"` + string(pipeline.DigestOf(sha256.Sum256(openAPI))) + `"` //nolint:gochecknoglobals // never written

// described is what the description says of how a route is asked.
type described struct {
	query []string // names of the parameters that it knows
	keyed bool     // it needs an Idempotency-Key: sent twice it would make two things
}

// describedRoutes are the routes of the description, by pattern: "GET
// /api/v1/documents".
func describedRoutes() (map[string]described, error) {
	var d struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(openAPI, &d); err != nil {
		return nil, fmt.Errorf("read the description of the API: %w", err)
	}
	known := map[string]described{}
	for path, item := range d.Paths {
		for method, raw := range item {
			var op struct {
				Parameters []struct {
					Name, In string
					Required bool
				} `json:"parameters"`
			}
			if json.Unmarshal(raw, &op) != nil {
				continue // a list of parameters that all methods have: of the path alone
			}
			var rt described
			for _, p := range op.Parameters {
				switch {
				case p.In == "query":
					rt.query = append(rt.query, p.Name)
				case p.In == "header" && p.Name == "Idempotency-Key":
					rt.keyed = p.Required
				}
			}
			known[strings.ToUpper(method)+" "+path] = rt
		}
	}
	return known, nil
}

// openAPI serves the description of the API, to everybody.
func (s *server) openAPI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", openAPITag)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(openAPI)))
}
