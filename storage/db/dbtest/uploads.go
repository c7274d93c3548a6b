package dbtest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

var (
	uploader = pipeline.Account{Name: "duty-officer", Role: pipeline.RoleOfficer} //nolint:gochecknoglobals // a constant, if a struct could be one
	roomy    = pipeline.UploadLimits{Each: 3, All: 4}                             //nolint:gochecknoglobals // a constant, if a struct could be one
)

func upload(id string) pipeline.Upload {
	return pipeline.Upload{ID: id, Account: uploader.Name, FileName: "page one.jpg", Size: 5_000_000, BegunAt: day, TouchedAt: day}
}

// uploadLife: an upload is found until it is a document, and afterwards says
// which.
func uploadLife(t *testing.T, s Store) {
	ctx, u := t.Context(), upload("U1")
	begun, err := s.BeginUpload(ctx, u, roomy, uploader)
	noErr(t, err)
	if begun != u {
		t.Errorf("begun %+v; want %+v", begun, u)
	}
	noErr(t, s.TouchUpload(ctx, "U1", day.Add(time.Minute)))
	list, err := s.ListUploads(ctx, u.Account)
	noErr(t, err)
	if u.TouchedAt = day.Add(time.Minute); len(list) != 1 || list[0] != u {
		t.Errorf("listed %+v; want %+v", list, u)
	}
	if list, err := s.ListUploads(ctx, "somebody-else"); err != nil || len(list) != 0 {
		t.Errorf("somebody else's list: %+v, %v", list, err)
	}
	noErr(t, s.FinishUpload(ctx, "U1", "TSD-0000-0001", day.Add(time.Hour)))
	if list, err := s.ListUploads(ctx, u.Account); err != nil || len(list) != 0 {
		t.Errorf("finished, and still listed: %+v, %v", list, err)
	}
	if u, err := s.FindUpload(ctx, "U1"); err != nil || u.Document != "TSD-0000-0001" {
		t.Errorf("found %+v, %v", u, err)
	}
	if err := s.DropUpload(ctx, "U1", uploader, day); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("dropped what is a document: %v", err)
	}
	if _, err := s.FindUpload(ctx, "U2"); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("found what is not there: %v", err)
	}
}

// uploadAgain: a digest that is on its way begins nothing twice; another
// account's, one that is a document, and none at all do.
func uploadAgain(t *testing.T, s Store) {
	ctx, u := t.Context(), upload("U1")
	u.Digest = newDocument().Digest
	_, err := s.BeginUpload(ctx, u, roomy, uploader)
	noErr(t, err)
	again, theirs := u, u
	again.ID = "U2"
	if got, err := s.BeginUpload(ctx, again, roomy, uploader); err != nil || got != u {
		t.Errorf("again: %+v, %v", got, err)
	}
	theirs.ID, theirs.Account = "U3", "somebody-else"
	if got, err := s.BeginUpload(ctx, theirs, roomy, uploader); err != nil || got.ID != "U3" {
		t.Errorf("theirs: %+v, %v", got, err)
	}
	noErr(t, s.FinishUpload(ctx, "U1", "TSD-0000-0001", day))
	if got, err := s.BeginUpload(ctx, again, roomy, uploader); err != nil || got.ID != "U2" {
		t.Errorf("after it was a document: %+v, %v", got, err)
	}
}

// uploadLimits hold for each account and for all; what is a document does not
// count.
func uploadLimits(t *testing.T, s Store) {
	ctx := t.Context()
	for i := range roomy.Each {
		_, err := s.BeginUpload(ctx, upload(fmt.Sprint("U", i)), roomy, uploader)
		noErr(t, err)
	}
	if _, err := s.BeginUpload(ctx, upload("U3"), roomy, uploader); !errors.Is(err, pipeline.ErrTooMany) {
		t.Errorf("one too many: %v", err)
	}
	noErr(t, s.FinishUpload(ctx, "U0", "TSD-0000-0001", day))
	_, err := s.BeginUpload(ctx, upload("U3"), roomy, uploader)
	noErr(t, err)
	other := upload("V0")
	other.Account = "somebody-else"
	_, err = s.BeginUpload(ctx, other, roomy, uploader)
	noErr(t, err)
	other.ID = "V1"
	if _, err := s.BeginUpload(ctx, other, roomy, uploader); !errors.Is(err, pipeline.ErrTooMany) {
		t.Errorf("one too many of all: %v", err)
	}
}

// uploadEnds: what is dropped or left alone is forgotten, and the log says so.
func uploadEnds(t *testing.T, s Store) {
	ctx := t.Context()
	for i, id := range []string{"U1", "U2", "U3"} {
		u := upload(id)
		u.BegunAt = day.Add(time.Duration(i) * time.Hour)
		_, err := s.BeginUpload(ctx, u, roomy, uploader)
		noErr(t, err)
	}
	noErr(t, s.DropUpload(ctx, "U1", uploader, day))
	gone, err := s.ExpireUploads(ctx, day.Add(2*time.Hour), day.Add(26*time.Hour))
	noErr(t, err)
	if len(gone) != 1 || gone[0].ID != "U2" {
		t.Errorf("expired %+v", gone)
	}
	if list, err := s.ListUploads(ctx, uploader.Name); err != nil || len(list) != 1 || list[0].ID != "U3" {
		t.Errorf("left %+v, %v", list, err)
	}
	for id, want := range map[string]string{"U1": "upload_dropped", "U2": "upload_expired", "U3": "upload_begun"} {
		events, err := s.History(ctx, id)
		noErr(t, err)
		if last := events[len(events)-1]; last.Detail != want || events[0].Detail != "upload_begun" {
			t.Errorf("of %s the log says %+v", id, events)
		}
	}
}
