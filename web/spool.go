package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"touchstone.internal/pipeline"
)

// Files lie in the spool without a name, so that nothing is left of them when
// they are closed or the process dies. So many may be open at a time, in all
// and for each account: at 20 MB each, 2.6 GB and 0.8 GB.
const (
	maxSpooled     = 128
	maxSpooledEach = 2 * maxFiles
)

// spool makes the files through which pictures pass.
type spool struct {
	dir   string
	quota *quota
}

func newSpool(dir string) *spool { return &spool{dir, newQuota(maxSpooled, maxSpooledEach)} }

// spooled is a file without a name. Whoever opened it closes it.
type spooled struct {
	*os.File
	spool   *spool
	account string
}

// open makes an empty file for an account.
func (s *spool) open(account string) (*spooled, error) {
	return s.adopt(account, func() (*os.File, error) {
		f, err := os.CreateTemp(s.dir, "touchstone-*")
		if err != nil {
			return nil, err
		}
		if err := os.Remove(f.Name()); err != nil { //nolint:gosec // the name is one that CreateTemp gave
			return nil, errors.Join(err, f.Close())
		}
		return f, nil
	})
}

// adopt opens a file within the account's quota.
func (s *spool) adopt(account string, open func() (*os.File, error)) (*spooled, error) {
	if !s.quota.take(account) {
		return nil, problemTooMany("Too many files are on their way at once. Wait a few seconds and try again")
	}
	f, err := open()
	if err != nil {
		s.quota.give(account)
		return nil, fmt.Errorf("open spool file: %w", err)
	}
	return &spooled{f, s, account}, nil
}

// Close gives the space back.
func (f *spooled) Close() error {
	f.spool.quota.give(f.account)
	return f.File.Close()
}

// blobRef names a blob.
type blobRef struct {
	kind   pipeline.BlobKind
	digest pipeline.Digest
}

// maxBlob bounds what is fetched from the store: a rendition may be larger
// than the original that it was drawn from.
const maxBlob = 4 * pipeline.MaxUploadBytes

// errDiffers says that the store gave other bytes than it was given.
var errDiffers = errors.New("the stored bytes have another digest")

// fetch copies a blob to a spool file and compares its digest before the first
// byte is served.
func (s *server) fetch(ctx context.Context, ref blobRef) (_ *spooled, err error) {
	body, _, err := s.Blobs.Get(ctx, ref.kind, ref.digest)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	f, err := s.spool.open(infoOf(ctx).who.Name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(body, maxBlob)); err != nil {
		return nil, fmt.Errorf("copy blob %s: %w", ref.digest, err)
	}
	if pipeline.DigestOf([sha256.Size]byte(sum.Sum(nil))) != ref.digest {
		return nil, fmt.Errorf("copy blob %s: %w", ref.digest, errDiffers)
	}
	return f, nil
}
