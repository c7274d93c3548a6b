//go:build !noembed

package embedded

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// TestBackend talks to the backend without a server: with extended attributes
// and, as on a file system without them, with files beside the objects.
func TestBackend(t *testing.T) {
	for name, sidecar := range map[string]bool{"attributes": false, "files": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir) // and back afterwards: the backend changes it
			d := backendOf(t, dir, sidecar)
			if err := d.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new("bucket"), CreateBucketConfiguration: &types.CreateBucketConfiguration{}}, []byte("{}")); err != nil {
				t.Fatal(err)
			}
			if err := putInto(t, d, "first bytes"); err != nil {
				t.Fatal(err)
			}
			var e s3err.S3Error
			if err := putInto(t, d, "other bytes"); !errors.As(err, &e) || e.StatusCode() != 412 {
				t.Errorf("a second put under the name: %v, want 412", err)
			}
			got, err := os.ReadFile(filepath.Join(dir, "objects", "bucket", "a", "b", "key"))
			if err != nil || string(got) != "first bytes" {
				t.Errorf("on disk is %q, %v", got, err)
			}
			out, err := d.GetObject(t.Context(), &s3.GetObjectInput{Bucket: new("bucket"), Key: new("a/b/key"), Range: new("")})
			if err != nil {
				t.Fatal(err)
			}
			defer out.Body.Close()
			if b, err := io.ReadAll(out.Body); err != nil || string(b) != "first bytes" || *out.ETag == "" {
				t.Errorf("got %q with tag %q, %v", b, *out.ETag, err)
			}
		})
	}
}

func backendOf(t *testing.T, dir string, sidecar bool) *durable {
	t.Helper()
	if !sidecar {
		d, err := openBackend(dir)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	root, side := filepath.Join(dir, "objects"), filepath.Join(dir, "meta")
	for _, folder := range []string{root, side} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	store, err := meta.NewSideCar(side)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openPosix(root, store, side)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func putInto(t *testing.T, d *durable, s string) error {
	t.Helper()
	size := int64(len(s))
	_, err := d.PutObject(t.Context(), s3response.PutObjectInput{
		Bucket: new("bucket"), Key: new("a/b/key"), ContentLength: &size, Body: bytes.NewReader([]byte(s)), IfNoneMatch: new("*"),
	})
	return err
}

func TestSyncTellsWhatIsMissing(t *testing.T) {
	d := &durable{root: t.TempDir()}
	if err := d.sync("bucket", "key"); err == nil || !strings.Contains(err.Error(), "sync object") {
		t.Errorf("sync of an object that is not there: %v", err)
	}
}
