package wecom

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"waybill/internal/httpbody"

	"github.com/silenceper/wechat/v2/util"
)

// storing is how long storing may take: WeCom waits five seconds for the
// answer, and then delivers again.
const storing = 3 * time.Second

// errUnreadable is a genuine callback whose message cannot be read.
var errUnreadable = errors.New("a callback that cannot be read")

// callback takes in what WeCom delivers to one URL: the check of the URL, and
// messages, which are stored before they are acknowledged.
type callback struct {
	envelope *Envelope
	store    func(ctx context.Context, message []byte) error
	log      *slog.Logger
	door     string
}

// ServeHTTP answers 401 to whoever does not know the token, before anything is
// decrypted; 413 to more than httpbody.Limit; 200 once the message is stored; 500
// when it could not be: WeCom delivers it again.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		c.verify(w, r.URL.Query())
	case http.MethodPost:
		if body, ok := httpbody.Read(w, r); ok {
			w.WriteHeader(c.receive(r, body))
		}
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// verify answers the check of the URL with what it has encrypted.
func (c *callback) verify(w http.ResponseWriter, q url.Values) {
	echo := q.Get("echostr")
	if !c.genuine(q, echo) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	plain, err := c.envelope.Open(echo)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(plain)
}

func (c *callback) genuine(q url.Values, encrypted string) bool {
	return c.envelope.Genuine(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), encrypted)
}

// receive stores the message in a request and returns the status to answer with.
func (c *callback) receive(r *http.Request, body []byte) int {
	q := r.URL.Query()
	if q.Get("msg_signature") == "" {
		return http.StatusUnauthorized
	}
	var outer struct {
		Encrypt string `xml:"Encrypt"`
	}
	if xml.Unmarshal(body, &outer) != nil || outer.Encrypt == "" {
		return http.StatusBadRequest
	}
	if !c.genuine(q, outer.Encrypt) {
		return http.StatusUnauthorized
	}
	return c.accept(r.Context(), outer.Encrypt)
}

// accept decrypts and stores a genuine message. Storing is not cut short when
// the caller goes away.
func (c *callback) accept(ctx context.Context, encrypted string) int {
	message, err := c.envelope.Open(encrypted)
	if err != nil {
		c.log.Warn("wecom callback is not for us", slog.String("door", c.door), slog.Any("error", err))
		return http.StatusBadRequest
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	err = c.store(ctx, message)
	switch {
	case errors.Is(err, errUnreadable):
		return http.StatusBadRequest
	case err != nil:
		c.log.Error("wecom callback is not stored; it will come again", slog.String("door", c.door), slog.Any("error", err))
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

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

// Envelope signs and encrypts what goes through a callback, as WeCom's document
// 90968 has it. The SDK checks no signature before it decrypts, and takes no
// empty receiver.
type Envelope struct {
	token    string
	receiver string
	block    cipher.Block
	iv       []byte
}

// NewEnvelope makes the envelope of one callback: its token, its EncodingAESKey
// (43 characters), and the id of who messages are for: the company's, "" for an aibot.
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
	plain, ok := unpad(plain)
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

// unpad takes off the filling: as many bytes as each of them says.
func unpad(plain []byte) ([]byte, bool) {
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
