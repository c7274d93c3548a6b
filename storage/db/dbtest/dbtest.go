// Package dbtest holds the tests that every database of documents passes, and
// starts a real PostgreSQL for them. It knows the interfaces of package
// pipeline alone and no store.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/threat"
)

// Store is everything that is kept in a database.
type Store interface {
	pipeline.Documents
	pipeline.Reviews
	pipeline.Encounters
	pipeline.Uploads
	casework.Store
	threat.Store
	casework.Recipients
	casework.Outbox
	pipeline.Accounts
	pipeline.Devices
	pipeline.Tokens
	pipeline.Webhooks
	pipeline.Outbox
	pipeline.Replays
	pipeline.Audit
	pipeline.Searches
	pipeline.SavedFilters
	Sessions() scs.CtxStore
	Ping(ctx context.Context) error
}

// suite is every test of a store, by what it promises.
var suite = map[string]func(*testing.T, Store){ //nolint:gochecknoglobals // a table, never written
	"documents are found as created":     createFind,
	"the same upload is one document":    createAgain,
	"the same upload at once is one":     createAtOnce,
	"a taken reference is refused":       createTaken,
	"foreign bytes in names are kept":    createForeign,
	"missing things are not found":       missing,
	"lists are filtered":                 listFiltered,
	"lists are paged":                    listPaged,
	"sightings are the other uploads":    sightings,
	"sixteen claimers have one winner":   claimRace,
	"a claim names its holder":           claimFields,
	"a lease runs out":                   claimExpired,
	"a claim is given back":              release,
	"a lost claim gives nothing back":    releaseLost,
	"a report is stored once":            finish,
	"a late report is taken":             finishLate,
	"a lost claim finishes nothing":      finishLost,
	"finishers race to one report":       finishRace,
	"late documents are found":           late,
	"states are counted":                 counts,
	"accounts are kept":                  accounts,
	"changes of accounts are written":    accountChanges,
	"the last administrator remains":     lastAdministrator,
	"accounts are listed by name":        listAccounts,
	"devices are known for a while":      devices,
	"requests are done once":             replays,
	"the audit log is looked through":    auditSearch,
	"tokens are found by their secret":   tokens,
	"events are told as they happen":     outbox,
	"endpoints are kept":                 endpoints,
	"secrets of endpoints change":        secretsRotated,
	"one of several claims a delivery":   deliveryRace,
	"deliveries are tried and given up":  deliverySchedule,
	"a dead try is tried again":          deliveryDied,
	"the audit log keeps its order":      auditOrder,
	"every change is in the audit log":   auditChanges,
	"what failed is not in the log":      auditFailures,
	"sessions are kept until they end":   sessions,
	"the last site is remembered":        lastSite,
	"sides without a zone ask nobody":    sides,
	"documents are joined":               joining,
	"an upload becomes a document":       uploadLife,
	"an upload is begun once":            uploadAgain,
	"uploads have limits":                uploadLimits,
	"uploads come to an end":             uploadEnds,
	"a cancelled call changes nothing":   cancelled,
	"the store answers a ping":           func(t *testing.T, s Store) { noErr(t, s.Ping(t.Context())) },
	"a whole life is one straight line":  life,
	"many at once leave nothing undone":  chaos,
	"outcomes come back byte for byte":   outcomes,
	"an unknown page gives no list":      listUnknown,
	"a claim without an owner is no one": claimNobody,
	"filters are saved for each account": savedFilters,
}

// Run tests a store. Each call of open gives an empty one.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for name, test := range suite {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	for _, more := range []map[string]func(*testing.T, Store){queueTests(), caseworkTests(), movementTests(), searchTests(), threatTests(), seriesTests()} {
		for name, test := range more {
			t.Run(name, func(t *testing.T) { test(t, open(t)) })
		}
	}
}

// day is when these tests take place.
//
//nolint:gochecknoglobals // a constant, if a time could be one
var day = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

const lease = 30 * time.Second

// newDocument is an upload like no other.
func newDocument() pipeline.Document {
	var b [8]byte
	rand.Read(b[:])
	return pipeline.Document{
		ID: pipeline.NewDocumentID(b), Digest: pipeline.DigestOf(sha256.Sum256(b[:])), Size: 321_000,
		MediaType: pipeline.JPEG, FileName: "page one.jpg", Encounter: "ENC-1", Capture: pipeline.CapturePhoto,
		UploadedBy: "duty-officer", ReceivedAt: day, State: pipeline.StateReceived,
	}
}

// newReport is what screening gave, with something of every kind in it.
func newReport(d pipeline.Document) pipeline.Report {
	return pipeline.Report{
		Digest: d.Digest, Engine: "test", RuleSet: "0123", AsOf: "2026-03-01", Capture: d.Capture,
		Pages: []pipeline.PageReading{{Width: 800, Height: 600, Zones: []pipeline.ZoneReading{{
			Format: mrz.TD3, Lines: []string{"P<UTOERIKSSON<<ANNA<MARIA", "L898902C36UTO"}, Certain: true,
			Box:    pipeline.Box{X: 1, Y: 2, Width: 3, Height: 4},
			Chars:  [][]pipeline.CharMark{{{Box: [4]int{1, 2, 3, 4}, Confidence: 0.75, RunnerUp: "B", Certain: true}}},
			Fields: []pipeline.FieldReading{{Name: "document_number", Raw: "L898902C3", Value: "L898902C3"}},
		}}}},
		Findings: []pipeline.Finding{{
			Check: "MRZ-03", Version: 1, Outcome: pipeline.Fail, Severity: pipeline.S3, Statement: "check_digit",
			Reason: "The check digit is <6> & “not” 4.", Boxes: []pipeline.Box{}, Values: []pipeline.Value{{Label: "check digit", Printed: "6", Expected: "4"}},
		}},
		Outcome: pipeline.ScreeningOutcome{
			Conclusion: pipeline.ReviewSuggested, Band: pipeline.High, Total: 3.25,
			Contributions: []pipeline.Contribution{{Finding: 0, Check: "MRZ-03", Group: "digits", Weight: 3.25, Share: 3.25}},
		},
	}
}

func noErr(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, s Store, d pipeline.Document) pipeline.Document {
	t.Helper()
	got, created, err := s.Create(t.Context(), d)
	noErr(t, err)
	if !created {
		t.Fatalf("%s was not created", d.ID)
	}
	return got
}

func claim(t *testing.T, s Store, id pipeline.DocumentID, owner string, now time.Time) pipeline.Document {
	t.Helper()
	d, err := s.Claim(t.Context(), id, owner, now, now.Add(lease))
	noErr(t, err)
	return d
}
