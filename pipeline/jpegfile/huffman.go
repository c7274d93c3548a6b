package jpegfile

// lutBits is how many bits of a code are looked up at once. Longer ones are rare.
const lutBits = 9

// code decodes one Huffman table (T.81, annexes C and F.2.2.3).
type code struct {
	lut    [1 << lutBits]uint16 // length and value of the code that the bits begin with; 0 if it is longer
	most   [17]int32            // largest code of a length; -1 if there is none
	offset [17]int32            // of the values of a length, less their first code
	values []byte
}

// huffmanTables reads the tables of a DHT segment (T.81, B.2.4.2).
func (r *reader) huffmanTables(offset int, data []byte) error {
	for len(data) > 0 {
		if len(data) < 17 {
			return r.damaged("a Huffman table is cut short")
		}
		t := HuffmanTable{AC: data[0]>>4 == 1, ID: int(data[0] & 15), Offset: offset}
		copy(t.Counts[:], data[1:17])
		n := 0
		for _, count := range t.Counts {
			n += int(count)
		}
		if data[0]>>4 > 1 || t.ID > 3 || n > 256 || len(data) < 17+n {
			return r.damaged("a Huffman table that is none")
		}
		t.Values = data[17 : 17+n]
		data = data[17+n:]
		c := t.code()
		if c == nil {
			return r.damaged("a Huffman table with more codes than there are")
		}
		r.file.Huffman = append(r.file.Huffman, t)
		class := 0
		if t.AC {
			class = 1
		}
		r.codes[class][t.ID] = c
	}
	return nil
}

// code prepares a table; nil if its codes do not fit their lengths.
func (t HuffmanTable) code() *code {
	c := &code{values: t.Values}
	next, at := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		n := int32(t.Counts[length-1])
		if next+n > 1<<length {
			return nil
		}
		c.offset[length], c.most[length] = at-next, next+n-1
		if n == 0 {
			c.most[length] = -1
		}
		for i := range n {
			if length <= lutBits {
				first := int(next+i) << (lutBits - length)
				for j := range 1 << (lutBits - length) {
					c.lut[first+j] = uint16(length)<<8 | uint16(t.Values[at+i])
				}
			}
		}
		next, at = (next+n)<<1, at+n
	}
	return c
}

// bits reads the entropy-coded bytes of a scan up to its next marker.
type bits struct {
	b    []byte
	at   int
	acc  uint64 // the next bits, from the top
	n    int    // how many of them
	fake int    // of those: beyond the end of the data
}

// fill makes 32 bits or more ready. Beyond the end they are zeros, which spent
// tells.
func (b *bits) fill() {
	for b.n <= 56 {
		v := uint64(0)
		switch {
		case b.at >= len(b.b):
			b.fake += 8
		case b.b[b.at] != 0xFF:
			v = uint64(b.b[b.at])
			b.at++
		case b.at+1 < len(b.b) && b.b[b.at+1] == 0: // stuffed (T.81, B.1.1.5)
			v = 0xFF
			b.at += 2
		default:
			b.fake += 8
		}
		b.acc |= v << (56 - b.n)
		b.n += 8
	}
}

// spent tells whether more was read than there is.
func (b *bits) spent() bool { return b.n < b.fake }

func (b *bits) drop(n int) {
	b.acc <<= n
	b.n -= n
}

// take gives n bits, 16 at most.
func (b *bits) take(n int) int32 {
	if n == 0 {
		return 0
	}
	if b.n < n {
		b.fill()
	}
	v := int32(b.acc >> (64 - n)) //nolint:gosec // 16 bits at most
	b.drop(n)
	return v
}

// signed gives a value of n bits as coefficients are written (T.81, F.2.2.1).
func (b *bits) signed(n int) int32 {
	v := b.take(n)
	if n > 0 && v < 1<<(n-1) {
		v += -1<<n + 1
	}
	return v
}

// decode gives the value of the next code; ok is false if there is none.
func (b *bits) decode(c *code) (v byte, ok bool) {
	if b.n < 16 {
		b.fill()
	}
	if found := c.lut[b.acc>>(64-lutBits)]; found != 0 {
		b.drop(int(found >> 8))
		return byte(found & 0xFF), true
	}
	for length := 1; length <= 16; length++ {
		v := int32(b.acc >> (64 - length)) //nolint:gosec // 16 bits at most
		if v <= c.most[length] {
			b.drop(length)
			return c.values[c.offset[length]+v], true
		}
	}
	return 0, false
}

// restart begins anew after a restart marker; ok is false if it is not there.
func (b *bits) restart(number int) (ok bool) {
	b.fill()
	if b.n-b.fake >= 8 || b.at+1 >= len(b.b) || b.b[b.at] != 0xFF || int(b.b[b.at+1]) != int(RST0)+number {
		return false
	}
	*b = bits{b: b.b, at: b.at + 2}
	return true
}
