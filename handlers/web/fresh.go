package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"strings"
)

// RenderFresh writes a page with an ETag of what it shows, or 304 to whoever has it
// already: a page that is open asks for itself again.
func (p *Pages) RenderFresh(w http.ResponseWriter, r *http.Request, t *template.Template, page Page) {
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		p.log.Error("render page", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(out.Bytes())
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes())
}
