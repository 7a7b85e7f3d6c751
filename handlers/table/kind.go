package table

import (
	"archive/zip"
	"bytes"
	"strings"
)

// kind is what a file is.
type kind int

const (
	text kind = iota
	workbook
)

// kindOf says by its first bytes what a file is, or why it cannot be read.
func kindOf(body []byte) (kind, Problem) {
	switch {
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return workbook, packed(body)
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		// A workbook with a password is packed into the container of the old format.
		if bytes.Contains(body, utf16Of("EncryptedPackage")) {
			return 0, Encrypted
		}
		return 0, OldExcel
	case len(bytes.TrimSpace(body)) == 0:
		return 0, Empty
	}
	for _, magic := range []string{"%PDF", "\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF", "Rar!", "7z\xbc\xaf"} {
		if bytes.HasPrefix(body, []byte(magic)) {
			return 0, NoTable
		}
	}
	head := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(body[:min(len(body), 4096)], []byte(bom)), " \t\r\n")))
	for _, tag := range []string{"<html", "<!doctype", "<table", "<meta", "<head", "<body", "<?xml"} {
		if strings.HasPrefix(head, tag) {
			return 0, HTML
		}
	}
	return text, ""
}

// packed says why an archive is no workbook that can be read; "" when it is one.
func packed(body []byte) Problem {
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return Broken
	}
	var size uint64
	found := NoTable
	for _, f := range r.File {
		if size += f.UncompressedSize64; size > maxUnpacked || f.UncompressedSize64 > maxUnpacked {
			return TooLarge
		}
		switch {
		case f.Name == "xl/workbook.xml":
			found = ""
		case strings.HasPrefix(f.Name, "Index/") && strings.HasSuffix(f.Name, ".iwa"), f.Name == "Index.zip":
			return Numbers
		}
	}
	return found
}

// utf16Of is ASCII text as Windows writes it.
func utf16Of(text string) []byte {
	var b []byte
	for i := range len(text) {
		b = append(b, text[i], 0)
	}
	return b
}
