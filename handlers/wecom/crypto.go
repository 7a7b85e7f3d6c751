package wecom

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/silenceper/wechat/v2/util"
)

// The layout of what is encrypted: 16 random bytes, the message's length, the
// message, the id of who it is for; filled up to blocks of 32.
const (
	randomBytes = 16
	headBytes   = randomBytes + 4
	blockBytes  = 32
)

var (
	errAESKey   = errors.New("the AES key is not 43 characters of base64")
	errEnvelope = errors.New("not a message in WeCom's encryption")
	errReceiver = errors.New("a message for another receiver")
)

// Envelope signs and encrypts what goes through a callback (document 90968).
// The SDK checks no signature before it decrypts, and takes no empty receiver.
type Envelope struct {
	token    string
	receiver string
	block    cipher.Block
	iv       []byte
}

// NewEnvelope makes the envelope of one callback: its token, its EncodingAESKey
// (43 characters), and the id of who messages are for: the corporation's, "" for an aibot.
func NewEnvelope(token, aesKey, receiver string) (*Envelope, error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != blockBytes {
		return nil, errAESKey
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make envelope: %w", err)
	}
	return &Envelope{token: token, receiver: receiver, block: block, iv: key[:aes.BlockSize]}, nil
}

// Sign is the msg_signature of an encrypted message.
func (e *Envelope) Sign(timestamp, nonce, encrypted string) string {
	return util.Signature(e.token, timestamp, nonce, encrypted)
}

// Genuine says whether whoever signed an encrypted message knows the token.
// How long it takes tells nothing.
func (e *Envelope) Genuine(signature, timestamp, nonce, encrypted string) bool {
	return subtle.ConstantTimeCompare([]byte(signature), []byte(e.Sign(timestamp, nonce, encrypted))) == 1
}

// Seal encrypts a message.
func (e *Envelope) Seal(message []byte) (string, error) {
	plain := make([]byte, headBytes, headBytes+len(message)+len(e.receiver)+blockBytes)
	if _, err := rand.Read(plain[:randomBytes]); err != nil {
		return "", fmt.Errorf("seal message: %w", err)
	}
	binary.BigEndian.PutUint32(plain[randomBytes:], uint32(len(message)))
	plain = append(append(plain, message...), e.receiver...)
	fill := blockBytes - len(plain)%blockBytes
	plain = append(plain, bytes.Repeat([]byte{byte(fill)}, fill)...)
	cipher.NewCBCEncrypter(e.block, e.iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}

// Open decrypts a message. Whoever calls it has seen that it is Genuine.
func (e *Envelope) Open(encrypted string) ([]byte, error) {
	plain, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(plain) < blockBytes || len(plain)%blockBytes != 0 {
		return nil, errEnvelope
	}
	cipher.NewCBCDecrypter(e.block, e.iv).CryptBlocks(plain, plain)
	plain, ok := unfill(plain)
	if !ok || len(plain) < headBytes {
		return nil, errEnvelope
	}
	length, rest := binary.BigEndian.Uint32(plain[randomBytes:]), plain[headBytes:]
	if uint64(length) > uint64(len(rest)) {
		return nil, errEnvelope
	}
	if string(rest[length:]) != e.receiver {
		return nil, errReceiver
	}
	return rest[:length], nil
}

// unfill takes off the filling: as many bytes as each of them says.
func unfill(plain []byte) ([]byte, bool) {
	fill := int(plain[len(plain)-1])
	if fill < 1 || fill > blockBytes {
		return nil, false
	}
	body, filling := plain[:len(plain)-fill], plain[len(plain)-fill:]
	for _, b := range filling {
		if int(b) != fill {
			return nil, false
		}
	}
	return body, true
}
