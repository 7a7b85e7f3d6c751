package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func pages(t *testing.T) *Pages {
	t.Helper()
	p, err := NewPages(quiet, fstest.MapFS{"static/more.js": {Data: []byte("1")}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStaticFilesMayBeKeptForEver(t *testing.T) {
	p := pages(t)
	s := New(nil, metrics().Handler(), quiet, p.Routes()...)
	for name, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "more.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"} {
		at, err := p.Asset(name)
		if err != nil {
			t.Fatal(err)
		}
		got := answer(t, s, http.MethodGet, at, "")
		if got.Code != http.StatusOK || got.Header().Get("Content-Type") != kind || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", name, got.Code, got.Header())
		}
		if got.Header().Get("Content-Security-Policy") == "" || got.Header().Get("Referrer-Policy") != "no-referrer" || got.Header().Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%s is not protected as pages are: %v", name, got.Header())
		}
	}
	if got := answer(t, s, http.MethodGet, "/static/style-000000000000.css", ""); got.Code != http.StatusNotFound {
		t.Errorf("another version: %d", got.Code)
	}
}

func TestAPageShowsItsTemplateInTheLayout(t *testing.T) {
	p := pages(t)
	files := fstest.MapFS{"a.html": {Data: []byte(`{{define "title"}}T {{.}}{{end}}{{define "main"}}<p>{{.}}</p>{{end}}`)}}
	page, err := p.Template(files, nil, "a.html")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	p.Render(w, http.StatusOK, page, Page{Lang: "en", Data: "<b>"})
	for _, part := range []string{`<html lang="en">`, "<title>T &lt;b&gt;</title>", "<p>&lt;b&gt;</p>", "/static/style-"} {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("%q is not in %s", part, w.Body)
		}
	}
}

func TestTheNotFoundPageIsProtectedAsAllPagesAre(t *testing.T) {
	w := httptest.NewRecorder()
	pages(t).NotFound(w, httptest.NewRequest(http.MethodGet, "/p/x", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
	for name, part := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
		"Cache-Control": "no-store", "X-Frame-Options": "DENY",
	} {
		if !strings.Contains(w.Header().Get(name), part) {
			t.Errorf("%s: %q", name, w.Header().Get(name))
		}
	}
}
