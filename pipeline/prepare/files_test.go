package prepare

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// Files that no encoder at hand writes are written here by the byte.

// pngHead is a PNG file that ends after its header chunk.
func pngHead(w, h uint32, depth, colour byte) []byte {
	body := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	body = binary.BigEndian.AppendUint32(body, h)
	body = append(body, depth, colour, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	b = append(b, body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
}

func segment(marker byte, body ...byte) []byte {
	b := []byte{0xff, marker}
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)+2))
	return append(b, body...)
}

// flatJPEG is a JPEG file of middling samples: one Huffman code of one zero bit
// says of each block that its difference is nought, and that it ends. Marker is
// 0xc0 for a baseline and 0xc2 for a progressive picture.
func flatJPEG(marker byte, w, h uint16, components, scans int) []byte {
	b := []byte{0xff, 0xd8}
	if components == 4 { // which without Adobe's segment means nothing
		b = append(b, segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")...)...)
	}
	quant := make([]byte, 65)
	for i := range quant[1:] {
		quant[i+1] = 1
	}
	b = append(b, segment(0xdb, quant...)...)
	frame := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(components)}
	scan := []byte{byte(components)}
	for c := range components {
		frame = append(frame, byte(c+1), 0x11, 0)
		scan = append(scan, byte(c+1), 0)
	}
	b = append(b, segment(marker, frame...)...)
	for _, class := range []byte{0x00, 0x10} {
		table := make([]byte, 18)
		table[0], table[1] = class, 1
		b = append(b, segment(0xc4, table...)...)
	}
	last, bits := byte(63), 2
	if marker == 0xc2 {
		last, bits = 0, 1 // a scan of the first coefficient alone
	}
	for range scans {
		b = append(b, segment(0xda, append(slices.Clip(scan), 0, last, 0)...)...)
		blocks := (int(w) + 7) / 8 * ((int(h) + 7) / 8) * components
		b = append(b, make([]byte, (blocks*bits+7)/8)...)
	}
	return append(b, 0xff, 0xd9)
}

// riffOf is a WebP file of some chunks.
func riffOf(chunks ...chunk) []byte {
	body := []byte("WEBP")
	for _, c := range chunks {
		body = append(body, c.id...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(c.body)))
		body = append(body, c.body...)
		if len(c.body)%2 == 1 {
			body = append(body, 0)
		}
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// losslessChunk is a lossless WebP picture of one colour (RFC 9649, 3): all five
// prefix codes have one symbol, so that pixels take no bits.
func losslessChunk(w, h int, red, green, blue, alpha byte) chunk {
	var b []byte
	n := 0
	put := func(v uint32, bits int) {
		for i := range bits {
			if n%8 == 0 {
				b = append(b, 0)
			}
			b[n/8] |= byte(v>>i&1) << (n % 8)
			n++
		}
	}
	put(0x2f, 8)
	put(uint32(w-1), 14)
	put(uint32(h-1), 14)
	put(1, 1) // has alpha
	put(0, 3)
	put(0, 3) // no transform, no colour cache, one group of codes
	for _, symbol := range []byte{green, red, blue, alpha, 0} {
		put(1, 1) // simple
		put(0, 1) // one symbol
		put(1, 1) // of eight bits
		put(uint32(symbol), 8)
	}
	return chunk{"VP8L", b}
}

// canvas is the head of an extended WebP file.
func canvas(w, h int, flags byte) chunk {
	b := []byte{flags, 0, 0, 0}
	b = append(b, byte(w-1), byte((w-1)>>8), byte((w-1)>>16), byte(h-1), byte((h-1)>>8), byte((h-1)>>16))
	return chunk{"VP8X", b}
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exifOf is an EXIF segment's content that asks for a turn.
func exifOf(order binary.AppendByteOrder, turn uint16) []byte {
	head := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		head = "MM"
	}
	b := order.AppendUint16([]byte(head), 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, tag := range [2]uint16{0x0100, 0x0112} {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, 3)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, turn)
		b = order.AppendUint16(b, 0)
	}
	return order.AppendUint32(b, 0)
}

// withExif puts EXIF data into a JPEG file.
func withExif(file, tiff []byte) []byte {
	out := append([]byte{}, file[:2]...)
	out = append(out, segment(0xe1, append([]byte("Exif\x00\x00"), tiff...)...)...)
	return append(out, file[2:]...)
}

// document is a drawn document on white.
func document(t testing.TB, format mrz.Format, dpi float64) (*image.NRGBA, fixtures.Truth) {
	t.Helper()
	m, truth, err := fixtures.Draw(fixtures.Spec{Format: format, Seed: 17, Resolution: dpi})
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(m.Rect)
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, image.Point{}, draw.Over)
	return out, truth
}

// stored is how a picture is stored so that a turn makes it upright.
func stored(m *image.NRGBA, o pipeline.Orientation) *image.NRGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if o.Quarters%2 == 1 {
		w, h = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			at := o.ToStored(image.Rect(x, y, x+1, y+1), w, h).Min
			out.SetNRGBA(at.X, at.Y, m.NRGBAAt(x, y))
		}
	}
	return out
}
