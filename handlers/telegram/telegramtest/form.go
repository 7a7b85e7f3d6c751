package telegramtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
)

// form is the parameters of a call.
type form struct {
	values map[string]string
	files  map[string]File
}

// File is an uploaded file.
type File struct {
	Name string
	Body []byte
}

// readForm reads a multipart body, chunked or not. A body without a single
// part, not even the closing boundary, means no parameters: that is what
// go-telegram/bot sends for calls without any.
func readForm(r *http.Request) (form, error) {
	f := form{values: map[string]string{}, files: map[string]File{}}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		if n, _ := io.Copy(io.Discard, r.Body); n > 0 {
			return f, errors.New("unsupported content type")
		}
		return f, nil
	}
	body := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := body.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, fmt.Errorf("read form: %w", err)
		}
		if err := f.add(part); err != nil {
			return f, err
		}
	}
}

func (f form) add(part *multipart.Part) error {
	value, err := io.ReadAll(io.LimitReader(part, 64<<20))
	if err != nil {
		return fmt.Errorf("read form: %w", err)
	}
	if part.FileName() != "" {
		f.files[part.FormName()] = File{Name: part.FileName(), Body: value}
		return nil
	}
	f.values[part.FormName()] = string(value)
	return nil
}

// int is a whole number; 0 when it is missing or none.
func (f form) int(name string) int64 {
	n, err := strconv.ParseInt(f.values[name], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// json reads a JSON parameter; a missing one leaves into as it is.
func (f form) json(name string, into any) error {
	if f.values[name] == "" {
		return nil
	}
	return json.Unmarshal([]byte(f.values[name]), into)
}
