package parcel

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"waybill/models"
)

const (
	purpose  = "page"              // what links are signed for
	validFor = 90 * 24 * time.Hour // how long a link opens its page
	renewed  = 24 * time.Hour      // how long a follow has the same link
)

var (
	errNoPage   = errors.New("the link opens no page")
	errNotDrawn = errors.New("the picture is not drawn")
)

// Signer signs what links hold, and says what a link holds that it has signed.
type Signer interface {
	Sign(purpose, payload string, expires models.Moment) (string, error)
	Verify(purpose, token string, now models.Moment) (string, error)
}

// Links makes the links of follows. A follow has one link a day, counted from the
// beginning of following; it lasts 90 days from the beginning of its day.
type Links struct {
	signer Signer
	base   string
	now    func() time.Time
}

// NewLinks makes links under a base such as https://bot.example, "" where the world
// cannot reach us.
func NewLinks(signer Signer, base string, now func() time.Time) *Links {
	return &Links{signer: signer, base: base, now: now}
}

// Of is the whole address of a follow's page; "" without a base.
func (l *Links) Of(f models.Followed) string {
	path := l.Path(f)
	if l.base == "" || path == "" {
		return ""
	}
	return l.base + path
}

// Path is the address of a follow's page below the base; "" when it cannot be signed.
func (l *Links) Path(f models.Followed) string {
	issued := f.Follow.CreatedAt
	if age := models.At(l.now()).Sub(issued); age > 0 {
		issued = issued.Add(age.Truncate(renewed))
	}
	token, err := l.signer.Sign(purpose, holderOf(f).encode(), issued.Add(validFor))
	if err != nil {
		return ""
	}
	return "/p/" + token
}

// read says whose page a link opens; errNoPage when it is not ours or too old.
func (l *Links) read(token string) (holder, error) {
	payload, err := l.signer.Verify(purpose, token, models.At(l.now()))
	if err != nil {
		return holder{}, errNoPage
	}
	return decode(payload)
}

// holder says which follow a link belongs to. A follow that begins again is another one
// by its beginning, one that is taken back is the same. Its row and its parcel's may
// change when a carrier is corrected; its number does not.
type holder struct {
	chat, parcel int64
	begun        models.Moment
	number       uint32 // the beginning of the number's hash
}

func holderOf(f models.Followed) holder {
	return holder{chat: f.Follow.ChatID, parcel: f.Follow.ParcelID, begun: f.Follow.CreatedAt, number: hashOf(f.Parcel.Number)}
}

func hashOf(number string) uint32 {
	sum := sha256.Sum256([]byte(number))
	return binary.BigEndian.Uint32(sum[:])
}

// is says that a follow is the one that the link was made for.
func (h holder) is(f models.Followed) bool {
	return f.Follow.ChatID == h.chat && f.Follow.CreatedAt == h.begun && hashOf(f.Parcel.Number) == h.number
}

func (h holder) encode() string {
	b := binary.AppendUvarint(nil, uint64(h.chat))
	b = binary.AppendUvarint(b, uint64(h.parcel))
	b = binary.AppendUvarint(b, uint64(h.begun))
	return string(binary.BigEndian.AppendUint32(b, h.number))
}

func decode(payload string) (holder, error) {
	b := []byte(payload)
	var parts [3]uint64
	for i := range parts {
		part, n := binary.Uvarint(b)
		if n <= 0 {
			return holder{}, errNoPage
		}
		parts[i], b = part, b[n:]
	}
	if len(b) != 4 {
		return holder{}, errNoPage
	}
	return holder{
		chat: int64(parts[0]), parcel: int64(parts[1]), begun: models.Moment(parts[2]), number: binary.BigEndian.Uint32(b),
	}, nil
}
