//go:build !cgo

package ocr

import (
	"errors"
	"image"
)

// Reader is one tesseract. This program was built without cgo and has none.
type Reader struct{}

var errNone = errors.New("this program was built without tesseract: build it with CGO_ENABLED=1")

// Version tells that there is none.
func Version() string { return "none" }

// New always fails.
func New() (*Reader, error) { return nil, errNone }

// Close does nothing.
func (*Reader) Close() error { return nil }

// Read always fails.
func (*Reader) Read(*image.Gray, Mode) ([]Glyph, error) { return nil, errNone }

// ReadWords always fails.
func (*Reader) ReadWords(*image.Gray) ([]Word, error) { return nil, errNone }
