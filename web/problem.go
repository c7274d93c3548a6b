package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// problemTypes is every type of problem. Slugs are part of the API: never
// reused, and never given another meaning.
var problemTypes = []page.ProblemType{ //nolint:gochecknoglobals // a table, never written
	{Slug: "validation", Title: "Something is missing or has another form", Status: http.StatusBadRequest, Means: "One or more answers are missing or have another form. Each is listed under errors with what to change."},
	{Slug: "bad-form", Title: "The form could not be read", Status: http.StatusBadRequest, Means: "The form broke off or does not follow its format. Send it again."},
	{Slug: "key-missing", Title: "The Idempotency-Key is missing", Status: http.StatusBadRequest, Means: "Sent twice, the request would make two things. It needs an Idempotency-Key header, new for each thing and the same when it is sent again."},
	{Slug: "file-empty", Title: "The file is empty", Status: http.StatusBadRequest, Means: "The file has no bytes. Take the photo again."},
	{Slug: "signed-out", Title: "Sign in first", Status: http.StatusUnauthorized, Means: "The request comes from nobody who is signed in, or account name and password do not belong together."},
	{Slug: "not-allowed", Title: "You cannot open this", Status: http.StatusForbidden, Means: "The account's role does not include what the request asks for."},
	{Slug: "own-password", Title: "Choose a password of your own first", Status: http.StatusForbidden, Means: "An administrator has set the account's password. It opens nothing but the change of the password."},
	{Slug: "cross-site", Title: "The request came from another website", Status: http.StatusForbidden, Means: "A browser sent the request on behalf of another website. Nothing was done."},
	{Slug: "not-found", Title: "We could not find that", Status: http.StatusNotFound, Means: "There is nothing under this address that the account may see."},
	{Slug: "no-report", Title: "There is no report yet", Status: http.StatusNotFound, Means: "The document is still waiting or being screened. Ask again later."},
	{Slug: "conflict", Title: "It cannot be done twice", Status: http.StatusConflict, Means: "A request with the same Idempotency-Key is under way, or was answered with something that is shown only once."},
	{Slug: "lease-lost", Title: "You do not have this document open", Status: http.StatusConflict, Means: "Somebody else has the review open, it waits for the officer, or it is decided. What was drafted is kept."},
	{Slug: "second-reviewer-required", Title: "Someone else must decide", Status: http.StatusConflict, Means: "The account uploaded the document or has decided on it, so somebody else must."},
	{Slug: "impression-first", Title: "Give your first impression", Status: http.StatusConflict, Means: "What the machine found is kept from the reviewer until they have said what they think."},
	{Slug: "not-held", Title: "Nobody has this document open", Status: http.StatusConflict, Means: "The review is free already: its holder has let go of it or decided."},
	{Slug: "method", Title: "This address does not do that", Status: http.StatusMethodNotAllowed, Means: "The address does not know the method. The Allow header lists those that it knows."},
	{Slug: "done-before", Title: "This was done before", Status: http.StatusConflict, Means: "Somebody has done this already. What they did stands."},
	{Slug: "not-sent", Title: "Nothing was sent", Status: http.StatusConflict, Means: "The webhook is disabled, or the event is still on its way to it."},
	{Slug: "withheld", Title: "This is held back", Status: http.StatusConflict, Means: "Somebody's safety comes first, or somebody seeks asylum. What was sent may not be read or sent meanwhile."},
	{Slug: "offset", Title: "The upload goes on from another place", Status: http.StatusConflict, Means: "The upload is not as far as the request says. The Upload-Offset header tells how much has arrived."},
	{Slug: "too-slow", Title: "The upload was too slow", Status: http.StatusRequestTimeout, Means: "The bytes came too slowly to go on waiting. Nothing was kept. Try again on a better connection."},
	{Slug: "file-too-large", Title: "The file is too big", Status: http.StatusRequestEntityTooLarge, Means: "A file must be smaller than 20MB, and a form must not hold more than 20 files. Nothing was kept."},
	{Slug: "unsupported-file", Title: "The file is not a picture", Status: http.StatusUnsupportedMediaType, Means: "The first bytes are not those of a JPG, PNG or WebP image, whatever the file is called."},
	{Slug: "unsupported-form", Title: "The form has another type", Status: http.StatusUnsupportedMediaType, Means: "Documents are sent as multipart/form-data, pieces of an upload as application/offset+octet-stream, everything else as application/json."},
	{Slug: "other-request", Title: "The key belongs to another request", Status: http.StatusUnprocessableEntity, Means: "The Idempotency-Key was sent before with something else. Nothing was done."},
	{Slug: "too-many-requests", Title: "Too many at once", Status: http.StatusTooManyRequests, Means: "The account or its address asks for more than it may. Wait for the time in the Retry-After header."},
	{Slug: "internal", Title: "There is a problem with the service", Status: http.StatusInternalServerError, Means: "The service is at fault. Documents that were received are safe. Quote the request_id."},
	{Slug: "upload-failed", Title: "The file could not be uploaded", Status: http.StatusServiceUnavailable, Means: "The file could not be stored. Try again."},
	{Slug: "busy", Title: "The service is busy", Status: http.StatusServiceUnavailable, Means: "Too much is going on at once. Wait for the time in the Retry-After header."},
}

