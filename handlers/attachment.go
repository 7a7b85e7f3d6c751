package handlers

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
)

// tellFiles gives the files whose names the platform does not tell, as those of 微信客服,
// a name by what is in them, so that a picture is read as one and a table as one.
func (t *turn) tellFiles(ctx context.Context) {
	if t.overheard() || t.m.Edited {
		return
	}
	t.m.Files = slices.Clone(t.m.Files)
	for i, f := range t.m.Files {
		if f.Kind == Document && f.Name == "" && f.MIME == "" {
			t.m.Files[i] = named(ctx, f)
		}
	}
}

// named is a file with a name by what is in it. It is downloaded once; a failure is
// told by whoever opens it.
func named(ctx context.Context, f Attachment) Attachment {
	within, cancel := context.WithTimeout(ctx, downloadWithin)
	defer cancel()
	body, err := f.Open(within, maxPicture)
	f.Name = nameOf(body)
	f.Open = func(_ context.Context, limit int64) ([]byte, error) {
		if err == nil && int64(len(body)) > limit {
			return nil, ErrTooLarge
		}
		return body, err
	}
	return f
}

// nameOf is a file's name by its first bytes: whatever is no picture and no workbook
// is text, as a table if its first line has columns.
func nameOf(body []byte) string {
	kind := http.DetectContentType(body)
	first, _, _ := bytes.Cut(body, []byte("\n"))
	switch {
	case strings.HasPrefix(kind, "image/"):
		return "file." + strings.TrimPrefix(kind, "image/")
	case len(body) > 12 && string(body[4:8]) == "ftyp": // a phone's HEIC, AVIF
		return "file.heic"
	case kind == "application/zip":
		return "file.xlsx"
	case bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")):
		return "file.json"
	case bytes.ContainsAny(first, ",;\t"):
		return "file.csv"
	}
	return "file.txt"
}
