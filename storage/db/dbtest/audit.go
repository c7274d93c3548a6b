package dbtest

import (
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// auditSearch: each filter keeps what it names, and pages follow each other,
// the newest event first.
func auditSearch(t *testing.T, s Store) {
	ctx := t.Context()
	event := func(account, object string, op pipeline.Operation, hours int) {
		noErr(t, s.Append(ctx, pipeline.AuditEvent{
			At: day.Add(time.Duration(hours) * time.Hour), Actor: pipeline.Actor{Account: account, Role: pipeline.RoleOfficer}, Operation: op, Object: object, Detail: "d",
		}))
	}
	event("a", "one", pipeline.OpConsult, 0)
	event("b", "one", pipeline.OpConsult, 1)
	event("a", "two", pipeline.OpAlter, 2)
	event("a", "one", pipeline.OpDisclose, 30)
	for name, tt := range map[string]struct {
		f    pipeline.AuditFilter
		want []int // hours
	}{
		"all":       {pipeline.AuditFilter{}, []int{30, 2, 1, 0}},
		"account":   {pipeline.AuditFilter{Account: "a"}, []int{30, 2, 0}},
		"object":    {pipeline.AuditFilter{Object: "one"}, []int{30, 1, 0}},
		"operation": {pipeline.AuditFilter{Operation: pipeline.OpConsult}, []int{1, 0}},
		"day":       {pipeline.AuditFilter{From: day.Add(time.Hour), To: day.Add(30 * time.Hour)}, []int{2, 1}},
		"together":  {pipeline.AuditFilter{Account: "a", Object: "one", Operation: pipeline.OpConsult}, []int{0}},
		"none":      {pipeline.AuditFilter{Account: "' OR 1=1 --"}, nil},
	} {
		var got []int
		for f := tt.f; ; {
			f.Limit = 2
			page, err := s.SearchAudit(ctx, f)
			noErr(t, err)
			for _, e := range page {
				got = append(got, int(e.At.Sub(day).Hours()))
				f.Before = e.Seq
			}
			if len(page) < 2 {
				break
			}
		}
		t.Run(name, func(t *testing.T) { same(t, got, tt.want) })
	}
}
