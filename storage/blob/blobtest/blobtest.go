// Package blobtest holds the tests that every store of blobs passes. It knows
// pipeline.Blobs alone and no store.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"sync"
	"testing"

	"touchstone.internal/pipeline"
)

// Run tests a store. The store may hold other blobs already, of earlier runs
// too: the bytes are new ones each time.
func Run(t *testing.T, open func(t *testing.T) pipeline.Blobs) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, pipeline.Blobs){
		"gives back what was put":      putGet,
		"keeps nothing it was not put": missing,
		"takes the same bytes again":   again,
		"keeps kinds apart":            kinds,
		"takes the same bytes at once": concurrent,
		"refuses another size":         wrongSize,
		"refuses another digest":       wrongDigest,
		"refuses what is no name":      wrongName,
		"starts where the reader is":   offset,
		"leaves the reader open":       staysOpen,
		"ends with its context":        cancelled,
		"answers a ping":               ping,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// random gives n bytes that no other call gives, with their digest.
func random(n int) ([]byte, pipeline.Digest) {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b, pipeline.DigestOf(sha256.Sum256(b))
}

// put stores b and fails the test if that fails.
func put(t *testing.T, s pipeline.Blobs, d pipeline.Digest, b []byte) {
	t.Helper()
	if err := s.Put(t.Context(), pipeline.Originals, d, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatalf("put %d bytes: %v", len(b), err)
	}
}

// want fails the test unless the store gives exactly b.
func want(t *testing.T, s pipeline.Blobs, d pipeline.Digest, b []byte) {
	t.Helper()
	r, size, err := s.Get(t.Context(), pipeline.Originals, d)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	if size != int64(len(b)) || !bytes.Equal(got, b) {
		t.Errorf("got %d bytes, said to be %d, want the %d that were put", len(got), size, len(b))
	}
}

// wantMissing fails the test if the store has a blob of that name.
func wantMissing(t *testing.T, s pipeline.Blobs, kind pipeline.BlobKind, d pipeline.Digest) {
	t.Helper()
	r, _, err := s.Get(t.Context(), kind, d)
	if err == nil {
		_ = r.Close()
	}
	if !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("get of a missing blob: %v, want %v", err, pipeline.ErrNotFound)
	}
}

func putGet(t *testing.T, s pipeline.Blobs) {
	for _, n := range []int{0, 1, 4096, 5 << 20, pipeline.MaxUploadBytes} {
		b, d := random(n)
		put(t, s, d, b)
		want(t, s, d, b)
	}
}

func missing(t *testing.T, s pipeline.Blobs) {
	_, d := random(16)
	wantMissing(t, s, pipeline.Originals, d)
}

func again(t *testing.T, s pipeline.Blobs) {
	b, d := random(1000)
	put(t, s, d, b)
	put(t, s, d, b)
	want(t, s, d, b)
}

func kinds(t *testing.T, s pipeline.Blobs) {
	b, d := random(1000)
	put(t, s, d, b)
	wantMissing(t, s, pipeline.Renditions, d)
}

func concurrent(t *testing.T, s pipeline.Blobs) {
	b, d := random(300_000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.Put(t.Context(), pipeline.Originals, d, bytes.NewReader(b), int64(len(b))); err != nil {
				t.Errorf("put: %v", err)
			}
		})
	}
	wg.Wait()
	want(t, s, d, b)
}

func wrongSize(t *testing.T, s pipeline.Blobs) {
	for _, by := range []int64{-1, 1, -1000} {
		b, d := random(1000)
		if err := s.Put(t.Context(), pipeline.Originals, d, bytes.NewReader(b), int64(len(b))+by); err == nil {
			t.Errorf("a size that is wrong by %d was taken", by)
		}
		wantMissing(t, s, pipeline.Originals, d)
	}
}

func wrongDigest(t *testing.T, s pipeline.Blobs) {
	b, _ := random(1000)
	_, other := random(1000)
	if err := s.Put(t.Context(), pipeline.Originals, other, bytes.NewReader(b), int64(len(b))); err == nil {
		t.Error("bytes of another digest were taken")
	}
	wantMissing(t, s, pipeline.Originals, other)
}

func wrongName(t *testing.T, s pipeline.Blobs) {
	b, d := random(10)
	if err := s.Put(t.Context(), pipeline.BlobKind("others"), d, bytes.NewReader(b), 10); err == nil {
		t.Error("an unknown kind was taken")
	}
	for _, name := range []pipeline.Digest{"", "../../etc/passwd", d[:63], d + "0"} {
		if err := s.Put(t.Context(), pipeline.Originals, name, bytes.NewReader(b), 10); err == nil {
			t.Errorf("put took the name %q", name)
		}
		if _, _, err := s.Get(t.Context(), pipeline.Originals, name); err == nil {
			t.Errorf("get took the name %q", name)
		}
	}
}

func offset(t *testing.T, s pipeline.Blobs) {
	b, d := random(1000)
	r := bytes.NewReader(append([]byte("skipped"), b...))
	if _, err := r.Seek(int64(len("skipped")), io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), pipeline.Originals, d, r, int64(len(b))); err != nil {
		t.Fatalf("put: %v", err)
	}
	want(t, s, d, b)
}

// closer is a reader that knows whether it was closed, and nothing that helps
// to read it at an offset.
type closer struct {
	io.ReadSeeker
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func staysOpen(t *testing.T, s pipeline.Blobs) {
	for _, n := range []int{0, 1000} {
		b, d := random(n)
		r := &closer{ReadSeeker: bytes.NewReader(b)}
		if err := s.Put(t.Context(), pipeline.Originals, d, r, int64(n)); err != nil {
			t.Fatalf("put %d bytes: %v", n, err)
		}
		if r.closed {
			t.Errorf("the reader of %d bytes was closed; it is the caller's", n)
		}
		want(t, s, d, b)
	}
}

func cancelled(t *testing.T, s pipeline.Blobs) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b, d := random(1000)
	if err := s.Put(ctx, pipeline.Originals, d, bytes.NewReader(b), int64(len(b))); err == nil {
		t.Error("put worked after its context had ended")
	}
	if _, _, err := s.Get(ctx, pipeline.Originals, d); err == nil || errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("get after its context had ended: %v", err)
	}
}

func ping(t *testing.T, s pipeline.Blobs) {
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
}
