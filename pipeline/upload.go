package pipeline

import (
	"context"
	"errors"
	"time"
)

// Upload is a file that arrives piece by piece, over a line that may break. It
// is no document yet.
type Upload struct {
	ID        string // letters and digits by chance, of which nothing can be guessed
	Account   string
	FileName  string // as the uploader named it; personal data, never logged
	Size      int64  // bytes when it is complete
	Digest    Digest // as the sender computed it; may be empty
	BegunAt   time.Time
	TouchedAt time.Time  // when the last piece came
	Document  DocumentID // what it has become; empty until then
}

// UploadTime is how long an upload is kept that nobody goes on with.
const UploadTime = 24 * time.Hour

// UploadLimits are how many uploads may be unfinished, of one account and of all.
type UploadLimits struct{ Each, All int }

// ErrTooMany says that a limit is reached.
var ErrTooMany = errors.New("too many")

// Uploads keeps the record of uploads; their bytes lie with the desk. What
// begins, drops or expires one writes its audit entry in the same transaction.
type Uploads interface {
	// BeginUpload records an upload. The same account's unfinished upload with
	// the same digest comes back instead, so that a request that was repeated
	// begins nothing twice. ErrTooMany if a limit is reached.
	BeginUpload(ctx context.Context, u Upload, most UploadLimits, who Account) (Upload, error)
	FindUpload(ctx context.Context, id string) (Upload, error)
	// ListUploads gives the unfinished uploads of an account, oldest first.
	ListUploads(ctx context.Context, account string) ([]Upload, error)
	// TouchUpload says that a piece has come.
	TouchUpload(ctx context.Context, id string, now time.Time) error
	// FinishUpload says what document an upload has become.
	FinishUpload(ctx context.Context, id string, d DocumentID, now time.Time) error
	// DropUpload forgets an unfinished upload; ErrNotFound if there is none.
	DropUpload(ctx context.Context, id string, who Account, now time.Time) error
	// ExpireUploads forgets every upload that was last touched before a time, and
	// gives those that it forgot.
	ExpireUploads(ctx context.Context, before, now time.Time) ([]Upload, error)
}
