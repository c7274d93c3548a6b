package jpegfile

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Read reads a file. An error wraps ErrUnsupported, ErrDamaged or ErrLimit, and
// then nothing of the file is given: half of the evidence is none.
func Read(b []byte, limits Limits) (*File, error) {
	r, err := open(b, limits)
	for err == nil {
		var s Segment
		if s, err = r.next(); err != nil {
			break
		}
		if s.Marker == EOI {
			return r.end()
		}
		err = r.understand(s)
	}
	return nil, err
}

// Head reads what stands before the first scan: all but coefficients and scans. The
// errors are those of Read.
func Head(b []byte, limits Limits) (*File, error) {
	r, err := open(b, limits)
	for err == nil {
		var s Segment
		if s, err = r.next(); err != nil {
			break
		}
		if s.Marker == SOS && r.frame {
			for i := range r.file.Components {
				c := &r.file.Components[i]
				c.Steps = r.quant[c.Table]
			}
			return r.end()
		}
		if s.Marker == SOS || s.Marker == EOI {
			return nil, r.damaged("no picture in the file")
		}
		err = r.understand(s)
	}
	return nil, err
}

// open begins a file.
func open(b []byte, limits Limits) (*reader, error) {
	r := &reader{b: b, limits: limits, file: &File{}}
	if len(b) < 4 || b[0] != 0xFF || Marker(b[1]) != SOI {
		return nil, r.damaged("no JPEG file")
	}
	r.file.Segments = append(r.file.Segments, Segment{Marker: SOI})
	r.at = 2
	return r, nil
}

// reader goes through a file.
type reader struct {
	b      []byte
	at     int
	limits Limits
	file   *File
	quant  [4]*[64]uint16
	codes  [2][4]*code // direct and alternating
	frame  bool
}

func (r *reader) damaged(what string) error {
	return fmt.Errorf("%w at byte %d: %s", ErrDamaged, r.at, what)
}

// marker finds the next one. Fill bytes before it are lawful (T.81, B.1.1.2).
func (r *reader) marker() (Marker, error) {
	if r.at >= len(r.b) || r.b[r.at] != 0xFF {
		return 0, r.damaged("no marker where one must be")
	}
	for r.at < len(r.b) && r.b[r.at] == 0xFF {
		r.at++
	}
	if r.at >= len(r.b) {
		return 0, r.damaged("the end is missing")
	}
	m := Marker(r.b[r.at])
	r.at++
	return m, nil
}

// next reads one segment.
func (r *reader) next() (Segment, error) {
	m, err := r.marker()
	if err != nil {
		return Segment{}, err
	}
	s := Segment{Marker: m, Offset: r.at - 2}
	if m != EOI {
		if len(r.b)-r.at < 2 {
			return s, r.damaged("a segment is cut short")
		}
		n := int(binary.BigEndian.Uint16(r.b[r.at:]))
		if n < 2 || n > len(r.b)-r.at {
			return s, r.damaged("a segment is cut short")
		}
		s.Data = r.b[r.at+2 : r.at+n]
		r.at += n
	}
	r.file.Segments = append(r.file.Segments, s)
	return s, nil
}

// end gives the file if all of its components are there.
func (r *reader) end() (*File, error) {
	if r.file.Components == nil || slices.ContainsFunc(r.file.Components, func(c Component) bool { return c.Steps == nil }) {
		return nil, r.damaged("a component is missing")
	}
	r.file.End = r.at
	return r.file, nil
}

// understand reads what a segment says, and the scan that follows it.
func (r *reader) understand(s Segment) error {
	data, offset := s.Data, s.Offset
	switch m := s.Marker; m {
	case SOF0, SOF1, SOF2:
		return r.startFrame(m, data)
	case DHT:
		return r.huffmanTables(offset, data)
	case DQT:
		return r.quantTables(offset, data)
	case DRI:
		if len(data) != 2 {
			return r.damaged("a restart interval of the wrong length")
		}
		r.file.Restart = int(binary.BigEndian.Uint16(data))
	case SOS:
		return r.startScan(data)
	case APPE:
		if len(data) >= 12 && string(data[:5]) == "Adobe" {
			t := AdobeTransform(data[11])
			r.file.Adobe = &t
		}
	case DNL, DAC, JPG:
		return fmt.Errorf("%w: marker %#x", ErrUnsupported, m)
	default:
		if m >= SOF0 && m < SOI || m < SOF0 && m != 0x01 {
			return fmt.Errorf("%w: marker %#x", ErrUnsupported, m)
		}
	}
	return nil
}

