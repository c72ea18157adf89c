package dataset

import (
	"bytes"
	"encoding/binary"
)

// orientation returns how the pixels of an image file are to be turned, 1..8 as in EXIF;
// 1, as they are, where the file does not say.
func orientation(format string, data []byte) int {
	exif, ok := data, format == "tiff"
	switch format {
	case "jpeg":
		exif, ok = jpegEXIF(data)
	case "png":
		exif, ok = chunk(data, 8, binary.BigEndian, true, "eXIf")
	case "webp":
		exif, ok = chunk(data, 12, binary.LittleEndian, false, "EXIF")
	}
	if !ok {
		return 1
	}
	turn, _ := readIFD(bytes.TrimPrefix(exif, []byte("Exif\x00\x00")))
	return turn
}

// turned returns the place in a file, of the given size, of pixel x, y of the image turned
// upright.
func turned(turn, x, y, width, height int) (int, int) {
	switch turn {
	case 2:
		return width - 1 - x, y
	case 3:
		return width - 1 - x, height - 1 - y
	case 4:
		return x, height - 1 - y
	case 5:
		return y, x
	case 6:
		return y, height - 1 - x
	case 7:
		return width - 1 - y, height - 1 - x
	case 8:
		return width - 1 - y, x
	}
	return x, y
}

// jpegEXIF finds the segment of EXIF data before the first scan.
func jpegEXIF(data []byte) ([]byte, bool) {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		marker := data[i+1]
		if marker == 0xff { // padding
			i++
			continue
		}
		end := i + 2 + int(binary.BigEndian.Uint16(data[i+2:]))
		if marker == 0xda || end > len(data) || end < i+4 {
			return nil, false
		}
		if body := data[i+4 : end]; marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body, true
		}
		i = end
	}
	return nil, false
}

// chunk finds a chunk of a PNG file, where the length comes first and a checksum last, or
// of a RIFF file, where the name comes first and lengths are made even.
func chunk(data []byte, at int, order binary.ByteOrder, isPNG bool, name string) ([]byte, bool) {
	for at+8 <= len(data) {
		called, length, tail := data[at:at+4], uint64(order.Uint32(data[at+4:])), uint64(0)
		if isPNG {
			called, length, tail = data[at+4:at+8], uint64(order.Uint32(data[at:])), 4
		} else {
			tail = length & 1
		}
		end := uint64(at) + 8 + length
		if end > uint64(len(data)) {
			return nil, false
		}
		if string(called) == name {
			return data[at+8 : end], true
		}
		at = int(min(end+tail, uint64(len(data))))
	}
	return nil, false
}

// readIFD returns the orientation in the first directory of a TIFF file, which EXIF data
// are, and whether another directory follows.
func readIFD(data []byte) (turn int, more bool) {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(data) < 8:
		return 1, false
	case data[0] == 'M':
		order = binary.BigEndian
	}
	start := uint64(order.Uint32(data[4:]))
	if start+2 > uint64(len(data)) {
		return 1, false
	}
	entries := data[start+2:]
	turn = 1
	for range order.Uint16(data[start:]) {
		if len(entries) < 12 {
			return turn, false
		}
		const tag, short = 0x112, 3
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				turn = v
			}
		}
		entries = entries[12:]
	}
	return turn, len(entries) >= 4 && order.Uint32(entries) != 0
}

// severalFrames reports whether a file has images after the first.
func severalFrames(format string, data []byte) bool {
	switch format {
	case "gif":
		return gifFrames(data) > 1
	case "png":
		_, animated := chunk(data, 8, binary.BigEndian, true, "acTL")
		return animated
	case "tiff":
		_, more := readIFD(data)
		return more
	}
	return false
}

// gifFrames counts the images of a GIF file, as far as it is sound.
func gifFrames(data []byte) (frames int) {
	if len(data) < 13 {
		return 0
	}
	colours := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	i := 13 + colours(data[10])
	for i+10 < len(data) {
		switch data[i] {
		case 0x2c: // an image: its place and colours, the size of its codes, its blocks
			frames++
			i += 11 + colours(data[i+9])
		case 0x21: // an extension
			i += 2
		default:
			return frames
		}
		for i < len(data) && data[i] != 0 {
			i += 1 + int(data[i])
		}
		i++
	}
	return frames
}

// foreignImage names the format of an image that is not read, "" for other data.
func foreignImage(head []byte) string {
	if len(head) > 20 && string(head[12:16]) == "VP8X" && head[20]&2 != 0 {
		return "an animated WebP image"
	}
	for _, f := range []struct {
		at          int
		magic, name string
	}{
		{4, "ftypheic", "a HEIC image"},
		{4, "ftypheix", "a HEIC image"},
		{4, "ftypmif1", "a HEIF image"},
		{4, "ftypavif", "an AVIF image"},
		{0, "\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"},
		{0, "\x00\x00\x00\x0cJXL ", "a JPEG XL image"},
		{0, "\xff\x0a", "a JPEG XL image"},
		{0, "8BPS", "a Photoshop file"},
		{0, "%PDF", "a PDF file"},
		{0, "<svg", "an SVG drawing"},
		{0, "SIMPLE  =", "a FITS image"},
		{128, "DICM", "a DICOM image"},
	} {
		if len(head) > f.at && bytes.HasPrefix(head[f.at:], []byte(f.magic)) {
			return f.name
		}
	}
	return ""
}
