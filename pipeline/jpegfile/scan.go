package jpegfile

import (
	"fmt"
	"slices"
)

// scan decodes one pass over the coefficients.
type scan struct {
	*reader
	Scan
	bits
	direct, alternating []*code // of each component
	before              []int32 // its last direct coefficient
	run                 int32   // blocks of which nothing more comes (T.81, G.1.2.2)
	block               func(i int, at *[64]int16) bool
}

// startScan reads a scan's head (T.81, B.2.3) and what it codes.
func (r *reader) startScan(data []byte) error {
	f := r.file
	switch {
	case !r.frame:
		return r.damaged("a scan before its frame")
	case len(f.Scans) >= r.limits.Scans:
		return fmt.Errorf("%w: more than %d scans", ErrLimit, r.limits.Scans)
	case len(data) < 1 || data[0] < 1 || data[0] > 4 || len(data) != 4+2*int(data[0]):
		return r.damaged("a scan of the wrong length")
	}
	if err := r.room(); err != nil {
		return err
	}
	n := int(data[0])
	last := data[1+2*n:]
	s := &scan{
		reader: r, bits: bits{b: r.b, at: r.at},
		Scan: Scan{From: int(last[0]), To: int(last[1]), High: int(last[2] >> 4), Low: int(last[2] & 15)},
	}
	blocks := 0
	for i := range n {
		at := slices.IndexFunc(f.Components, func(c Component) bool { return c.ID == data[1+2*i] })
		if at < 0 || slices.Contains(s.Components, at) {
			return r.damaged("a scan of a component that is not there")
		}
		s.Components = append(s.Components, at)
		tables := data[2+2*i]
		if tables>>4 > 3 || tables&15 > 3 {
			return r.damaged("a scan with a table that is none")
		}
		s.direct, s.alternating = append(s.direct, r.codes[0][tables>>4]), append(s.alternating, r.codes[1][tables&15])
		c := &f.Components[at]
		blocks += c.H * c.V
		if c.Steps == nil {
			if c.Steps = r.quant[c.Table]; c.Steps == nil {
				return r.damaged("a quantisation table is missing")
			}
		}
	}
	if n > 1 && blocks > 10 {
		return r.damaged("a unit of more than ten blocks")
	}
	if err := s.choose(); err != nil {
		return err
	}
	f.Scans = append(f.Scans, s.Scan)
	s.before = make([]int32, n)
	if err := s.read(); err != nil {
		return err
	}
	r.at = s.bits.at
	return r.skip()
}

// choose finds the way in which blocks of the scan are coded.
func (s *scan) choose() error {
	lacks := func(all []*code) bool { return slices.Contains(all, nil) }
	switch f := s.file; {
	case !f.Progressive && (s.From != 0 || s.To != 63 || s.High != 0 || s.Low != 0):
		return s.damaged("a part of the coefficients in a sequential file")
	case !f.Progressive && (lacks(s.direct) || lacks(s.alternating)):
		return s.damaged("a Huffman table is missing")
	case !f.Progressive:
		s.block = s.sequential
	case s.To > 63 || s.From > s.To || s.From == 0 && s.To != 0 || s.From > 0 && len(s.Components) != 1 ||
		s.Low > 13 || s.High != 0 && s.High != s.Low+1:
		return s.damaged("a scan that progressive files do not have")
	case s.From == 0 && s.High == 0 && lacks(s.direct), s.From > 0 && lacks(s.alternating):
		return s.damaged("a Huffman table is missing")
	case s.From == 0 && s.High == 0:
		s.block = s.firstDirect
	case s.From == 0:
		s.block = s.nextDirect
	case s.High == 0:
		s.block = s.firstAlternating
	default:
		s.block = s.nextAlternating
	}
	return nil
}