// fieldError is one thing to change. The pointer names the form field or query
// parameter (RFC 6901).
type fieldError struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// problem is an error that the client is told of, in the words of the screens.
type problem struct {
	slug   string
	detail string
	errors []fieldError
	retry  time.Duration // zero if waiting does not help
}

func (p *problem) Error() string { return "problem " + p.slug }

// kind gives the type of the problem.
func (p *problem) kind() page.ProblemType {
	for _, k := range problemTypes {
		if k.Slug == p.slug {
			return k
		}
	}
	panic("there is no type of problem " + p.slug)
}

func problemInvalid(errs []fieldError) *problem {
	details := make([]string, len(errs))
	for i, e := range errs {
		details[i] = e.Detail
	}
	return &problem{slug: "validation", detail: strings.Join(details, ". "), errors: errs}
}

// problemFile is a refusal of a file, in the catalogue's sentence.
func problemFile(slug, sentence string) *problem {
	return &problem{slug: slug, detail: sentence, errors: []fieldError{{"/file", sentence}}}
}

func problemForm() *problem {
	return &problem{slug: "bad-form", detail: "The form could not be read to its end. Nothing was kept. Send it again"}
}

func problemFormType() *problem {
	return &problem{slug: "unsupported-form", detail: "Send the form as multipart/form-data"}
}

func problemJSONType() *problem {
	return &problem{slug: "unsupported-form", detail: "Send one JSON object as application/json"}
}

func problemJSON() *problem {
	return &problem{slug: "bad-form", detail: "Send one JSON object with the fields that the API description lists, and no others"}
}

func problemLongBody() *problem {
	return &problem{slug: "bad-form", detail: "Send at most 16,384 bytes"}
}

// problemLongText is of a text that is more than a zone.
func problemLongText() *problem {
	return problemInvalid([]fieldError{{"/text", "The text is too long. Enter the 2 or 3 lines of the zone alone"}})
}

// problemOffset is of a piece that does not begin where the last one ended.
func problemDoneBefore() *problem {
	return &problem{slug: "done-before", detail: "Somebody has done this already. Look at it again"}
}

func problemOffset() *problem {
	return &problem{slug: "offset", detail: "This is not the place to go on from. The Upload-Offset header says how much has arrived"}
}

func problemMoreThanSaid() *problem {
	return &problem{slug: "file-too-large", detail: "More bytes came than the upload was begun with. Nothing of this piece was kept"}
}

// problemBroke is of bytes that are not those that were sent.
func problemBroke(name string) *problem {
	return problemFile("upload-failed", name+" could not be uploaded. Try again")
}

