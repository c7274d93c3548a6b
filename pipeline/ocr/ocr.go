// Package ocr is the way to tesseract, and the one package that needs cgo. It
// reads the printed page, and looks only at grey pictures that we drew
// ourselves: never at an upload, for tesseract's library of pictures opens
// anything that looks like one. It says what it sees; whether that may be relied
// upon is for others to judge.
package ocr

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
)

// Glyph is one character that tesseract saw.
type Glyph struct {
	Rune       byte            // A-Z, 0-9 or <
	Box        image.Rectangle // in pixels of the picture that was read
	Confidence float64         // 0 to 1, as tesseract says
}

// Word is one word that tesseract saw on a page: anything that it can write, in
// UTF-8, and not always a word.
type Word struct {
	Text string          // never empty
	Box  image.Rectangle // in pixels of the picture that was read
	Line int             // the same for all words of a line, from 0
}

// Mode is what tesseract is told that a picture shows.
type Mode string

// The modes, with tesseract's own numbers for them.
const (
	Block Mode = "6"  // some lines of one size, one under another
	Line  Mode = "7"  // one line
	Page  Mode = "11" // lines anywhere
)

// language is what tesseract is to read: none of Debian's knows OCR-B, and
// this one knows all its characters.
const language = "eng"

// whitelist are the characters of a zone (Doc 9303-3, 4.2). Anything narrower
// would make tesseract see what we want to see.
const whitelist = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"

// CheckLanguageData tells whether tesseract's language data is where tesseract
// looks for it. Without it, the binding writes over memory that is not its own,
// so this is asked first.
func CheckLanguageData() error {
	dir := os.Getenv("TESSDATA_PREFIX")
	if dir == "" {
		dir = "/usr/share/tesseract-ocr/5/tessdata" // Debian 12 has it compiled in
	}
	file := filepath.Join(dir, language+".traineddata")
	if info, err := os.Stat(file); err != nil || info.Size() == 0 { //nolint:gosec // the operator names the folder
		return fmt.Errorf("find tesseract's language data %s: install tesseract-ocr-eng", file)
	}
	return nil
}
