//go:build noembed

package embedded

import (
	"context"
	"errors"
)

// canServeS3 says why this program cannot serve an object store.
func canServeS3() error {
	return errors.New("this program was built without the embedded object store: " +
		"run 'touchstone desk' and 'touchstone worker' against an S3 server, or build it without the tag noembed")
}

// ServeS3 says that it was left out of this program.
func ServeS3(context.Context) error { return canServeS3() }
