package wecomtest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

// media is a file that messages refer to.
type media struct {
	kind, name string
	body       []byte
}

// mostBytes is how large a file of a kind may be.
func mostBytes(kind string) int {
	if kind == "image" {
		return 10 << 20
	}
	return 20 << 20
}

// Keep keeps a file as if somebody had sent it, and returns its id.
func (a *API) Keep(kind, name string, body []byte) (id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.keep(media{kind, name, body})
}

// keep is Keep for whoever holds the lock.
func (a *API) keep(m media) (id string) {
	id = a.id("media-")
	a.media[id] = m
	return id
}

// Expire forgets a file, as WeCom does after three days.
func (a *API) Expire(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.media, id)
}

// upload keeps a file's name and body under its id. An image must be one.
func (a *API) upload(c *call) (any, *no) {
	kind := c.param("type")
	if kind != "file" && kind != "image" {
		return nil, refuse(40004, "invalid media type")
	}
	_, params, err := mime.ParseMediaType(c.param("content-type"))
	if err != nil {
		return nil, refuse(40035, "not a form")
	}
	part, err := multipart.NewReader(bytes.NewReader(c.body), params["boundary"]).NextPart()
	if err != nil || part.FormName() != "media" || part.FileName() == "" {
		return nil, refuse(44001, "empty media data")
	}
	body, err := io.ReadAll(part)
	if err != nil || len(body) < 6 || len(body) > mostBytes(kind) {
		return nil, refuse(40006, "a file of %d bytes", len(body))
	}
	if sniffed := http.DetectContentType(body); kind == "image" && sniffed != "image/png" && sniffed != "image/jpeg" {
		return nil, refuse(40005, "invalid file type")
	}
	id := a.keep(media{kind, part.FileName(), body})
	a.sent = append(a.sent, Sent{Kind: "upload", Media: id, Text: part.FileName(), Body: body, At: a.Now()})
	return map[string]any{"type": kind, "media_id": id, "created_at": "1"}, nil
}

// download is media/get: the file itself.
func (a *API) download(c *call) (any, *no) {
	m, ok := a.media[c.param("media_id")]
	if !ok {
		return nil, refuse(40007, "invalid media_id")
	}
	return m, nil
}

// write answers with a file, as WeCom does: with a name for it.
func (m media) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", http.DetectContentType(m.body))
	w.Header().Set("Content-Disposition", `attachment; filename="`+strings.ReplaceAll(m.name, `"`, "")+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(m.body)))
	_, _ = w.Write(m.body)
}
