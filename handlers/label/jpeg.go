package label

import "encoding/binary"

// Markers of a JPEG (ITU-T T.81, table B.1).
const (
	jpegProgressive = 0xc2 // SOF2
	jpegScan        = 0xda // SOS: what follows is data
)

// jpegFrame is what the frame header of a JPEG says about its cost.
type jpegFrame struct {
	progressive bool
	samples     float64 // a pixel's: 3 without subsampling, 1.5 with 4:2:0
}

// frameOf reads a JPEG's frame header. Without one, or in one that contradicts
// itself, the most costly kind is returned.
func frameOf(picture []byte) jpegFrame {
	costly := jpegFrame{progressive: true, samples: 4}
	for at := 2; at+4 <= len(picture); {
		if picture[at] != 0xff {
			at++
			continue
		}
		marker := picture[at+1]
		switch {
		case marker == 0xff: // a fill byte
			at++
			continue
		case marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd8: // without a length
			at += 2
			continue
		case marker == jpegScan:
			return costly
		}
		segment := picture[at+2:]
		length := int(binary.BigEndian.Uint16(segment))
		if length < 2 || length > len(segment) {
			return costly
		}
		if marker >= 0xc0 && marker <= jpegProgressive {
			return frame(segment[2:length], marker == jpegProgressive, costly)
		}
		at += 2 + length
	}
	return costly
}

// frame adds up the components' shares of the pixels (T.81, B.2.2).
func frame(header []byte, progressive bool, costly jpegFrame) jpegFrame {
	const before, each = 6, 3
	if len(header) < before {
		return costly
	}
	components := header[before:]
	most, sum := 0, 0
	for range int(header[before-1]) {
		if len(components) < each {
			return costly
		}
		share := int(components[1]>>4) * int(components[1]&15)
		most, sum = max(most, share), sum+share
		components = components[each:]
	}
	if most == 0 {
		return costly
	}
	return jpegFrame{progressive: progressive, samples: float64(sum) / float64(most)}
}
