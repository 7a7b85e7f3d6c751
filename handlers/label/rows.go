package label

import (
	"slices"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

const (
	mostRuns  = 600
	quietZone = 5.5 // modules of light that end a code; a light bar within one has at most four
	padding   = 12  // modules of light around what is given to a decoder
	perModule = 8   // bits
)

// rowReader reads the barcodes that scan lines cross.
type rowReader struct {
	line     line
	backward []float32
	kinds    []barcode
}

// barcode is a kind of barcode: how one begins, and what reads it.
type barcode struct {
	start    func(runs []float32) (module float32, ok bool) // runs[0] is dark
	decode   oned.RowDecoder
	shortest int // characters of a text that is believed
}

func newRowReader() *rowReader {
	kinds := []barcode{
		{start: start128, shortest: 6},
		{start: start39, shortest: 8}, // it has no check digit
	}
	for i, reader := range []gozxing.Reader{oned.NewCode128Reader(), oned.NewCode39Reader()} {
		if decode, ok := reader.(oned.RowDecoder); ok {
			kinds[i].decode = decode
		}
	}
	return &rowReader{kinds: kinds}
}

// read gives found every text that one scan line crosses, in either direction.
func (r *rowReader) read(samples []float32, share float32, found func(text string)) {
	forward := r.line.read(samples, share)
	if len(forward)%2 == 0 {
		forward = append(forward, 0) // the last is light, as the first
	}
	r.backward = append(r.backward[:0], forward...)
	slices.Reverse(r.backward)
	for _, runs := range [][]float32{forward, r.backward} {
		for at := 1; at < len(runs); at += 2 {
			at += r.codeAt(runs[at:], found)
		}
	}
}

// codeAt reads the code that begins with the first of the runs, if one does, and
// returns how many runs it has, an even number.
func (r *rowReader) codeAt(runs []float32, found func(text string)) int {
	for _, kind := range r.kinds {
		module, ok := kind.start(runs)
		if !ok {
			continue
		}
		code := untilQuiet(runs, module)
		result, err := kind.decode.DecodeRow(0, bits(code, module), nil)
		if err != nil {
			continue
		}
		if text, ok := plausible(result.GetText()); ok && len(text) >= kind.shortest && isASCII(text) {
			found(text)
			return len(code) - len(code)%2
		}
	}
	return 0
}

// start128 says whether the runs begin with one of the three start characters of
// Code 128 and go on with another character, which is as wide: 11 modules.
func start128(runs []float32) (module float32, ok bool) {
	const character, wide = 6, 11
	if len(runs) < 4*character+1 {
		return 0, false
	}
	module = sum(runs[:character]) / wide
	if next := sum(runs[character:2*character]) / wide; next < module*0.7 || next > module*1.4 {
		return 0, false
	}
	for _, pattern := range [...][character]float32{{2, 1, 1, 4, 1, 2}, {2, 1, 1, 2, 1, 4}, {2, 1, 1, 2, 3, 2}} {
		if near(runs, pattern[:], module) {
			return module, true
		}
	}
	return 0, false
}

func near(runs, pattern []float32, module float32) bool {
	const most, mean = 0.75, 0.3 // modules
	off := float32(0)
	for i, wide := range pattern {
		d := runs[i]/module - wide
		if d < 0 {
			d = -d
		}
		if d > most {
			return false
		}
		off += d
	}
	return off <= mean*float32(len(pattern))
}

// start39 says whether the runs begin with the asterisk of Code 39, whose second,
// fifth and seventh bars are wide, and go on with a character that is as wide.
func start39(runs []float32) (module float32, ok bool) {
	const character = 9
	if len(runs) < 3*(character+1) {
		return 0, false
	}
	narrow, wide := float32(0), runs[1]
	for i, run := range runs[:character] {
		if i == 1 || i == 4 || i == 6 {
			wide = min(wide, run)
		} else {
			narrow = max(narrow, run)
		}
	}
	if narrow >= wide || runs[character] >= wide {
		return 0, false
	}
	here, next := sum(runs[:character]), sum(runs[character+1:2*character+1])
	if next < here*0.7 || next > here*1.4 {
		return 0, false
	}
	return here / 13, true // six narrow bars, and three that are two to three times as wide
}

func sum(runs []float32) float32 {
	total := float32(0)
	for _, run := range runs {
		total += run
	}
	return total
}

// untilQuiet cuts the runs where a code that begins with them must end.
func untilQuiet(runs []float32, module float32) []float32 {
	runs = runs[:min(len(runs), mostRuns)]
	for i := 1; i < len(runs); i += 2 {
		if runs[i] > quietZone*module {
			return runs[:i]
		}
	}
	return runs
}

// bits draws runs, of which the first is dark, as the row of a picture.
func bits(runs []float32, module float32) *gozxing.BitArray {
	scale := perModule / module
	row := gozxing.NewBitArray(int(sum(runs)*scale) + 2*padding*perModule + 1)
	at := float32(padding * perModule)
	for i, run := range runs {
		end := at + run*scale
		if i%2 == 0 {
			for x := int(at + 0.5); x < int(end+0.5); x++ {
				row.Set(x)
			}
		}
		at = end
	}
	return row
}

// plausible is a code's text without the blanks around it; false where nobody
// would print such a text on a label.
func plausible(text string) (string, bool) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\ufffd"))
	return text, text != "" && len(text) <= maxText && !strings.ContainsRune(text, '\ufffd')
}

// isASCII says that a barcode's text is what can be printed; FNC4, which makes
// other bytes, is on no label.
func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
