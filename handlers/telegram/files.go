package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-telegram/bot"

	"waybill/handlers"
	"waybill/internal/httpbody"
	"waybill/internal/redact"
	"waybill/models"
)

const (
	// maxDownload is how many bytes of a file Telegram hands to a bot
	// (core.telegram.org/bots/api#getfile).
	maxDownload = 20 << 20
	// longestEdge is how many pixels a photo's longer side has at best: more only
	// takes longer to read.
	longestEdge = 2560
)

// sentFile is a photo in one of its sizes, or a document.
type sentFile struct {
	ID     string `json:"file_id"`
	Unique string `json:"file_unique_id"` // the same wherever the file is met
	Name   string `json:"file_name"`
	MIME   string `json:"mime_type"`
	Size   int64  `json:"file_size"`
	Width  int    `json:"width"`
	Height int    `json:"height"`

	kind handlers.AttachmentKind
}

func (f sentFile) edge() int { return max(f.Width, f.Height) }

// file is the photo or the document of a message; each of an album comes in a message
// of its own. What has another shape than is known here is none, and neither is a
// moving picture, which Telegram calls a document as well.
func (w wordless) file() (sentFile, bool) {
	var sizes []sentFile
	if json.Unmarshal(w.Photo, &sizes) == nil && len(sizes) > 0 {
		f := largest(sizes)
		f.kind = handlers.Photo
		return f, f.ID != ""
	}
	f := sentFile{kind: handlers.Document}
	if w.Animation != nil || json.Unmarshal(w.Document, &f) != nil {
		return sentFile{}, false
	}
	return f, f.ID != ""
}

func (w wordless) hasFile() bool {
	_, has := w.file()
	return has
}

// largest is the largest of a photo's sizes that has no more pixels than help, else
// the smallest.
func largest(sizes []sentFile) sentFile {
	best := sizes[0]
	for _, f := range sizes[1:] {
		if f.edge() <= longestEdge && (f.edge() > best.edge() || best.edge() > longestEdge) || f.edge() < best.edge() && best.edge() > longestEdge {
			best = f
		}
	}
	return best
}

// attachments are the files that a message brings: its own, or in a group those of the
// message that somebody answers by naming the bot.
func (i *identity) attachments(m message, named bool) []handlers.Attachment {
	f, ok := m.file()
	if !ok && named && m.ReplyTo != nil && !m.ReplyTo.fromBot() {
		f, ok = m.ReplyTo.file()
	}
	if !ok {
		return nil
	}
	return []handlers.Attachment{{Kind: f.kind, Name: f.Name, MIME: f.MIME, Size: f.Size, Open: i.open(f)}}
}

// opener makes what reads a file.
func (d *Door) opener(f sentFile) func(context.Context, int64) ([]byte, error) {
	return func(ctx context.Context, limit int64) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, calling)
		defer cancel()
		body, err := d.read(ctx, f, min(limit, maxDownload))
		if err != nil {
			return nil, d.client.redact(fmt.Errorf("download from telegram: %w", err))
		}
		return body, nil
	}
}

// read asks where a file is, and downloads it.
func (d *Door) read(ctx context.Context, f sentFile, limit int64) ([]byte, error) {
	if f.Size > limit {
		return nil, handlers.ErrTooLarge
	}
	at, err := d.bot.GetFile(ctx, &bot.GetFileParams{FileID: f.ID})
	no := &apiError{}
	switch {
	case errors.As(err, &no) && no.code == http.StatusBadRequest && no.says("too big"):
		return nil, handlers.ErrTooLarge
	case isBadRequest(err):
		return nil, fmt.Errorf("%w: %w", models.ErrGone, err)
	case err != nil:
		return nil, err
	case at.FileSize > limit:
		return nil, handlers.ErrTooLarge
	}
	return d.client.download(ctx, d.settings.APIURL+"/file/bot"+d.settings.Token+"/"+escapedPath(at.FilePath), limit)
}

func escapedPath(path string) string {
	steps := strings.Split(path, "/")
	for i, step := range steps {
		steps[i] = url.PathEscape(step)
	}
	return strings.Join(steps, "/")
}

// download reads a file of at most limit bytes. The address holds the token: no error
// names it.
func (c *client) download(ctx context.Context, address string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, errors.New("telegram says a file is where no address leads")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, redact.Error(err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		return nil, models.ErrGone
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("telegram answers with status %d", resp.StatusCode)
	case resp.ContentLength > limit:
		return nil, handlers.ErrTooLarge
	}
	body, err := httpbody.ReadAll(resp.Body, limit)
	if errors.Is(err, httpbody.ErrTooLong) {
		return nil, handlers.ErrTooLarge
	}
	return body, redact.Error(err)
}
