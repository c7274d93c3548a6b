package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/workers"
)

// demoPassword is that of every demo account. The demo listens on loopback
// unless told otherwise, and says so on the terminal.
const demoPassword = "utopia-specimen"

// demoAccounts are roles, not people.
func demoAccounts() []pipeline.Account {
	return []pipeline.Account{
		{Name: "officer", Title: "Duty officer", Role: pipeline.RoleOfficer},
		{Name: "reviewer", Title: "Document examiner", Role: pipeline.RoleReviewer},
		{Name: "second-reviewer", Title: "Second document examiner", Role: pipeline.RoleReviewer},
		{Name: "safeguarding", Title: "Safeguarding lead", Role: pipeline.RoleSafeguarding},
		{Name: "analyst", Title: "Intelligence analyst", Role: pipeline.RoleAnalyst},
		{Name: "supervisor", Title: "Supervisor", Role: pipeline.RoleSupervisor},
		{Name: "auditor", Title: "Auditor", Role: pipeline.RoleAuditor},
		{Name: "operator", Title: "Operator", Role: pipeline.RoleOperator},
		{Name: "administrator", Title: "Administrator", Role: pipeline.RoleAdministrator},
	}
}

// demoDocument is one synthetic upload of the demo encounter of its channel.
type demoDocument struct {
	channel pipeline.Channel
	capture pipeline.CaptureClass
	format  mrz.Format
	fault   fixtures.Fault
}

// demoDocuments are a few encounters with one document each or several, most
// without a fault.
func demoDocuments() []demoDocument {
	return []demoDocument{
		{pipeline.ChannelPrimary, pipeline.CapturePhoto, mrz.TD3, fixtures.NoFault},
		{pipeline.ChannelPrimary, pipeline.CapturePhoto, mrz.MRVA, fixtures.NoFault},
		{pipeline.ChannelSecondLine, pipeline.CapturePhoto, mrz.TD3, fixtures.DateOfBirthDigit},
		{pipeline.ChannelCustody, pipeline.CaptureScanner, mrz.TD1, fixtures.NoFault},
		{pipeline.ChannelCustody, pipeline.CapturePhoto, mrz.TD3, fixtures.DateOfExpiryDigit},
		{pipeline.ChannelInCountry, pipeline.CaptureCopy, mrz.TD2, fixtures.UnknownState},
	}
}

// addDemo adds what the demo shows, once: accounts that exist mean that it was
// done before.
func addDemo(ctx context.Context, out io.Writer, s *servers) error {
	var names []string
	for _, a := range demoAccounts() {
		names = append(names, a.Name)
	}
	fmt.Fprintf(out, "Demo accounts: %s; the password of each is %s\n", strings.Join(names, ", "), demoPassword)
	for _, a := range demoAccounts() {
		err := addAccount(ctx, s.db, a.Name, a.Title, a.Role, demoPassword)
		if errors.Is(err, errAccountExists) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	encounters := map[pipeline.Channel]string{}
	for i, d := range demoDocuments() {
		if encounters[d.channel] == "" {
			e, err := s.db.OpenEncounter(ctx, demoEncounter(d.channel, time.Now()))
			if err != nil {
				return err
			}
			encounters[d.channel] = e.Reference
		}
		if err := addDemoDocument(ctx, s, d, encounters[d.channel], uint64(i+1)); err != nil {
			return err
		}
	}
	return nil
}

// demoEncounter is where somebody has been waiting for a while.
func demoEncounter(c pipeline.Channel, now time.Time) pipeline.Encounter {
	return pipeline.Encounter{Site: "UTO", Channel: c, People: 2, ClockFrom: now.Add(-40 * time.Minute), OpenedBy: "officer", OpenedAt: now}
}

// addDemoDocument draws a document and takes it the way of every upload.
func addDemoDocument(ctx context.Context, s *servers, demo demoDocument, encounter string, seed uint64) error {
	picture, _, err := fixtures.Picture(demo.format, demo.fault, seed)
	if err != nil {
		return fmt.Errorf("draw a specimen: %w", err)
	}
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return err
	}
	d := pipeline.Document{
		ID: pipeline.NewDocumentID(random), Digest: pipeline.DigestOf(sha256.Sum256(picture)),
		Size: int64(len(picture)), MediaType: pipeline.JPEG, FileName: "specimen.jpg",
		Encounter: encounter, Capture: demo.capture, UploadedBy: "officer",
		ReceivedAt: time.Now().UTC(), State: pipeline.StateReceived,
	}
	if err := s.blobs.Put(ctx, pipeline.Originals, d.Digest, bytes.NewReader(picture), d.Size); err != nil {
		return err
	}
	d, _, err = s.db.Create(ctx, d)
	if err != nil {
		return err
	}
	return workers.NewEnqueuer(s.redis).EnqueueScreen(ctx, d.ID, d.Attempt+1)
}
