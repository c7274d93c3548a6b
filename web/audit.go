package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// auditBody is an event of the log as the API and files give it.
type auditBody struct {
	Seq       int64              `json:"seq"`
	At        time.Time          `json:"at"`
	Account   string             `json:"account"`
	Role      string             `json:"role"`
	Operation pipeline.Operation `json:"operation"`
	Object    string             `json:"object"`
	Detail    string             `json:"detail"`
}

func auditBodyOf(e pipeline.AuditEvent) auditBody {
	return auditBody{e.Seq, e.At.UTC(), e.Actor.Account, string(e.Actor.Role), e.Operation, e.Object, e.Detail}
}

// parseOperation reads an operation that came from outside.
func parseOperation(s string) (pipeline.Operation, error) {
	if !slices.Contains(pipeline.Operations, pipeline.Operation(s)) {
		return "", errors.New("an operation is one of those of the log")
	}
	return pipeline.Operation(s), nil
}

// auditFilter reads what of the log is asked for. A day is one of the place
// whose time pages show.
func (s *server) auditFilter(q url.Values) (f pipeline.AuditFilter, p paging, errs []fieldError) {
	p, errs = parsePaging(q)
	f.Account, f.Object, f.Limit = accountName(q.Get("account")), strings.TrimSpace(q.Get("object")), p.limit+1
	if id, err := pipeline.ParseDocumentID(f.Object); err == nil {
		f.Object = string(id)
	}
	var err error
	if o := q.Get("operation"); o != "" {
		if f.Operation, err = parseOperation(o); err != nil {
			errs = append(errs, fieldError{"/operation", "Select what was done from the list"})
		}
	}
	if d := strings.TrimSpace(q.Get("day")); d != "" {
		if f.From, err = time.ParseInLocation(time.DateOnly, d, s.Now().Location()); err != nil {
			errs = append(errs, fieldError{"/day", "Day must be written as 2026-11-24"})
		}
		f.To = f.From.AddDate(0, 0, 1)
	}
	if p.after != "" {
		if f.Before, err = strconv.ParseInt(p.after, 10, 64); err != nil || f.Before < 1 {
			errs = append(errs, fieldError{"/cursor", wrongCursor})
		}
	}
	return f, p, errs
}

// auditList gives one page of the log, after writing down that it was read.
func (s *server) auditList(ctx context.Context, f pipeline.AuditFilter, p paging) (events []pipeline.AuditEvent, next string, err error) {
	if err := s.consult(ctx, "audit", "list"); err != nil {
		return nil, "", err
	}
	if events, err = s.Audit.SearchAudit(ctx, f); err != nil {
		return nil, "", err
	}
	events, next = turn(events, p, func(e pipeline.AuditEvent) string { return strconv.FormatInt(e.Seq, 10) })
	return events, next, nil
}

// auditPage shows the log.
func (s *server) auditPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	q := r.URL.Query()
	f, p, errs := s.auditFilter(q)
	view := page.Audit{Filter: f, Day: q.Get("day"), Errors: pageErrors(errs)}
	status := http.StatusBadRequest
	if errs == nil {
		events, next, err := s.auditList(r.Context(), f, p)
		if err != nil {
			return err
		}
		status, view.Events = http.StatusOK, events
		if next != "" {
			view.Next = nextAddress(r.URL, next)
		}
	}
	for name, values := range q {
		if name == "cursor" || values[0] == "" {
			q.Del(name)
		}
	}
	view.Query = q.Encode()
	s.show(w, r, screen{status, "audit", view})
	return nil
}

// apiAudit gives the log to a client.
func (s *server) apiAudit(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, p, errs := s.auditFilter(r.URL.Query())
	if errs != nil {
		return problemInvalid(errs)
	}
	events, next, err := s.auditList(r.Context(), f, p)
	if err != nil {
		return err
	}
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, pageOf(events, next, auditBodyOf))
	return nil
}

// exportStep is how many events are read at a time.
const exportStep = 1000

// exportAudit hands what the filters choose out as a file, the newest first,
// after writing down that it left.
func (s *server) exportAudit(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	q := r.URL.Query()
	f, _, errs := s.auditFilter(q)
	format := q.Get("format")
	kind := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}[format]
	if kind == "" {
		errs = append(errs, fieldError{"/format", "The format must be csv or jsonl"})
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	if err := s.audit(r.Context(), pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: "audit", Detail: "export_" + format}); err != nil {
		return err
	}
	f.Limit = exportStep
	events, err := s.Audit.SearchAudit(r.Context(), f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="audit.`+format+`"`)
	write := s.auditWriter(w, format)
	for len(events) > 0 {
		for _, e := range events {
			if write(auditBodyOf(e)) != nil {
				return nil //nolint:nilerr // the client has gone
			}
			f.Before = e.Seq
		}
		if events, err = s.Audit.SearchAudit(r.Context(), f); err != nil {
			panic(http.ErrAbortHandler) // the file must not look whole
		}
	}
	return nil
}

// auditWriter writes events one by one.
func (s *server) auditWriter(w http.ResponseWriter, format string) func(auditBody) error {
	if format == "jsonl" {
		enc := json.NewEncoder(w)
		return func(b auditBody) error { return enc.Encode(b) }
	}
	c := csv.NewWriter(w)
	_ = c.Write([]string{"seq", "at", "account", "role", "operation", "object", "detail"}) // the next write tells
	return func(b auditBody) error {
		_ = c.Write([]string{
			strconv.FormatInt(b.Seq, 10), b.At.Format(time.RFC3339Nano), cellText(b.Account), b.Role, string(b.Operation), cellText(b.Object), cellText(b.Detail),
		})
		c.Flush()
		return c.Error()
	}
}

// cellText keeps a spreadsheet from taking a text for a formula, also where the
// signs are those of full width.
func cellText(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
