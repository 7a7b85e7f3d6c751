package handlers

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"waybill/models"
	"waybill/tracking/recognise"
)

// How long a message with pictures may take until it is answered: the question
// asks no provider, so the chat waits for nothing else.
const (
	pictureWithin  = 12 * time.Second
	downloadWithin = 8 * time.Second
	maxPicture     = 20 << 20 // bytes
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

// HoldsNumber says that a code's text is a tracking number or holds one, in a link
// or in words.
func HoldsNumber(code string) bool { return len(numbersInCode(code)) > 0 }

// numbersInCode reads the numbers in a code's text. A whole text of a known shape
// is one: a label has codes for nothing that looks so, which talk does not. Phones
// and names in it are not the reader's.
func numbersInCode(code string) []recognise.Number {
	numbers := recognise.Text(code).Numbers
	if carriers, sure := recognise.ByShape(code); len(numbers) == 0 && len(carriers) > 0 {
		if n, ok := recognise.One(code); ok {
			n.Carriers, n.Sure = carriers, sure
			numbers = append(numbers, n)
		}
	}
	for i := range numbers {
		numbers[i].Name, numbers[i].Tail = "", ""
	}
	return numbers
}

// pictures are the attachments that are pictures, by what the platform says or by
// their names.
func (m Message) pictures() []Attachment {
	if m.Edited || m.Happening != Said && m.Happening != Wordless {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.Files), func(a Attachment) bool { return !a.isPicture() })
}

func (a Attachment) isPicture() bool {
	if a.Kind == Photo || strings.HasPrefix(strings.ToLower(a.MIME), "image/") {
		return true
	}
	switch strings.ToLower(path.Ext(a.Name)) {
	case ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif":
		return true
	}
	return false
}

// photo answers a message with pictures: a number in its caption goes the road of
// every number, and so does a command; else the numbers on the labels are asked
// about. A group that does not mean the bot hears of sure numbers only.
func (t *turn) photo(ctx context.Context, pictures []Attachment) ([]Reply, error) {
	caption, read, err := t.caption(ctx)
	if err != nil {
		return nil, err
	}
	if !read {
		return t.said(ctx)
	}
	if t.settings.Labels == nil {
		return t.aboutPicture(ctx, "photo.unread")
	}
	codes, failure := t.codesIn(ctx, pictures)
	if err := ctx.Err(); err != nil {
		return nil, wrap("read pictures", err)
	}
	var numbers []recognise.Number
	for _, code := range codes {
		for _, n := range numbersInCode(code) {
			known := slices.ContainsFunc(numbers, func(k recognise.Number) bool { return k.Number == n.Number })
			if !known && len(numbers) < recognise.MaxNumbers && (n.Sure || !t.overheard()) {
				numbers = append(numbers, n)
			}
		}
	}
	if len(numbers) > 0 {
		return t.foundOnLabels(ctx, numbers, caption)
	}
	if len(codes) > 0 && !errors.Is(failure, ErrPictureTooLong) { // else the label's own code may not have been found yet
		return t.numberlessCode(ctx, codes)
	}
	return t.aboutPicture(ctx, pictureReason(failure))
}

// caption is the text under the pictures as far as it speaks of them; false when it
// is to be answered by itself: it holds a number, or it is a command other than the
// one to look a number up.
func (t *turn) caption(ctx context.Context) (caption string, read bool, err error) {
	text := linked(tidy(t.m.Text))
	if text == "" {
		return "", true, nil
	}
	c, ok, err := t.commandIn(ctx, text)
	if err != nil {
		return "", false, err
	}
	if ok {
		return c.args, c.verb == verbTrack && len(recognise.Tracked(c.args).Numbers) == 0, nil
	}
	return text, len(t.numbersIn(text).Numbers) == 0, nil
}

// codesIn reads the pictures one after another, while there is time; without any
// code it says why, of the first picture.
func (t *turn) codesIn(ctx context.Context, pictures []Attachment) (codes []string, failure error) {
	ctx, cancel := context.WithTimeout(ctx, pictureWithin)
	defer cancel()
	for _, picture := range pictures {
		some, err := t.codesOf(ctx, picture)
		if err != nil && failure == nil {
			failure = err
		}
		codes = append(codes, some...)
	}
	return codes, failure
}

// errDownload says that a picture's bytes did not come.
var errDownload = errors.New("the picture was not downloaded")

func (t *turn) codesOf(ctx context.Context, picture Attachment) ([]string, error) {
	if picture.Size > maxPicture {
		return nil, ErrTooLarge
	}
	within, cancel := context.WithTimeout(ctx, downloadWithin)
	defer cancel()
	body, err := picture.Open(within, maxPicture)
	if err != nil {
		return nil, errors.Join(errDownload, err)
	}
	return t.settings.Labels.Read(ctx, body)
}

// pictureReason is the key of the sentence about why a picture brought no code.
func pictureReason(err error) string {
	for _, r := range []struct {
		err error
		key string
	}{
		{ErrTooLarge, "photo.too_large"},
		{models.ErrGone, "photo.gone"},
		{errDownload, "photo.not_downloaded"},
		{ErrPictureTooLarge, "photo.too_large"},
		{ErrPictureFormat, "photo.format"},
		{ErrNotAPicture, "photo.damaged"},
		{ErrPictureTooLong, "photo.too_slow"},
		{ErrLabelReaderIsBusy, "photo.busy"},
	} {
		if errors.Is(err, r.err) {
			return r.key
		}
	}
	return "photo.no_code"
}

// aboutPicture says why a picture was of no use, and what to do. A caption that asks
// something by itself, or answers the open question, is answered instead; a group
// that talks to itself hears nothing.
func (t *turn) aboutPicture(ctx context.Context, key string, args ...any) ([]Reply, error) {
	if t.overheard() {
		return nil, nil
	}
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	if text := tidy(t.m.Text); text != "" && (open || asksWhere(text) || complains(text) || asksPerson(text) || asksContact(text)) {
		return t.said(ctx)
	}
	replies := t.render.reply(key, append(args, "Example", example)...)
	if open {
		return joinReplies(replies, t.remind(q)), nil
	}
	return replies, nil
}

// numberlessCode says that what the codes hold is no tracking number; one that
// might be, of a carrier that nobody here knows, is shown.
func (t *turn) numberlessCode(ctx context.Context, codes []string) ([]Reply, error) {
	for _, code := range codes {
		if n, ok := recognise.One(code); ok && !strings.ContainsAny(code, " /:") {
			return t.aboutPicture(ctx, "photo.unknown", "Number", n.Number)
		}
	}
	return t.aboutPicture(ctx, "photo.no_number")
}
