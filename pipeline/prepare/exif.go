package prepare

import (
	"bytes"
	"encoding/binary"

	"touchstone.internal/pipeline"
)

// orientation gives the turn that the file asks for by the EXIF tag
// Orientation. Of EXIF nothing else is read here, so this is a walker of forty
// lines and not a library. Anything broken asks for no turn.
func orientation(raw []byte, t pipeline.MediaType) pipeline.Orientation {
	var tiff []byte
	switch t {
	case pipeline.JPEG:
		tiff = jpegExif(raw)
	case pipeline.PNG:
		tiff = pngExif(raw)
	case pipeline.WebP:
		for c := range riff(raw) {
			if c.id == "EXIF" {
				tiff = c.body
			}
		}
	}
	return pipeline.OrientationOf(tiffOrientation(bytes.TrimPrefix(tiff, []byte("Exif\x00\x00"))))
}

// jpegExif finds the EXIF segment before the first scan.
func jpegExif(raw []byte) []byte {
	for i := 2; i+4 <= len(raw) && raw[i] == 0xff && raw[i+1] != 0xda; {
		end := i + 2 + int(binary.BigEndian.Uint16(raw[i+2:]))
		if end < i+4 || end > len(raw) {
			return nil
		}
		if body := raw[i+4 : end]; raw[i+1] == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body
		}
		i = end
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
