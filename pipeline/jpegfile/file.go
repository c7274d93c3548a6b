package jpegfile

import "errors"

// What reading can end in, beside ErrLimit.
var (
	ErrUnsupported = errors.New("jpegfile: a kind of JPEG that is not read")
	ErrDamaged     = errors.New("jpegfile: damaged or cut short")
	ErrLimit       = errors.New("jpegfile: larger than the limits allow")
)

// Limits bound what a file may ask for. They hold for any file of 8 bytes or more.
type Limits struct {
	Pixels int // width times height
	Scans  int // progressive files have about ten; each costs a pass over the blocks
}

// DefaultLimits let every camera's file through.
var DefaultLimits = Limits{Pixels: 64 << 20, Scans: 64} //nolint:gochecknoglobals // a constant, if a struct could be one

// File is what a JPEG file says of itself.
type File struct {
	Width, Height int // in pixels, as stored
	Progressive   bool
	Components    []Component
	Segments      []Segment       // all, in the order of the file
	Quantisation  []QuantTable    // in the order of the file; a later one replaces one of its number
	Huffman       []HuffmanTable  // likewise
	Scans         []Scan          // in the order of the file
	Restart       int             // MCUs between restart markers; 0 if there are none
	Adobe         *AdobeTransform // what an Adobe segment says of colours; nil if there is none
	// End is where the end marker ends, or what Head has read: what comes after the
	// end is no part of the picture.
	End int
}

// Marker is the second byte of a marker (T.81, table B.1).
type Marker byte

// The markers that reading asks for.
const (
	SOF0 Marker = 0xC0 // baseline
	SOF1 Marker = 0xC1 // extended sequential
	SOF2 Marker = 0xC2 // progressive
	DHT  Marker = 0xC4
	JPG  Marker = 0xC8
	DAC  Marker = 0xCC
	RST0 Marker = 0xD0
	RST7 Marker = 0xD7
	SOI  Marker = 0xD8
	EOI  Marker = 0xD9
	SOS  Marker = 0xDA
	DQT  Marker = 0xDB
	DNL  Marker = 0xDC
	DRI  Marker = 0xDD
	APP0 Marker = 0xE0
	APP1 Marker = 0xE1
	APPE Marker = 0xEE
	COM  Marker = 0xFE
)

// Segment is a marker with its content.
type Segment struct {
	Marker Marker
	Offset int    // of the marker in the file
	Data   []byte // a part of the file, without marker and length
}

// Scan is one pass over the coefficients.
type Scan struct {
	Components []int // indices into File.Components
	From, To   int   // coefficients in zigzag order, both included
	High, Low  int   // successive approximation: bits known before, and after
}

// QuantTable is the steps by which coefficients were divided.
type QuantTable struct {
	ID      int
	Steps   [64]uint16 // in natural order: row by row
	Offset  int        // of its segment
	Precise bool       // written with 16 bits
}

// HuffmanTable is a code as the file has it.
type HuffmanTable struct {
	AC     bool
	ID     int
	Counts [16]uint8 // of codes of each length from 1 bit
	Values []byte    // by rising code
	Offset int       // of its segment
}

// AdobeTransform is the colour transform of an Adobe segment: 0 none, 1 YCbCr, 2
// YCCK.
type AdobeTransform byte

// Component is one plane of the picture, for the most part luminance or one of two
// chrominances.
type Component struct {
	ID        byte
	H, V      int // sampling factors
	Table     int // number of its quantisation table
	Steps     *[64]uint16
	Wide      int     // blocks that show something, across
	High      int     // and down
	Stride    int     // blocks in a row as stored: whole MCUs
	Rows      int     // rows as stored
	Quantised []int16 // 64 a block in natural order, rows of Stride blocks
}

// Block gives the quantised coefficients of a block, row by row: the first is the
// mean of the block, scaled.
func (c *Component) Block(x, y int) *[64]int16 {
	i := (y*c.Stride + x) * 64
	return (*[64]int16)(c.Quantised[i : i+64])
}
