package cell

import (
	_ "embed"
	"math"
)

// Print is a kind of typeface.
type Print int

// The prints that are known by their looks: that of a zone, and two that people
// have at hand who want one.
const (
	OCRB Print = iota
	Typewriter
	Sans
	Prints // how many there are
)

// LookBlurs are the standard deviations, in pitches, that each look is kept at:
// a picture is compared with looks as soft as it is itself.
var LookBlurs = [3]float64{.05, .11, .18} //nolint:gochecknoglobals // a table, never written

// looksTable has the mean looks of all characters, in 28ths: by print, blur and
// character.
//
//go:embed looks.bin
var looksTable []byte

// Like is the correlation, up to 1, of a sampled cell of ReaderShape with the
// mean look of class c in a print at a blur.
func Like(x []float32, p Print, blur, c int) float64 {
	size := ReaderShape.Size()
	look := looksTable[((int(p)*len(LookBlurs)+blur)*Junk+c)*size:][:size]
	var sum, squares float64
	for i, b := range look {
		v := float64(int8(b)) //nolint:gosec // two's complement, as written
		sum += v * float64(x[i])
		squares += v * v
	}
	if squares == 0 {
		return 0
	}
	return sum / math.Sqrt(squares*float64(size)) // x has deviation 1
}
