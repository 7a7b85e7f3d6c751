package label

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"waybill/handlers"
)

// format is a kind of picture that can be read.
type format struct {
	name   string
	header func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
}

// check refuses what cannot be read, by its first bytes, and what would cost too
// much, by the size that it states. Nothing is decoded yet.
func check(picture []byte) error {
	if len(picture) > maxBytes {
		return fmt.Errorf("%w: %d bytes, at most %d", handlers.ErrPictureTooLarge, len(picture), maxBytes)
	}
	f, err := formatOf(picture)
	if err != nil {
		return err
	}
	c, err := f.header(picture)
	if err != nil {
		return fmt.Errorf("%w: read %s header: %w", handlers.ErrNotAPicture, f.name, err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return fmt.Errorf("%w: %d x %d pixels", handlers.ErrNotAPicture, c.Width, c.Height)
	}
	if c.Width > maxPixels/c.Height {
		return fmt.Errorf("%w: %d x %d pixels, at most %d together", handlers.ErrPictureTooLarge, c.Width, c.Height, maxPixels)
	}
	if need := memory(picture, f, c); need > maxMemory {
		return fmt.Errorf("%w: %d x %d pixels of this kind need %d bytes of memory, at most %d", handlers.ErrPictureTooLarge, c.Width, c.Height, need, maxMemory)
	}
	return nil
}

func decode(picture []byte) (image.Image, error) {
	f, err := formatOf(picture)
	if err != nil {
		return nil, err
	}
	img, err := f.decode(picture)
	if err != nil {
		return nil, fmt.Errorf("%w: decode %s: %w", handlers.ErrNotAPicture, f.name, err)
	}
	return img, nil
}

// formatOf finds the format by a file's first bytes; its name and what a platform
// says of it are often wrong.
func formatOf(picture []byte) (format, error) {
	starts := func(s string) bool { return bytes.HasPrefix(picture, []byte(s)) }
	at := func(i int, s string) bool { return len(picture) >= i && bytes.HasPrefix(picture[i:], []byte(s)) }
	switch {
	case starts("\xff\xd8\xff"):
		return format{"jpeg", reading(jpeg.DecodeConfig), reading(jpeg.Decode)}, nil
	case starts("\x89PNG\r\n\x1a\n"):
		return format{"png", reading(png.DecodeConfig), reading(png.Decode)}, nil
	case starts("RIFF") && at(8, "WEBP"):
		return format{"webp", reading(webp.DecodeConfig), reading(webp.Decode)}, nil
	case starts("GIF8"):
		return format{}, fmt.Errorf("%w (this is GIF)", handlers.ErrPictureFormat)
	case starts("BM"):
		return format{}, fmt.Errorf("%w (this is BMP)", handlers.ErrPictureFormat)
	case starts("II*\x00"), starts("MM\x00*"):
		return format{}, fmt.Errorf("%w (this is TIFF)", handlers.ErrPictureFormat)
	case at(4, "ftyp"): // ISO 14496-12: HEIC and AVIF pictures, but videos too
		return format{}, fmt.Errorf("%w (this is HEIC, AVIF or a video)", handlers.ErrPictureFormat)
	}
	return format{}, handlers.ErrNotAPicture
}

// reading has a decoder of streams read bytes.
func reading[T any](decode func(io.Reader) (T, error)) func([]byte) (T, error) {
	return func(b []byte) (T, error) { return decode(bytes.NewReader(b)) }
}

// memory is how many bytes a decoder needs for a picture. What a progressive JPEG
// holds is kept as coefficients of four bytes until its last scan.
func memory(picture []byte, f format, c image.Config) int {
	pixels := float64(c.Width * c.Height)
	if f.name == "jpeg" {
		frame := frameOf(picture)
		if frame.progressive {
			return int(pixels * frame.samples * 5)
		}
		return int(pixels * frame.samples)
	}
	switch c.ColorModel {
	case color.NRGBA64Model, color.RGBA64Model:
		return int(pixels * 8)
	}
	return int(pixels * 4)
}
