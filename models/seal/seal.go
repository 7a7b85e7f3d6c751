// Package seal encrypts phone tails and signs links. Keys rotate here: the
// first key seals and signs, every key opens and verifies.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

const (
	keySize = 32
	idSize  = 4
)

// Errors that callers tell apart.
var (
	ErrKey     = errors.New("no key opens it")
	ErrForged  = errors.New("not signed by us")
	ErrExpired = errors.New("expired")
)

// Keys seals, opens, signs and verifies. It is safe for concurrent use.
type Keys struct{ keys []key }

// key is one secret. Each purpose has a key of its own, derived from it.
type key struct {
	id     [idSize]byte // tells which key sealed a value; says nothing of the secret
	secret []byte
	tails  cipher.AEAD
}

// New reads keys as WAYBILL_SECRET_KEY holds them: 32 bytes each in base64,
// separated by commas. The first encrypts, all decrypt. Errors name a key by
// its position only.
func New(keys string) (*Keys, error) {
	k := &Keys{}
	for i, text := range strings.Split(keys, ",") {
		one, err := newKey(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("read secret key %d: %w", i+1, err)
		}
		k.keys = append(k.keys, one)
	}
	return k, nil
}

func newKey(text string) (key, error) {
	if text == "" {
		return key{}, errors.New("it is empty")
	}
	secret, err := decode(text)
	if err != nil {
		return key{}, errors.New("it is not base64")
	}
	if len(secret) != keySize {
		return key{}, fmt.Errorf("it has %d bytes instead of %d", len(secret), keySize)
	}
	k := key{secret: secret}
	id, err := k.derive("id", idSize)
	if err != nil {
		return key{}, err
	}
	copy(k.id[:], id)
	k.tails, err = k.cipher("tails")
	return k, err
}

// decode reads base64, standard or for URLs, with or without padding.
func decode(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}

// derive makes the key's sub-key for one purpose.
func (k key) derive(purpose string, size int) ([]byte, error) {
	sub, err := hkdf.Key(sha256.New, k.secret, nil, "waybill/"+purpose, size)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return sub, nil
}

func (k key) cipher(purpose string) (cipher.AEAD, error) {
	sub, err := k.derive(purpose, keySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Current says whether the first key sealed this.
func (k *Keys) Current(sealed []byte) bool {
	return len(sealed) >= idSize && [idSize]byte(sealed) == k.keys[0].id
}

// Count is how many keys there are: more than one while they rotate.
func (k *Keys) Count() int { return len(k.keys) }

// NewKey makes a key for New.
func NewKey() string {
	secret := make([]byte, keySize)
	_, _ = rand.Read(secret) // never fails; the program ends if the system has no randomness
	return base64.StdEncoding.EncodeToString(secret)
}

// Seal encrypts plain with the first key. It opens under the same bind only:
// the row, and the purpose, that it belongs to.
func (k *Keys) Seal(bind, plain string) ([]byte, error) {
	first := k.keys[0]
	return first.tails.Seal(append([]byte(nil), first.id[:]...), nil, []byte(plain), []byte(bind)), nil
}

// Open decrypts what Seal made under the same bind; ErrKey when no key does.
func (k *Keys) Open(bind string, sealed []byte) (string, error) {
	if len(sealed) < idSize {
		return "", ErrKey
	}
	for _, one := range k.keys {
		if [idSize]byte(sealed) != one.id {
			continue
		}
		plain, err := one.tails.Open(nil, nil, sealed[idSize:], []byte(bind))
		if err == nil {
			return string(plain), nil
		}
	}
	return "", ErrKey
}
