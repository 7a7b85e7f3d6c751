// Package label reads the barcodes and QR codes on a photo of a parcel's label:
// pictures that are turned, small, blurred, unevenly lit or badly compressed.
// It draws scan lines of its own across the picture and gives what they cross to
// gozxing's decoders.
package label

import (
	"context"
	"fmt"
	"slices"
	"time"

	"waybill/handlers"
)

// What a picture may cost. A picture's memory is what its decoder needs, and once
// more its grey levels.
const (
	maxBytes  = 20 << 20        // of a file; Telegram gives no larger ones to bots
	maxPixels = 25_000_000      // of a picture
	maxMemory = 160 << 20       // bytes that decoding may need
	maxTime   = 5 * time.Second // for one picture, from decoding on
	maxText   = 1000            // characters of a code's text
)

// Reader reads one picture at a time: a second one waits for the first.
type Reader struct {
	looksLike func(text string) bool
	slot      chan struct{}
	limit     time.Duration // for one picture
}

var _ handlers.LabelReader = (*Reader)(nil)

// New returns a Reader that is content with the first text for which looksLike,
// which says whether it holds a tracking number; more and more costly ways to
// find a code are tried until then.
func New(looksLike func(text string) bool) *Reader {
	return &Reader{looksLike: looksLike, slot: make(chan struct{}, 1), limit: maxTime}
}

// Read returns the texts of all codes that it finds in a JPEG, PNG or WebP, most
// likely first and none twice: first those that look like a tracking number,
// then those that more scan lines agreed on. A picture takes at most five
// seconds and, once its turn has come, a little more only where one step of
// gozxing takes longer, which cannot be interrupted. Errors are those of
// handlers.LabelReader.
func (r *Reader) Read(ctx context.Context, picture []byte) (codes []string, err error) {
	if err := check(picture); err != nil {
		return nil, err
	}
	select {
	case r.slot <- struct{}{}:
		defer func() { <-r.slot }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", handlers.ErrLabelReaderIsBusy, ctx.Err())
	}
	defer func() {
		if p := recover(); p != nil {
			codes, err = nil, fmt.Errorf("%w: read label: %v", handlers.ErrNoCode, p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	return r.read(ctx, picture)
}

func (r *Reader) read(ctx context.Context, picture []byte) ([]string, error) {
	img, err := decode(picture)
	if err != nil {
		return nil, err
	}
	found := r.climb(ctx, img)
	if slices.ContainsFunc(found, r.looksLike) {
		return found, nil
	}
	if err := ctx.Err(); err != nil {
		return found, fmt.Errorf("%w: %w", handlers.ErrPictureTooLong, err)
	}
	if len(found) == 0 {
		return nil, handlers.ErrNoCode
	}
	return found, nil
}
