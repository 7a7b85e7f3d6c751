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

	// fileMessages is how many messages a file becomes at most that WeCom does
	// not take: customers get five in all.
	fileMessages = 3
)

// errFile says that WeCom will never take a file: it has to be shown as text.
var errFile = errors.New("wecom does not take the file")

// sendReply sends the parts of a reply in turn, in messages of at most limit bytes. A
// file that WeCom does not take is shown as text, a picture left out: text goes before
// it that says the same.
func (c *client) sendReply(
	ctx context.Context, to models.Address, r handlers.Reply, parts []part, limit int, send func(p part, i int) error,
) error {
	inTurn := func(parts []part) error {
		return c.sendParts(ctx, to, r, textsOf(parts), func(i int) error { return send(parts[i], i) })
	}
	last := parts[len(parts)-1]
	if last.kind != typeFile {
		return inTurn(parts)
	}
	id, known, err := c.uploaded(ctx, c.tokens.agent, last)
	if err != nil {
		return err
	}
	asText := slices.Concat(parts[:len(parts)-1], fileParts(last.file, c.settings.Phrases(r.Lang).FileCut, limit))
	if known && id == "" {
		return inTurn(asText)
	}
	if err := inTurn(parts); !errors.Is(err, errFile) {
		return err
	}
	return inTurn(asText)
}

// fileParts are the messages that stand for a file: its text, as far as it fits,
// and cut where it does not.
func fileParts(f *handlers.File, cut string, limit int) []part {
	end := "…\n" + cut
	if !utf8.Valid(f.Body) {
		return []part{{text: end}}
	}
	texts := pages(strings.Split(strings.TrimRight(string(f.Body), "\n"), "\n"), limit)
	if len(texts) > fileMessages {
		texts = texts[:fileMessages]
		last := &texts[fileMessages-1]
		*last = strings.TrimSuffix(prefix(*last, limit-len(end)), ellipsis) + end
	}
	return partsOf(texts)
}

// mediaID is what messages call a file. It is uploaded unless it has been, by
// whatever process; errFile when WeCom refuses it for good.
func (c *client) mediaID(ctx context.Context, p part) (id string, err error) {
	id, known, err := c.uploaded(ctx, c.tokens.agent, p)
	if err != nil || known && id != "" {
		return id, err
	}
	if known {
		return "", errFile
	}
	id, err = c.upload(ctx, p)
	if lasting(err) {
		return "", c.refuseFile(ctx, c.tokens.agent, p, err)
	}
	if err == nil {
		c.rememberFile(ctx, c.tokens.agent, p, id, c.now().Add(mediaFor))
	}
	return id, err
}

// refuseFile notes, for all processes, that WeCom does not take a file from an app or a
// robot.
func (a *API) refuseFile(ctx context.Context, owner string, p part, err error) error {
	a.settings.Log.Warn("wecom does not take a file: text stands for it",
		slog.String("kind", p.kind), slog.Int("bytes", len(p.file.Body)), slog.Any("error", err))
	a.rememberFile(ctx, owner, p, "", a.now().Add(sentFor))
	return fmt.Errorf("%w: %w", errFile, err)
}

// unlessRefused is nil for a picture that WeCom does not take.
func (p part) unlessRefused(err error) error {
	if p.kind == typeImage && errors.Is(err, errFile) {
		return nil
	}
	return err
}

// uploaded is what is known about a file that an app or a robot, its owner, has
// uploaded: its id at WeCom, or that it is refused ("").
func (a *API) uploaded(ctx context.Context, owner string, p part) (id string, known bool, err error) {
	value, known, err := a.settings.Memory.Recall(ctx, kindMedia, p.key(owner), a.now())
	return string(value), known, wrap("recall a file", err)
}

// rememberFile stores what uploaded reads. A failure is logged only: then the
// file is uploaded again.
func (a *API) rememberFile(ctx context.Context, owner string, p part, id string, until models.Moment) {
	err := a.settings.Memory.Remember(context.WithoutCancel(ctx), kindMedia, p.key(owner), []byte(id), until)
	if err != nil {
		a.settings.Log.Warn("remember a file", slog.Any("error", err))
	}
}

// key tells files apart, as one owner has uploaded them.
func (p part) key(owner string) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\x00%s\x00%s\x00", owner, p.kind, p.file.Name)
	_, _ = sum.Write(p.file.Body)
	return hex.EncodeToString(sum.Sum(nil))
}

// upload puts a file where messages can refer to it for three days.
func (c *client) upload(ctx context.Context, p part) (mediaID string, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	w, err := form.CreateFormFile("media", valid(p.file.Name))
	if err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	if _, err := w.Write(p.file.Body); err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	if err := form.Close(); err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	var got struct {
		ID string `json:"media_id"`
	}
	header := map[string]string{"Content-Type": form.FormDataContentType()}
	err = c.call(ctx, "media/upload", url.Values{"type": {p.kind}}, func(ctx context.Context, uri string) ([]byte, error) {
		return util.HTTPPostContext(ctx, uri, body.Bytes(), header)
	}, &got)
	return got.ID, err
}
