package telegramtest

import (
	"bytes"
	"hash/crc32"
	"image"
	"net/http"
	"strconv"
	"strings"
)

// maxDownload is how many bytes a bot can download (core.telegram.org/bots/api#getfile).
const maxDownload = 20 << 20

// keptFile is a file that somebody has sent, as Telegram keeps it.
type keptFile struct {
	body    []byte
	size    int64 // as Telegram says; body may be left out where it is too large anyway
	path    string
	expired bool
}

// keep keeps a file and returns its id.
func (a *API) keep(prefix string, body []byte, size int64) string {
	id := prefix + strconv.Itoa(len(a.kept)+1)
	a.kept[id] = &keptFile{body: body, size: size, path: "files/" + id}
	return id
}

// media is what a message holds besides words; nothing when it is only words.
func (a *API) media(s Said) map[string]any {
	switch {
	case s.Photo != nil:
		return map[string]any{"photo": sizes(a.keep("AgPhoto", s.Photo, int64(len(s.Photo))), s.Photo, int64(len(s.Photo)))}
	case s.Document != nil:
		d := map[string]any{"file_unique_id": unique(s.Document.Body), "file_name": s.Document.Name, "file_size": max(s.Size, int64(len(s.Document.Body)))}
		d["file_id"] = a.keep("BQDoc", s.Document.Body, max(s.Size, int64(len(s.Document.Body))))
		if s.MIME != "" {
			d["mime_type"] = s.MIME
		}
		return map[string]any{"document": d}
	case s.Kind != "":
		return map[string]any{s.Kind: map[string]any{}}
	}
	return nil
}

// unique tells files apart whatever they are called.
func unique(body []byte) string {
	return "AQ" + strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 36)
}

// sizes are those of a photo: a thumbnail that nobody can read anything on, and the
// picture itself under its id.
func sizes(id string, body []byte, size int64) []map[string]any {
	width, height := 1280, 960
	if c, _, err := image.DecodeConfig(bytes.NewReader(body)); err == nil {
		width, height = c.Width, c.Height
	}
	small := map[string]any{"file_id": id + "s", "file_unique_id": "s" + unique(body), "width": min(90, width/2), "height": min(67, height/2), "file_size": 1000}
	return []map[string]any{small, {"file_id": id, "file_unique_id": unique(body), "width": width, "height": height, "file_size": size}}
}

// getFile says where a file can be downloaded, unless it is too large for a bot.
func (a *API) getFile(f form) (any, *refusal) {
	id := f.values["file_id"]
	k := a.kept[id]
	switch {
	case k == nil:
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	case k.size > maxDownload:
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": id, "file_unique_id": "u", "file_size": k.size, "file_path": k.path}, nil
}

// download hands a file out.
func (a *API) download(w http.ResponseWriter, r *http.Request) {
	path, ours := strings.CutPrefix(r.URL.Path, "/file/bot"+Token+"/")
	fault := a.called("file", 0)
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.mu.Happened()
	if fault != nil {
		fault.reply(w)
		return
	}
	for _, k := range a.kept {
		if ours && r.Method == http.MethodGet && k.path == path && !k.expired {
			_, _ = w.Write(k.body)
			return
		}
	}
	reply(w, nil, &refusal{Code: http.StatusNotFound, Description: "Not Found"})
}

// ExpireFiles makes Telegram forget all files that people have sent.
func (a *API) ExpireFiles() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = map[string]*keptFile{}
}

// ExpireLinks makes what getFile says of all files lead nowhere.
func (a *API) ExpireLinks() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range a.kept {
		k.expired = true
	}
}
