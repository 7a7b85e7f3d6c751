package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

// Pages renders pages of one look. Its templates have the functions of Funcs;
// each page defines "title" and "main", and may define "head" (more of the head)
// and "width" (a class of main).
type Pages struct {
	log    *slog.Logger
	assets map[string]asset // by path
	paths  map[string]string
}

type asset struct {
	kind string
	body []byte
}

// NewPages reads the style sheet of all pages, and what else is served under
// /static/ from the folder "static" of each of more.
func NewPages(log *slog.Logger, more ...fs.FS) (*Pages, error) {
	p := &Pages{log: log, assets: map[string]asset{}, paths: map[string]string{}}
	for _, files := range append([]fs.FS{static}, more...) {
		if err := fs.WalkDir(files, "static", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			body, err := fs.ReadFile(files, name)
			p.add(path.Base(name), body)
			return err
		}); err != nil {
			return nil, fmt.Errorf("read static files: %w", err)
		}
	}
	return p, nil
}

// add serves a file under a path that changes with its contents, so that it may
// be kept for ever.
func (p *Pages) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	at := "/static/" + strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	p.assets[at], p.paths[name] = asset{kinds[ext], body}, at
}

// Asset is the path under which a file of a folder "static" is served.
func (p *Pages) Asset(name string) (string, error) {
	at, ok := p.paths[name]
	if !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return at, nil
}

// Routes serve the static files.
func (p *Pages) Routes() []Route {
	return []Route{{Pattern: "GET /static/{name}", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := p.assets[r.URL.Path]
		if !ok {
			p.NotFound(w, r)
			return
		}
		Protect(w.Header(), "")
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(a.body)
	})}}
}

//go:embed layout.html notfound.html
var shared embed.FS

// Template parses pages (file names in files) over the layout of all pages.
func (p *Pages) Template(files fs.FS, funcs template.FuncMap, names ...string) (*template.Template, error) {
	t := template.New("layout.html").Funcs(template.FuncMap{"asset": p.Asset}).Funcs(funcs)
	t, err := t.ParseFS(shared, "layout.html")
	if err != nil {
		return nil, fmt.Errorf("read layout: %w", err)
	}
	if t, err = t.ParseFS(files, names...); err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	return t, nil
}

// Page is what the layout shows. Lang is the page's language (BCP 47).
type Page struct {
	Lang string
	Data any
}

// Render writes a page, or 500 when its template fails; nothing half done.
func (p *Pages) Render(w http.ResponseWriter, status int, t *template.Template, page Page) {
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		p.log.Error("render page", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// NotFound is the one 404 page: it does not say what was not found.
func (p *Pages) NotFound(w http.ResponseWriter, _ *http.Request) {
	t, err := p.Template(shared, nil, "notfound.html")
	if err != nil {
		p.log.Error("read page", "error", err)
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	Protect(w.Header(), "")
	p.Render(w, http.StatusNotFound, t, Page{Lang: "zh-CN"})
}

// Protect sets what every page sends: nothing from elsewhere, nothing kept,
// nothing said to others, no frame around it but those of frames (CSP sources, ""
// for none).
func Protect(h http.Header, frames string) {
	if frames == "" {
		frames = "'none'"
		h.Set("X-Frame-Options", "DENY")
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors "+frames)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}
