package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/blob"
	"touchstone.internal/storage/blob/blobtest"
	"touchstone.internal/storage/embedded"
)

// TestMain is also the object store that the tests run against.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "s3" {
		if err := embedded.ServeS3(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// embeddedStore starts the object store that the program brings along.
func embeddedStore(t testing.TB) blob.Config {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err := embedded.StartS3(context.WithoutCancel(t.Context()), exe, t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return parse(t, s.URL())
}

func parse(t testing.TB, address string) blob.Config {
	t.Helper()
	cfg, err := blob.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func open(t testing.TB, cfg blob.Config) *blob.Store {
	t.Helper()
	s, err := blob.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// servers runs a test against every S3 server at hand.
func servers(t *testing.T, test func(t *testing.T, cfg blob.Config)) {
	t.Run("embedded", func(t *testing.T) { test(t, embeddedStore(t)) })
	t.Run("ceph", func(t *testing.T) {
		address := os.Getenv("TOUCHSTONE_TEST_CEPH")
		if address == "" {
			t.Skip("Ceph is NOT TESTED: start it with .ci/ceph-up.sh and put the address it prints into TOUCHSTONE_TEST_CEPH")
		}
		test(t, parse(t, address))
	})
}

func TestConformance(t *testing.T) {
	servers(t, func(t *testing.T, cfg blob.Config) {
		store := open(t, cfg)
		blobtest.Run(t, func(*testing.T) pipeline.Blobs { return store })
		t.Run("never changes what is there", func(t *testing.T) { immutable(t, cfg) })
		t.Run("the server compares both checksums", func(t *testing.T) { headers(t, cfg) })
		t.Run("makes the bucket once", func(t *testing.T) { makesBucket(t, cfg) })
		t.Run("refuses other keys", func(t *testing.T) { otherKeys(t, cfg) })
	})
}

// raw is a client that can do what Store will not.
func raw(t *testing.T, cfg blob.Config) *minio.Client {
	t.Helper()
	c, err := minio.New(cfg.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func blobOf(t *testing.T) (pipeline.Digest, string, []byte) {
	t.Helper()
	b := fmt.Appendf(nil, "%s %d", t.Name(), time.Now().UnixNano())
	d := pipeline.DigestOf(sha256.Sum256(b))
	return d, fmt.Sprintf("originals/%s/%s", d[:2], d), b
}

// immutable puts foreign bytes under a name first: they must survive.
func immutable(t *testing.T, cfg blob.Config) {
	store, foreign := open(t, cfg), []byte("something else")
	d, key, b := blobOf(t)
	c := raw(t, cfg)
	if _, err := c.PutObject(t.Context(), cfg.Bucket, key, bytes.NewReader(foreign), int64(len(foreign)), minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	before, err := c.StatObject(t.Context(), cfg.Bucket, key, minio.StatObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), pipeline.Originals, d, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatalf("put where something is: %v", err)
	}
	after, err := c.StatObject(t.Context(), cfg.Bucket, key, minio.StatObjectOptions{})
	if err != nil || after.ETag != before.ETag || !after.LastModified.Equal(before.LastModified) {
		t.Errorf("the object was changed: %+v, %v", after, err)
	}
	r, _, err := store.Get(t.Context(), pipeline.Originals, d)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, foreign) {
		t.Errorf("got %q, %v, want what was there", got, err)
	}
}

// headers looks at what is sent, through a server of our own.
func headers(t *testing.T, cfg blob.Config) {
	seen := tap(t, &cfg)
	d, _, b := blobOf(t)
	if err := open(t, cfg).Put(t.Context(), pipeline.Originals, d, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatal(err)
	}
	request := seen.String()
	for _, header := range []string{"If-None-Match: *", "Content-Md5: ", "X-Amz-Checksum-Sha256: "} {
		if !strings.Contains(request, header) {
			t.Errorf("the request has no %s:\n%s", header, request)
		}
	}
}

func makesBucket(t *testing.T, cfg blob.Config) {
	cfg.Bucket = fmt.Sprintf("touchstone-%d", time.Now().UnixNano())
	c := raw(t, cfg)
	if there, err := c.BucketExists(t.Context(), cfg.Bucket); there || err != nil {
		t.Fatalf("the bucket is there: %v, %v", there, err)
	}
	open(t, cfg)
	store := open(t, cfg)
	if err := store.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.RemoveBucket(t.Context(), cfg.Bucket); err != nil {
		t.Fatal(err)
	}
	if err := store.Ping(t.Context()); err == nil {
		t.Error("a ping found a bucket that is gone")
	}
}

func otherKeys(t *testing.T, cfg blob.Config) {
	cfg.SecretKey = "another-secret-word"
	_, err := blob.Open(t.Context(), cfg)
	if err == nil {
		t.Fatal("another secret key was let in")
	}
	if strings.Contains(err.Error(), cfg.SecretKey) {
		t.Errorf("the error tells the key: %v", err)
	}
}

func TestOpenGivesUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there now
	cfg := blob.Config{Endpoint: l.Addr().String(), Bucket: "bucket", AccessKey: "a", SecretKey: "secret-word"}
	start := time.Now()
	_, err = blob.Open(t.Context(), cfg)
	if err == nil || strings.Contains(err.Error(), cfg.SecretKey) {
		t.Errorf("no server: %v", err)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %s to give up", d)
	}
}

func BenchmarkPut(b *testing.B) {
	store := open(b, embeddedStore(b))
	bytesOf := bytes.Repeat([]byte("x"), 2<<20)
	b.SetBytes(int64(len(bytesOf)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		copy(bytesOf, fmt.Sprintf("%020d", n))
		d := pipeline.DigestOf(sha256.Sum256(bytesOf))
		if err := store.Put(b.Context(), pipeline.Originals, d, bytes.NewReader(bytesOf), int64(len(bytesOf))); err != nil {
			b.Fatal(err)
		}
	}
}