// read goes over the blocks: unit by unit where components are interleaved, and
// else block by block over what shows something (T.81, A.2).
func (s *scan) read() error {
	units := 0
	unit := func(f func() bool) error {
		if s.file.Restart > 0 && units > 0 && units%s.file.Restart == 0 {
			if !s.restart((units/s.file.Restart - 1) % 8) {
				return s.lost("a restart marker is missing")
			}
			clear(s.before)
			s.run = 0
		}
		units++
		if !f() || s.spent() {
			return s.lost("what is no code, or the end of the data")
		}
		return nil
	}
	if len(s.Components) == 1 {
		c := &s.file.Components[s.Components[0]]
		for y := range c.High {
			for x := range c.Wide {
				if err := unit(func() bool { return s.block(0, c.Block(x, y)) }); err != nil {
					return err
				}
			}
		}
		return nil
	}
	wide, high := s.file.mcus()
	for y := range high {
		for x := range wide {
			if err := unit(func() bool { return s.unit(x, y) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// unit reads one minimum coded unit of several components.
func (s *scan) unit(x, y int) bool {
	for i, at := range s.Components {
		c := &s.file.Components[at]
		for v := range c.V {
			for h := range c.H {
				if !s.block(i, c.Block(x*c.H+h, y*c.V+v)) {
					return false
				}
			}
		}
	}
	return true
}

func (s *scan) lost(what string) error {
	s.reader.at = s.bits.at
	return s.damaged(what)
}

// skip goes to the next marker after a scan. Some writers pad.
func (r *reader) skip() error {
	for ; r.at+1 < len(r.b); r.at++ {
		if next := Marker(r.b[r.at+1]); r.b[r.at] == 0xFF && next != 0 && next != 0xFF && (next < RST0 || next > RST7) {
			return nil
		}
	}
	return r.damaged("the end is missing")
}

// difference decodes the difference to the last direct coefficient of a component.
func (s *scan) difference(i int) (v int32, ok bool) {
	size, ok := s.decode(s.direct[i])
	if !ok || size > 15 {
		return 0, false
	}
	s.before[i] += s.signed(int(size))
	v = s.before[i]
	return v, v == int32(int16(v)) //nolint:gosec // that is what is asked
}

// sequential decodes a whole block (T.81, F.2.2).
func (s *scan) sequential(i int, at *[64]int16) bool {
	v, ok := s.difference(i)
	if !ok {
		return false
	}
	at[0] = int16(v) //nolint:gosec // it fits
	codes := s.alternating[i]
	for k := 1; k < 64; k++ {
		rs, ok := s.decode(codes)
		if !ok {
			return false
		}
		run, size := int(rs>>4), int(rs&15)
		if size == 0 {
			if run != 15 {
				break
			}
			k += 15
			continue
		}
		if k += run; k > 63 {
			return false
		}
		at[zigzag[k]] = int16(s.signed(size)) //nolint:gosec // 15 bits and a sign
	}
	return true
}

// firstDirect and the three after it are the scans of progressive files (T.81,
// G.1.2, and figures G.3 to G.7).
func (s *scan) firstDirect(i int, at *[64]int16) bool {
	v, ok := s.difference(i)
	if v <<= s.Low; !ok || v != int32(int16(v)) { //nolint:gosec // that is what is asked
		return false
	}
	at[0] = int16(v) //nolint:gosec // it fits
	return true
}

func (s *scan) nextDirect(_ int, at *[64]int16) bool {
	at[0] |= int16(s.take(1)) << s.Low //nolint:gosec // one bit
	return true
}

func (s *scan) firstAlternating(i int, at *[64]int16) bool {
	if s.run > 0 {
		s.run--
		return true
	}
	for k := s.From; k <= s.To; k++ {
		rs, ok := s.decode(s.alternating[i])
		if !ok {
			return false
		}
		run, size := int(rs>>4), int(rs&15)
		if size == 0 {
			if run < 15 {
				s.run = 1<<run + s.take(run) - 1
				break
			}
			k += 15
			continue
		}
		if k += run; k > s.To {
			return false
		}
		v := s.signed(size) << s.Low
		if v != int32(int16(v)) { //nolint:gosec // that is what is asked
			return false
		}
		at[zigzag[k]] = int16(v) //nolint:gosec // it fits
	}
	return true
}

func (s *scan) nextAlternating(i int, at *[64]int16) bool {
	k := s.From
	for s.run == 0 && k <= s.To {
		rs, ok := s.decode(s.alternating[i])
		if !ok {
			return false
		}
		run, size := int(rs>>4), rs&15
		value := int16(0)
		switch {
		case size > 1:
			return false
		case size == 1:
			value = int16(2*s.take(1)-1) << s.Low //nolint:gosec // one bit
		case run < 15:
			s.run = 1<<run + s.take(run)
		}
		if s.run > 0 {
			break
		}
		if k = s.refine(at, k, run); k > s.To && value != 0 {
			return false
		}
		if value != 0 {
			at[zigzag[k]] = value
		}
		k++
	}
	if s.run > 0 {
		s.refine(at, k, 64)
		s.run--
	}
	return true
}

// refine gives one more bit to the coefficients that have some, from k on, and
// stops at the one after so many that have none.
func (s *scan) refine(at *[64]int16, k, zeros int) int {
	for ; k <= s.To; k++ {
		v := &at[zigzag[k]]
		switch {
		case *v == 0 && zeros == 0:
			return k
		case *v == 0:
			zeros--
		case s.take(1) == 0: // it stays
		case *v > 0:
			*v += 1 << s.Low
		default:
			*v -= 1 << s.Low
		}
	}
	return k
}
