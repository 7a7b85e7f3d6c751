package wecom

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/util"

	"waybill/handlers"
	"waybill/models"
)

// Limits of a file in bytes (document 90253).
const (
	minFile = 6
	maxFile = 20 << 20
)

const (
	kindMedia = "wecom_media"
	mediaFor  = 3*24*time.Hour - time.Hour // WeCom keeps an uploaded file for three days
)

// errFile says that WeCom will never take a file: it has to be told in words.
var errFile = errors.New("wecom does not take the file")

// media is what messages call a file. It is uploaded unless it has been, by
// whatever process; errFile when WeCom refuses it for good.
func (c *caller) media(ctx context.Context, f *handlers.File) (id string, err error) {
	id, known, err := c.uploaded(ctx, f)
	if err != nil || known && id != "" {
		return id, err
	}
	if known {
		return "", errFile
	}
	id, err = c.upload(ctx, f)
	if lasting(err) {
		return "", c.refuseFile(ctx, f, err)
	}
	if err == nil {
		c.noteFile(ctx, f, id, c.now().Add(mediaFor))
	}
	return id, err
}

// refuseFile notes, for all processes, that WeCom does not take a file.
func (c *caller) refuseFile(ctx context.Context, f *handlers.File, err error) error {
	c.settings.Log.Warn("wecom does not take a file: it is told in words", slog.Int("bytes", len(f.Body)), slog.Any("err", err))
	c.noteFile(ctx, f, "", c.now().Add(sentFor))
	return fmt.Errorf("%w: %w", errFile, err)
}

// uploaded is what is known about a file: what it is called, or that it is refused ("").
func (c *caller) uploaded(ctx context.Context, f *handlers.File) (id string, known bool, err error) {
	value, known, err := c.settings.Memory.Recall(ctx, kindMedia, c.fileKey(f), c.now())
	return string(value), known, wrap("recall a file", err)
}

// noteFile remembers what uploaded tells. A failure is logged only: then the
// file is uploaded again.
func (c *caller) noteFile(ctx context.Context, f *handlers.File, id string, until models.Moment) {
	err := c.settings.Memory.Remember(context.WithoutCancel(ctx), kindMedia, c.fileKey(f), []byte(id), until)
	if err != nil {
		c.settings.Log.Warn("remember a file", slog.Any("err", err))
	}
}

// fileKey names a file as one app knows it.
func (c *caller) fileKey(f *handlers.File) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\x00%s\x00", c.tokens.agent, f.Name)
	_, _ = sum.Write(f.Body)
	return hex.EncodeToString(sum.Sum(nil))
}

// upload puts a file where messages can refer to it for three days.
func (c *caller) upload(ctx context.Context, f *handlers.File) (mediaID string, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	w, err := form.CreateFormFile("media", valid(f.Name))
	if err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	if _, err := w.Write(f.Body); err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	if err := form.Close(); err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	var got struct {
		ID string `json:"media_id"`
	}
	header := map[string]string{"Content-Type": form.FormDataContentType()}
	err = c.call(ctx, "media/upload", url.Values{"type": {"file"}}, func(ctx context.Context, uri string) ([]byte, error) {
		return util.HTTPPostContext(ctx, uri, body.Bytes(), header)
	}, &got)
	return got.ID, err
}

// fileMessages is how many messages a file becomes at most that WeCom does not
// take: customers get five in all.
const fileMessages = 3

// each sends the parts of a reply in turn, in messages of room bytes. A file
// that WeCom does not take is told in words.
func (c *caller) each(
	ctx context.Context, to models.Address, r handlers.Reply, parts []part, room int, send func(p part, i int) error,
) error {
	inTurn := func(parts []part) error {
		return c.inTurn(ctx, to, r, textsOf(parts), func(i int) error { return send(parts[i], i) })
	}
	last := parts[len(parts)-1]
	if last.file == nil {
		return inTurn(parts)
	}
	id, known, err := c.uploaded(ctx, last.file)
	if err != nil {
		return err
	}
	told := slices.Concat(parts[:len(parts)-1], fileWords(last.file, r.Lang, room))
	if known && id == "" {
		return inTurn(told)
	}
	if err := inTurn(parts); !errors.Is(err, errFile) {
		return err
	}
	return inTurn(told)
}

// fileWords are the messages that stand for a file: its text, as far as it fits.
func fileWords(f *handlers.File, lang string, room int) []part {
	rest := "…\n" + fileCut(lang)
	if !utf8.Valid(f.Body) {
		return []part{{text: rest}}
	}
	said := pages(strings.Split(strings.TrimRight(string(f.Body), "\n"), "\n"), room)
	if len(said) > fileMessages {
		said = said[:fileMessages]
		end := &said[fileMessages-1]
		*end = strings.TrimSuffix(prefix(*end, room-len(rest)), ellipsis) + rest
	}
	parts := make([]part, len(said))
	for i, text := range said {
		parts[i].text = text
	}
	return parts
}

// fileCut says that there is more in a file than is told.
func fileCut(lang string) string {
	switch lang {
	case "zh-CN":
		return "（这里发不了文件，后面的看不到了。）"
	case "zh-TW":
		return "（這裡傳不了檔案，後面的看不到了。）"
	}
	return "(Files cannot be sent here, so the rest is missing.)"
}
