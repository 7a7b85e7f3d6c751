package label

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// gozxing compares every three corner patterns that it finds with one another:
// with more than these a picture takes seconds.
const (
	mostCornersOfSeveral = 40  // to look for several QR codes
	mostCorners          = 100 // to look for one
)

// binarizer makes a picture black and white.
type binarizer func(gozxing.LuminanceSource) gozxing.Binarizer

// bitmap prepares a picture for gozxing's readers.
func (g grey) bitmap(b binarizer) (*gozxing.BinaryBitmap, error) {
	source, err := gozxing.NewPlanarYUVLuminanceSource(g.pix, g.width, g.height, 0, 0, g.width, g.height, false)
	if err != nil {
		return nil, err
	}
	return gozxing.NewBinaryBitmap(b(source))
}

// readQR returns the texts of the QR codes in a picture.
func readQR(g grey, b binarizer) []string {
	bitmap, err := g.bitmap(b)
	if err != nil {
		return nil
	}
	matrix, err := bitmap.GetBlackMatrix()
	if err != nil {
		return nil
	}
	corners := countCorners(matrix)
	if corners < 3 || corners > mostCorners {
		return nil
	}
	var texts []string
	if corners <= mostCornersOfSeveral {
		results, err := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, nil)
		if err == nil {
			for _, r := range results {
				texts = append(texts, r.GetText())
			}
		}
	}
	if len(texts) > 0 {
		return texts
	}
	return one(qrcode.NewQRCodeReader().Decode(bitmap, nil))
}

func readDataMatrix(g grey, b binarizer) []string {
	bitmap, err := g.bitmap(b)
	if err != nil {
		return nil
	}
	return one(datamatrix.NewDataMatrixReader().Decode(bitmap, nil))
}

func one(r *gozxing.Result, err error) []string {
	if err != nil {
		return nil
	}
	return []string{r.GetText()}
}

// countCorners counts what looks like the corner of a QR code, as gozxing's own
// finder does before it compares them.
func countCorners(matrix *gozxing.BitMatrix) int {
	finder := detector.NewFinderPatternFinder(matrix, nil)
	for y := 2; y < matrix.GetHeight(); y += 3 {
		counts := make([]int, 5)
		state := 0
		for x := range matrix.GetWidth() {
			black := matrix.Get(x, y)
			if black && state%2 == 1 || !black && state%2 == 0 && state < 4 {
				state++
			} else if !black && state == 4 {
				if detector.FinderPatternFinder_foundPatternCross(counts) && finder.HandlePossibleCenter(counts, y, x) {
					state = 0
					detector.FinderPatternFinder_doClearCounts(counts)
				} else {
					state = 3
					detector.FinderPatternFinder_doShiftCounts2(counts)
				}
				continue
			}
			counts[state]++
		}
		if len(finder.GetPossibleCenters()) > mostCorners {
			break
		}
	}
	return len(finder.GetPossibleCenters())
}
