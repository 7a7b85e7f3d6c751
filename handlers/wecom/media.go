package wecom

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/silenceper/wechat/v2/util"

	"waybill/handlers"
	addresses "waybill/internal/address"
	"waybill/internal/httpbody"
	"waybill/internal/redact"
	"waybill/models"
)

// What is sent as a picture, and as any other file.
const (
	typeImage = "image"
	typeFile  = "file"
)

// attachment is a file that WeCom keeps under an id for three days (document 90254).
// What is neither a picture nor a file is none.
func (c *client) attachment(kind, mediaID string) []handlers.Attachment {
	a := handlers.Attachment{Open: func(ctx context.Context, limit int64) ([]byte, error) { return c.download(ctx, mediaID, limit) }}
	switch {
	case mediaID == "":
		return nil
	case kind == typeImage:
		a.Kind = handlers.Photo
	case kind == typeFile:
		a.Kind = handlers.Document
	default:
		return nil
	}
	return []handlers.Attachment{a}
}

// download reads a file that WeCom keeps, as handlers.Attachment promises.
func (c *client) download(ctx context.Context, mediaID string, limit int64) ([]byte, error) {
	var body []byte
	err := c.call(ctx, "media/get", url.Values{"media_id": {mediaID}}, func(ctx context.Context, uri string) ([]byte, error) {
		answer, file, err := fetch(ctx, util.DefaultHTTPClient, strings.Replace(uri, defaultAPIURL, c.settings.APIURL, 1), min(limit, maxReply-1))
		if file {
			body, answer = answer, []byte("{}")
		}
		return answer, err
	}, nil)
	switch {
	case codeOf(err) == codeMedia:
		return nil, fmt.Errorf("%w: %w", models.ErrGone, err)
	case err != nil:
		return nil, fmt.Errorf("download from wecom: %w", err)
	}
	return body, nil
}

// fetch gets an address; file says that the answer is a file, and not the API's
// JSON, which comes without a name for it.
func fetch(ctx context.Context, client *http.Client, uri string, limit int64) (body []byte, file bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, http.NoBody)
	if err != nil {
		return nil, false, redact.Error(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, false, redact.Error(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return nil, false, fmt.Errorf("%w: %w", models.ErrGone, statusError(resp.StatusCode))
	default:
		return nil, false, statusError(resp.StatusCode)
	}
	body, err = httpbody.ReadAll(resp.Body, limit)
	if errors.Is(err, httpbody.ErrTooLong) {
		return nil, false, handlers.ErrTooLarge
	}
	return body, resp.Header.Get("Content-Disposition") != "", redact.Error(err)
}

// aibotMedia is a picture or a file that somebody sends to the bot: an address
// that holds for five minutes, and the key of what lies there (document 101463).
type aibotMedia struct {
	URL string `json:"url"`
	Key string `json:"aeskey"`
}

// attachments are the pictures and files of a callback, in order.
func (d *AIBot) attachments(w aibotWords) []handlers.Attachment {
	var all []handlers.Attachment
	add := func(kind handlers.AttachmentKind, m aibotMedia) {
		if m.URL != "" {
			all = append(all, handlers.Attachment{Kind: kind, Open: func(ctx context.Context, limit int64) ([]byte, error) { return d.download(ctx, m, limit) }})
		}
	}
	switch w.Type {
	case typeImage:
		add(handlers.Photo, w.Image)
	case typeFile:
		add(handlers.Document, w.File)
	case "mixed":
		for _, item := range w.Mixed.Items {
			if item.Type == typeImage {
				add(handlers.Photo, item.Image)
			}
		}
	}
	return all
}

var errMediaAddress = errors.New("download from wecom: the address is none that a file is read from")

// download reads what lies at a callback's address, and decrypts it.
func (d *AIBot) download(ctx context.Context, m aibotMedia, limit int64) ([]byte, error) {
	if base, err := url.Parse(m.URL); err != nil || base.Host == "" {
		return nil, errMediaAddress
	} else if _, err := addresses.API(base.Scheme + "://" + base.Host); err != nil {
		return nil, errMediaAddress
	}
	ctx, cancel := context.WithTimeout(ctx, 2*calling)
	defer cancel()
	sealed, _, err := fetch(ctx, d.files, m.URL, limit+aibotPadding)
	if err != nil {
		return nil, fmt.Errorf("download from wecom: %w", redact.Error(err, m.URL))
	}
	body, err := unsealMedia(sealed, m.Key)
	if err != nil {
		return nil, fmt.Errorf("decrypt what was downloaded from wecom: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, handlers.ErrTooLarge
	}
	return body, nil
}

// aibotPadding is what encryption adds to a file at most, in bytes.
const aibotPadding = 32

// unsealMedia decrypts a file: AES-256-CBC, the vector the key's first half, padded
// to 32 bytes.
func unsealMedia(sealed []byte, key string) ([]byte, error) {
	raw, err := base64.StdEncoding.WithPadding(base64.NoPadding).DecodeString(strings.TrimRight(key, "="))
	if err != nil || len(raw) != 32 {
		return nil, errors.New("the key is not 32 bytes in base64")
	}
	if len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errors.New("not whole blocks")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, raw[:aes.BlockSize]).CryptBlocks(plain, sealed)
	padding := int(plain[len(plain)-1])
	if padding == 0 || padding > aibotPadding || padding > len(plain) {
		return nil, errors.New("the padding is wrong")
	}
	return plain[:len(plain)-padding], nil
}