func problemPieceType() *problem {
	return &problem{slug: "unsupported-form", detail: "Send a piece as application/offset+octet-stream, with its place in the Upload-Offset header"}
}

func problemNoUpload() *problem {
	return &problem{slug: "not-found", detail: "We could not find that upload. Begin it again"}
}

func problemSlow() *problem {
	return &problem{slug: "too-slow", detail: "The upload was too slow and was stopped. Nothing was kept. Try again on a better connection"}
}

func problemSignedOut() *problem {
	return &problem{slug: "signed-out", detail: "Sign in, or send account name and password with HTTP Basic"}
}

// wrongPassword is one text for every way to be wrong, so that nobody learns
// which accounts there are.
const wrongPassword = "Account name and password do not belong together. Check both and try again"

func problemPassword() *problem {
	return &problem{slug: "signed-out", detail: wrongPassword}
}

func problemNoKey() *problem {
	said := "Send an Idempotency-Key header, for example with a UUID: new for each thing that you make, and the same when you send it again"
	return &problem{slug: "key-missing", detail: said, errors: []fieldError{{"/Idempotency-Key", said}}}
}

func problemUnderWay() *problem {
	return &problem{slug: "conflict", detail: "A request with this Idempotency-Key is still under way. Wait and send it again", retry: time.Second}
}

func problemOnlyOnce() *problem {
	return &problem{slug: "conflict", detail: "This was done when it was sent first, and its answer is not kept. Look at what it has made"}
}

func problemOtherRequest() *problem {
	return &problem{slug: "other-request", detail: "This Idempotency-Key was used for another request. Choose a new key for each request"}
}

func problemToken() *problem {
	return &problem{slug: "signed-out", detail: "This token opens nothing. It may be revoked, or its time over. Ask an administrator for another"}
}

func problemLocked() *problem {
	return &problem{slug: "signed-out", detail: "This account is locked. Ask an administrator to unlock it"}
}

func problemOneTimeOver() *problem {
	return &problem{slug: "signed-out", detail: "This password was for a first sign-in, and its time is over. Ask an administrator for another"}
}

func problemOneTime() *problem {
	return &problem{slug: "own-password", detail: "Somebody else has set this password. Choose one of your own first, at /account"}
}

func problemThrottled(wait time.Duration) *problem {
	minutes := int(math.Ceil(wait.Minutes()))
	unit := "minutes"
	if minutes == 1 {
		unit = "minute"
	}
	return &problem{
		slug: "too-many-requests", retry: wait,
		detail: fmt.Sprintf("There were too many attempts to sign in. Wait %d %s and try again", minutes, unit),
	}
}

func problemTooMany(detail string) *problem {
	return &problem{slug: "too-many-requests", detail: detail, retry: 5 * time.Second}
}

func problemBusy() *problem {
	return &problem{slug: "busy", detail: "The service is busy. Try again in a few seconds", retry: 5 * time.Second}
}

func problemQueueDown() *problem {
	return &problem{slug: "busy", detail: "The queue does not answer, so nothing was put back. Documents that were received are safe. Try again when it answers", retry: 5 * time.Second}
}

func problemNotAllowed() *problem {
	return &problem{slug: "not-allowed", detail: "You cannot open this. Ask your team leader if you need it for your work"}
}

func problemCrossSite() *problem {
	return &problem{slug: "cross-site", detail: "This request came from another website, so nothing was done. Open the page here and try again"}
}

// noDocument is said of a document that is not there and of one that is
// somebody else's.
const noDocument = "We could not find that document. Check the reference. A full reference has 8 characters after TSD"

// problemNoEncounter is no reason not to use a reference: it may be one of
// another system.
func problemNoEncounter() *problem {
	return &problem{slug: "not-found", detail: "We do not know this encounter here; you can use it all the same"}
}

func problemNotFound() *problem { return &problem{slug: "not-found", detail: noDocument} }

