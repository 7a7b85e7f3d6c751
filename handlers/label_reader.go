package handlers

import (
	"context"
	"errors"
)

// LabelReader reads the codes on a photo of a parcel's label. It looks at one
// picture at a time.
type LabelReader interface {
	// Read returns the texts of the barcodes and QR codes in a JPEG, PNG or WebP,
	// most likely first; which of them are tracking numbers the caller finds out.
	// It returns one of the errors below when it has none; ErrPictureTooLong also beside
	// texts of which none holds a tracking number, because another code may hold one.
	Read(ctx context.Context, picture []byte) (codes []string, err error)
}

// What a LabelReader returns when it has no text of a code.
var (
	ErrNotAPicture       = errors.New("the file is no picture, or a damaged one")
	ErrPictureFormat     = errors.New("the picture's format is not read: JPEG, PNG and WebP are")
	ErrPictureTooLarge   = errors.New("the picture is too large")
	ErrNoCode            = errors.New("no barcode or QR code was read in the picture")
	ErrPictureTooLong    = errors.New("reading the picture took too long")
	ErrLabelReaderIsBusy = errors.New("another picture is being read")
)
