package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"

	"waybill/models"
)

const (
	macSize  = 16
	headSize = idSize + macSize + 8
)

// Sign makes a token, fit for a URL, that holds payload in the clear and that
// Verify accepts for the same purpose until expires.
func (k *Keys) Sign(purpose, payload string, expires models.Moment) (string, error) {
	first := k.keys[0]
	body := binary.BigEndian.AppendUint64(nil, uint64(expires))
	body = append(body, payload...)
	mac, err := first.mac(purpose, body)
	if err != nil {
		return "", fmt.Errorf("sign link: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(slices.Concat(first.id[:], mac, body)), nil
}

// Verify returns the payload of a token that Sign made for this purpose:
// ErrForged when it was not, or is written another way, ErrExpired when its time is over.
func (k *Keys) Verify(purpose, token string, now models.Moment) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < headSize || base64.RawURLEncoding.EncodeToString(raw) != token {
		return "", ErrForged
	}
	mac, body := raw[idSize:idSize+macSize], raw[idSize+macSize:]
	if !k.signed(purpose, [idSize]byte(raw), mac, body) {
		return "", ErrForged
	}
	if models.Moment(binary.BigEndian.Uint64(body)) <= now {
		return "", ErrExpired
	}
	return string(body[8:]), nil
}

func (k *Keys) signed(purpose string, id [idSize]byte, mac, body []byte) bool {
	for _, one := range k.keys {
		if one.id != id {
			continue
		}
		want, err := one.mac(purpose, body)
		if err == nil && hmac.Equal(mac, want) {
			return true
		}
	}
	return false
}

func (k key) mac(purpose string, body []byte) ([]byte, error) {
	sub, err := k.derive("sign/"+purpose, keySize)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, sub)
	h.Write(body)
	return h.Sum(nil)[:macSize], nil
}