// quantTables reads the tables of a DQT segment (T.81, B.2.4.1).
func (r *reader) quantTables(offset int, data []byte) error {
	for len(data) > 0 {
		t := QuantTable{ID: int(data[0] & 15), Precise: data[0]>>4 == 1, Offset: offset}
		size := 64
		if t.Precise {
			size = 128
		}
		if data[0]>>4 > 1 || t.ID > 3 || len(data) < 1+size {
			return r.damaged("a quantisation table that is none")
		}
		for i := range 64 {
			step := uint16(data[1+i*size/64])
			if t.Precise {
				step = binary.BigEndian.Uint16(data[1+2*i:])
			}
			if step == 0 {
				return r.damaged("a quantisation step of 0")
			}
			t.Steps[zigzag[i]] = step
		}
		data = data[1+size:]
		r.file.Quantisation = append(r.file.Quantisation, t)
		r.quant[t.ID] = &t.Steps
	}
	return nil
}

// startFrame reads what the picture is (T.81, B.2.2).
func (r *reader) startFrame(m Marker, data []byte) error {
	switch {
	case r.frame:
		return r.damaged("two frames in one file")
	case len(data) < 6 || len(data) != 6+3*int(data[5]):
		return r.damaged("a frame of the wrong length")
	case data[0] != 8:
		return fmt.Errorf("%w: %d bits a sample", ErrUnsupported, data[0])
	}
	f := r.file
	r.frame, f.Progressive = true, m == SOF2
	f.Height, f.Width = int(binary.BigEndian.Uint16(data[1:])), int(binary.BigEndian.Uint16(data[3:]))
	n := int(data[5])
	switch {
	case f.Width == 0 || f.Height == 0:
		return fmt.Errorf("%w: its size is not in its frame", ErrUnsupported)
	case n == 0 || n > 4:
		return fmt.Errorf("%w: %d components", ErrUnsupported, n)
	case f.Width*f.Height > r.limits.Pixels:
		return fmt.Errorf("%w: %d x %d pixels", ErrLimit, f.Width, f.Height)
	}
	for i := range n {
		c := Component{ID: data[6+3*i], H: int(data[7+3*i] >> 4), V: int(data[7+3*i] & 15), Table: int(data[8+3*i])}
		if c.H < 1 || c.H > 4 || c.V < 1 || c.V > 4 || c.Table > 3 {
			return r.damaged("a component that is none")
		}
		for _, other := range f.Components {
			if other.ID == c.ID {
				return r.damaged("two components of one number")
			}
		}
		f.Components = append(f.Components, c)
	}
	return nil
}

// mcus is how many minimum coded units a picture has across and down.
func (f *File) mcus() (wide, high int) {
	h, v := f.most()
	return ceil(f.Width, 8*h), ceil(f.Height, 8*v)
}

// most are the largest sampling factors.
func (f *File) most() (h, v int) {
	for _, c := range f.Components {
		h, v = max(h, c.H), max(v, c.V)
	}
	return h, v
}

// room makes the room for the coefficients, before the first scan.
func (r *reader) room() error {
	f := r.file
	if f.Components[0].Quantised != nil {
		return nil
	}
	h, v := f.most()
	wide, high := f.mcus()
	blocks := 0
	for i := range f.Components {
		c := &f.Components[i]
		c.Wide, c.High = ceil(ceil(f.Width*c.H, h), 8), ceil(ceil(f.Height*c.V, v), 8)
		c.Stride, c.Rows = wide*c.H, high*c.V
		blocks += c.Stride * c.Rows
	}
	if blocks > 4*(r.limits.Pixels/64+1) {
		return fmt.Errorf("%w: %d blocks", ErrLimit, blocks)
	}
	for i := range f.Components {
		c := &f.Components[i]
		c.Quantised = make([]int16, c.Stride*c.Rows*64)
	}
	return nil
}

func ceil(a, b int) int { return (a + b - 1) / b }

// zigzag is the place in natural order of each coefficient in the order of the
// file (T.81, figure A.6). What runs over the end of a block is caught before.
var zigzag = [64]uint8{ //nolint:gochecknoglobals // a table, never written
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}
