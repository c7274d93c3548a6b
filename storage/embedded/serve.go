//go:build !noembed

package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// canServeS3 says why this program cannot serve an object store; it can.
func canServeS3() error { return nil }

// ServeS3 serves the object store that StartS3 asked for, until ctx ends or
// the process is told to end. It changes the working directory and can run
// once in a process, so it has a process of its own.
func ServeS3(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cfg s3Config
	if err := json.Unmarshal([]byte(os.Getenv(s3Env)), &cfg); err != nil {
		return fmt.Errorf("serve object store: it is started by 'touchstone up' alone: %w", err)
	}
	syscall.Umask(0o077) // the backend makes lock files that others could read
	backend, err := openBackend(cfg.Dir)
	if err != nil {
		return fmt.Errorf("serve object store: %w", err)
	}
	err = embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess: cfg.AccessKey, RootUserSecret: cfg.SecretKey,
		Ports:          []string{cfg.Address},
		MaxConnections: 1024, MaxRequests: 512, MultipartMaxParts: 10_000,
		HealthPath: healthPath, KeepAlive: true, Quiet: true,
	})
	if err != nil {
		return fmt.Errorf("serve object store: %w", err)
	}
	return nil
}

// openBackend keeps objects as files below dir/objects. What S3 knows of them
// goes into extended attributes or, where the file system has none, into files
// below dir/meta.
func openBackend(dir string) (*durable, error) {
	root := filepath.Join(dir, "objects")
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	if (meta.XattrMeta{}).Test(root) == nil {
		return openPosix(root, meta.XattrMeta{}, "")
	}
	side := filepath.Join(dir, "meta")
	if err := os.MkdirAll(side, 0o700); err != nil {
		return nil, err
	}
	store, err := meta.NewSideCar(side)
	if err != nil {
		return nil, err
	}
	return openPosix(root, store, side)
}

// openPosix opens the backend with either kind of store.
func openPosix(root string, store meta.MetadataStorer, side string) (*durable, error) {
	opts := posix.PosixOpts{CopyObjectThreshold: 5 << 30, SideCarDir: side}
	opts.SetNewDirPerm(0o700)
	opts.SetNewFilePerm(0o600)
	p, err := posix.New(root, store, opts)
	if err != nil {
		return nil, err
	}
	return &durable{Posix: p, root: root}, nil
}

// durable adds what the backend leaves out: an object that the client is told
// of is on disk, its bytes, its attributes and every folder on the way to it.
type durable struct {
	*posix.Posix
	root string
}

// PutObject syncs the bytes before they get their name, so that a name never
// stands for less than all of them.
func (d *durable) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	out, err := d.PutObjectWithPostFunc(ctx, in, (*os.File).Sync)
	// Who hears that the object is there already relies on it just as much.
	var e s3err.S3Error
	if err == nil || (errors.As(err, &e) && e.StatusCode() == 412) {
		if syncErr := d.sync(*in.Bucket, *in.Key); syncErr != nil {
			return out, syncErr
		}
	}
	return out, err
}

// CompleteMultipartUpload syncs the object that it made.
func (d *durable) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	out, version, err := d.Posix.CompleteMultipartUpload(ctx, in)
	if err == nil {
		err = d.sync(*in.Bucket, *in.Key)
	}
	return out, version, err
}

// CopyObject syncs the copy.
func (d *durable) CopyObject(ctx context.Context, in s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	out, err := d.Posix.CopyObject(ctx, in)
	if err == nil {
		err = d.sync(*in.Bucket, *in.Key)
	}
	return out, err
}

// CreateBucket syncs the new folder.
func (d *durable) CreateBucket(ctx context.Context, in *s3.CreateBucketInput, acl []byte) error {
	if err := d.Posix.CreateBucket(ctx, in, acl); err != nil {
		return err
	}
	return d.sync(*in.Bucket, "")
}

// sync makes an object and the folders up to the root safe.
func (d *durable) sync(bucket, key string) error {
	for path := filepath.Join(d.root, bucket, key); ; path = filepath.Dir(path) {
		if err := syncFile(path); err != nil {
			return fmt.Errorf("sync object: %w", err)
		}
		if path == d.root {
			return nil
		}
	}
}
