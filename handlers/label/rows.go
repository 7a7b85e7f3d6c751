package label

import (
	"slices"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

const (
	mostRuns  = 600
	quietZone = 8  // modules, as wide as the first ones, that end a code; a run within one has at most four, wider ones where the label comes nearer
	padding   = 12 // modules of light around what is given to a decoder
	perModule = 8  // bits

	leastSpread = 0.1 // modules that are worth correcting
)

// rowReader reads the barcodes that scan lines cross.
type rowReader struct {
	line     line
	backward []float32
	kinds    []barcode
}

// barcode is a kind of barcode: how one begins, and what reads it.
type barcode struct {
	start    func(runs []float32) (begin, bool) // runs[0] is dark
	decode   oned.RowDecoder
	shortest int // characters of a text that is believed
}

// begin is what the first character of a code tells: the width of a module in
// samples, and by how much dark runs are too wide and light ones too narrow. Ink
// spreads, and so does what is blurred and over- or underexposed.
type begin struct{ module, spread float32 }

func newRowReader() *rowReader {
	kinds := []barcode{
		{start: start128, shortest: 3},
		{start: start39, shortest: 6}, // it has no check digit
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
		b, ok := kind.start(runs)
		if !ok {
			continue
		}
		code := untilQuiet(runs, b.module)
		text, ok := kind.text(bits(code, b.module, 0))
		if !ok && (b.spread > leastSpread*b.module || -b.spread > leastSpread*b.module) {
			text, ok = kind.text(bits(code, b.module, b.spread))
		}
		if ok {
			found(text)
			return len(code) - len(code)%2
		}
	}
	return 0
}

// text decodes a row of a picture; false where it holds no text that is believed.
func (b barcode) text(row *gozxing.BitArray) (string, bool) {
	result, err := b.decode.DecodeRow(0, row, nil)
	if err != nil {
		return "", false
	}
	text, ok := plausible(result.GetText())
	return text, ok && len(text) >= b.shortest && isASCII(text)
}

// start128 says whether the runs begin with one of the three start characters of
// Code 128 and go on with another character, which is as wide: 11 modules.
func start128(runs []float32) (begin, bool) {
	const character, wide = 6, 11
	if len(runs) < 4*character+1 {
		return begin{}, false
	}
	module := sum(runs[:character]) / wide
	if next := sum(runs[character:2*character]) / wide; next < module*0.7 || next > module*1.4 {
		return begin{}, false
	}
	for _, pattern := range [...][character]float32{{2, 1, 1, 4, 1, 2}, {2, 1, 1, 2, 1, 4}, {2, 1, 1, 2, 3, 2}} {
		if spread, ok := near(runs, pattern[:], module); ok {
			return begin{module, spread}, true
		}
	}
	return begin{}, false
}

// near says whether runs are as wide as a pattern has them, about as exactly as
// the decoder wants it, and how much too wide the dark ones are.
func near(runs, pattern []float32, module float32) (spread float32, ok bool) {
	const most, mean = 0.9, 0.45 // modules
	off := float32(0)
	for i, wide := range pattern {
		d := runs[i] - wide*module
		if i%2 == 0 {
			spread += d
		} else {
			spread -= d
		}
		d = max(d, -d)
		if d > most*module {
			return 0, false
		}
		off += d
	}
	n := float32(len(pattern))
	return spread / n, off <= mean*n*module
}

// start39 says whether the runs begin with the asterisk of Code 39, whose second,
// fifth and seventh runs are wide, and go on with a character that is as wide.
func start39(runs []float32) (begin, bool) {
	const character = 9
	if len(runs) < 3*(character+1) {
		return begin{}, false
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
		return begin{}, false
	}
	first, second := sum(runs[:character]), sum(runs[character+1:2*character+1])
	if second < first*0.7 || second > first*1.4 {
		return begin{}, false
	}
	dark, light := (runs[0]+runs[2]+runs[8])/3, (runs[3]+runs[5]+runs[7])/3 // narrow ones
	return begin{first / 13, (dark - light) / 2}, true                      // six narrow runs, and three of two to three modules
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
	if end := slices.IndexFunc(runs, func(run float32) bool { return run > quietZone*module }); end >= 0 {
		return runs[:end]
	}
	return runs
}

// bits draws runs, of which the first is dark, as the row of a picture, the dark
// ones narrower by a spread.
func bits(runs []float32, module, spread float32) *gozxing.BitArray {
	scale := perModule / module
	narrowest := module / 4
	most := sum(runs) + max(spread, -spread) + narrowest*float32(len(runs))
	row := gozxing.NewBitArray(int(most*scale) + 2*padding*perModule)
	at := float32(padding * perModule)
	for i, run := range runs {
		dark := i%2 == 0
		if dark {
			run -= spread
		} else {
			run += spread
		}
		end := at + max(run, narrowest)*scale
		if dark {
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
