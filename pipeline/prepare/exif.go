package prepare

import (
	"bytes"
	"encoding/binary"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/jpegfile"
)

// orientation gives the turn that the file asks for by the EXIF tag
// Orientation. Of EXIF nothing else is read here, so this is a walker of forty
// lines and not a library. Anything broken asks for no turn.
func orientation(raw []byte, t pipeline.MediaType, head *jpegfile.File) pipeline.Orientation {
	var tiff []byte
	switch t {
	case pipeline.JPEG:
		tiff = jpegExif(head)
	case pipeline.PNG:
		tiff = pngExif(raw)
	case pipeline.WebP:
		for c := range riff(raw) {
			if c.id == "EXIF" {
				tiff = c.body
			}
		}
	}
	return pipeline.OrientationOf(tiffOrientation(bytes.TrimPrefix(tiff, exifName)))
}

// exifName begins a JPEG segment with EXIF.
var exifName = []byte("Exif\x00\x00") //nolint:gochecknoglobals // a constant, if bytes could be one

// jpegExif finds the EXIF segment before the first scan.
func jpegExif(head *jpegfile.File) []byte {
	if head == nil {
		return nil
	}
	for _, s := range head.Segments {
		if s.Marker == jpegfile.APP1 && bytes.HasPrefix(s.Data, exifName) {
			return s.Data
		}
	}
	return nil
}

// pngExif finds the eXIf chunk (PNG 3rd edition, 11.3.5).
func pngExif(raw []byte) []byte {
	for i := int64(8); i+12 <= int64(len(raw)); {
		n := int64(binary.BigEndian.Uint32(raw[i:]))
		if i+12+n > int64(len(raw)) {
			return nil
		}
		if string(raw[i+4:i+8]) == "eXIf" {
			return raw[i+8 : i+8+n]
		}
		i += 12 + n
	}
	return nil
}

// tiffOrientation reads tag 0x0112 of the first directory; 0 if there is none.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(b[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 0
	}
	for range min(order.Uint16(b[at:]), 512) {
		if at+14 > int64(len(b)) {
			return 0
		}
		if entry := b[at+2 : at+14]; order.Uint16(entry) == 0x0112 && order.Uint16(entry[2:]) == 3 {
			return int(order.Uint16(entry[8:]))
		}
		at += 12
	}
	return 0
}
