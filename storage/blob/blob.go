// Package blob keeps bytes in a bucket of any S3 server, each under its
// SHA-256, and never changes them.
//
// It relies on a small part of S3 that all servers it is tested against have:
// one PUT of known size with Content-MD5 and If-None-Match, GET and HEAD. It
// does not delete, list, version or encrypt, and it looks into no byte of what
// it keeps.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"touchstone.internal/pipeline"
)

const (
	// tries bounds how often one request is sent. Waits between them grow from
	// at most 0.2 s to at most 1 s, so that a restart of the server is survived.
	tries = 6
	// putTimeout and askTimeout bound one call with all its tries.
	putTimeout = 60 * time.Second
	askTimeout = 15 * time.Second
)

// Store keeps blobs in one bucket. It is safe for use by many goroutines.
type Store struct {
	core   minio.Core
	bucket string
}

// Open connects to the server and makes the bucket if it is missing.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		cfg.Region = defaultRegion
	}
	transport, err := minio.DefaultTransport(cfg.Secure)
	if err != nil {
		return nil, fmt.Errorf("prepare object store client: %w", err)
	}
	transport.DialContext = (&net.Dialer{Timeout: 5 * time.Second}).DialContext
	transport.ResponseHeaderTimeout = askTimeout
	core, err := minio.NewCore(cfg.Endpoint, &minio.Options{
		Creds:      credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""),
		Secure:     cfg.Secure,
		Region:     cfg.Region,
		Transport:  transport,
		MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare object store client: %w", err)
	}
	s := &Store{core: *core, bucket: cfg.Bucket}
	return s, s.makeBucket(ctx, cfg.Region)
}

// makeBucket makes the bucket; another process may be first.
func (s *Store) makeBucket(ctx context.Context, region string) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	there, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("look for bucket %s: %w", s.bucket, err)
	}
	if there {
		return nil
	}
	err = s.core.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: region})
	if code := minio.ToErrorResponse(err).Code; err != nil && code != minio.BucketAlreadyOwnedByYou && code != minio.BucketAlreadyExists {
		return fmt.Errorf("make bucket %s: %w", s.bucket, err)
	}
	return nil
}

// Put stores size bytes of r under their digest; see pipeline.Blobs. It reads
// them once more before it sends them: bytes that do not have the digest or
// the size are refused and nothing is sent. The server compares both checksums
// again, and If-None-Match makes it keep what it has.
func (s *Store) Put(ctx context.Context, kind pipeline.BlobKind, d pipeline.Digest, r io.ReadSeeker, size int64) error {
	key, err := keyOf(kind, d)
	if err != nil {
		return err
	}
	sum, err := verify(r, d, size)
	if err != nil {
		return fmt.Errorf("put blob %s: %w", d, err)
	}
	ctx, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	opts := minio.PutObjectOptions{
		SendContentMd5:   true, // object lock on Amazon's servers demands it
		DisableMultipart: true, // one request, so that If-None-Match holds and nothing is left behind
		// Ceph 16 refuses an empty body in signed chunks.
		DisableContentSha256: size == 0,
		UserMetadata:         map[string]string{"X-Amz-Checksum-Sha256": base64.StdEncoding.EncodeToString(sum)},
	}
	opts.SetMatchETagExcept("*")
	_, err = s.core.Client.PutObject(ctx, s.bucket, key, body(r, size), size, opts)
	if err != nil && minio.ToErrorResponse(err).StatusCode != http.StatusPreconditionFailed {
		return fmt.Errorf("put blob %s: %w", d, err)
	}
	return nil
}

// Get opens a blob; see pipeline.Blobs. The caller's context bounds the
// reading of the body, which the caller closes.
func (s *Store) Get(ctx context.Context, kind pipeline.BlobKind, d pipeline.Digest) (io.ReadCloser, int64, error) {
	key, err := keyOf(kind, d)
	if err != nil {
		return nil, 0, err
	}
	// Core sends the request now; Client.GetObject would only at the first Read.
	r, info, _, err := s.core.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			err = pipeline.ErrNotFound
		}
		return nil, 0, fmt.Errorf("get blob %s: %w", d, err)
	}
	return r, info.Size, nil
}

// Ping tells whether the server answers and the bucket is there.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	there, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("look for bucket %s: %w", s.bucket, err)
	}
	if !there {
		return fmt.Errorf("look for bucket %s: %w", s.bucket, pipeline.ErrNotFound)
	}
	return nil
}

// keyOf is the name of a blob: originals/ab/abcd... Two digits make folders of
// bearable size on servers that keep objects as files.
func keyOf(kind pipeline.BlobKind, d pipeline.Digest) (string, error) {
	if kind != pipeline.Originals && kind != pipeline.Renditions && kind != pipeline.Referrals {
		return "", errors.New("name blob: unknown kind")
	}
	if _, err := pipeline.ParseDigest(string(d)); err != nil {
		return "", fmt.Errorf("name blob: %w", err)
	}
	return fmt.Sprintf("%s/%s/%s", kind, d[:2], d), nil
}

// verify reads r to its end, compares size and digest, and goes back.
func verify(r io.ReadSeeker, d pipeline.Digest, size int64) (sum []byte, err error) {
	start, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err != nil {
		return nil, err
	}
	if n != size {
		return nil, fmt.Errorf("%d bytes where %d were announced", n, size)
	}
	sum = h.Sum(nil)
	if pipeline.DigestOf([sha256.Size]byte(sum)) != d {
		return nil, errors.New("the bytes have another digest")
	}
	_, err = r.Seek(start, io.SeekStart)
	return sum, err
}

// body is r without its Close, which the client would call: the caller owns r.
// What can be read at an offset can be sent again from any start.
func body(r io.ReadSeeker, size int64) io.Reader {
	if at, ok := r.(io.ReaderAt); ok {
		if start, err := r.Seek(0, io.SeekCurrent); err == nil {
			return io.NewSectionReader(at, start, size)
		}
	}
	return struct{ io.ReadSeeker }{r}
}