func problemNotSent() *problem {
	return &problem{slug: "not-sent", detail: "The webhook is disabled, or this is still on its way to it. Look at it again"}
}

func problemWebhookDisabled() *problem {
	return &problem{slug: "not-sent", detail: "The webhook is disabled, and nothing is signed for it any more. Add another in its place"}
}

// problemWithheld is of a referral that may not go to anybody as things stand.
func problemWithheld() *problem {
	return &problem{slug: "withheld", detail: "This may not go to anybody now: somebody's safety comes first, or somebody seeks asylum. Ask who sent it"}
}

// problemNone is of a record that is no document.
func problemNone(what string) *problem {
	return &problem{slug: "not-found", detail: "We could not find that " + what + ". Go back to the list and look there"}
}

func problemNoPage() *problem {
	return &problem{slug: "not-found", detail: "We could not find that page. Check the address"}
}

func problemNoSearch() *problem {
	return &problem{slug: "not-found", detail: "This search has ended or is somebody else's. What a search found can be looked at for 15 minutes. Search again"}
}

func problemNoReport() *problem {
	return &problem{slug: "no-report", detail: "This document has not been screened yet. Ask again in a few seconds", retry: time.Second}
}

func problemImpression() *problem {
	return &problem{slug: "impression-first", detail: "Give your first impression of this document. What the checks found is shown afterwards"}
}

func problemNotHeld() *problem {
	return &problem{slug: "not-held", detail: "Nobody has this document open"}
}

func problemMethod() *problem {
	return &problem{slug: "method", detail: "This address does not do that. Check the method and the address"}
}

func problemInternal() *problem {
	return &problem{slug: "internal", detail: "There is a problem with the service. Documents that were received are safe. Try again in 5 minutes"}
}

// problemOf is the one place where errors become answers.
func (s *server) problemOf(r *http.Request, err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if errors.Is(err, pipeline.ErrNotFound) {
		return problemNotFound()
	}
	level := slog.LevelError
	if r.Context().Err() != nil || errors.Is(err, context.Canceled) { // the client has gone
		level = slog.LevelInfo
	}
	s.Log.LogAttrs(r.Context(), level, "request_failed",
		slog.String("request_id", infoOf(r.Context()).id), slog.String("error", err.Error()))
	return problemInternal()
}

// fail answers with a problem: JSON for a machine, a page for a person.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(r, err)
	if p.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retry.Seconds()))))
	}
	if wantsJSON(r) {
		s.failJSON(w, r, p)
		return
	}
	k := p.kind()
	s.show(w, r, screen{k.Status, "problem", page.Problem{Status: k.Status, Title: k.Title, Detail: p.detail}})
}

// problemBody is a problem as RFC 9457 writes it.
type problemBody struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail"`
	Instance  string       `json:"instance"`
	RequestID string       `json:"request_id"`
	Errors    []fieldError `json:"errors,omitempty"`
}

func (s *server) failJSON(w http.ResponseWriter, r *http.Request, p *problem) {
	k := p.kind()
	if k.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge(r))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	s.writeJSON(w, r, k.Status, problemBody{
		Type: "/problems#" + k.Slug, Title: k.Title, Status: k.Status, Detail: p.detail,
		Instance: r.URL.Path, RequestID: infoOf(r.Context()).id, Errors: p.errors,
	})
}

// challenge asks for HTTP Basic, except where a browser would open a window of
// its own for it: a page's script is to say that one has to sign in.
func challenge(r *http.Request) string {
	if r.Header.Get("Sec-Fetch-Mode") != "" {
		return `Session realm="Touchstone"`
	}
	return `Basic realm="Touchstone", charset="UTF-8"`
}

// wantsJSON tells whether a machine asks.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(r.URL.Path, "/api/") ||
		!strings.Contains(accept, "text/html") && (strings.Contains(accept, "json") || strings.Contains(accept, "text/event-stream"))
}
