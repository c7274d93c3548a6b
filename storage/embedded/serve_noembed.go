//go:build noembed

package embedded

import (
	"context"
	"errors"
)

// hasS3 tells whether this program can serve an object store.
const hasS3 = false

var errNoS3 = errors.New("this program was built without the embedded object store: " +
	"run 'touchstone desk' and 'touchstone worker' against an S3 server, or build it without the tag noembed")

// ServeS3 says that it was left out of this program.
func ServeS3(context.Context) error { return errNoS3 }
