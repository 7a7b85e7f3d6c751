package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FileName is the key file's place: beside the SQLite file at dbPath.
func FileName(dbPath string) string { return dbPath + ".key" }

// KeyFile returns the key in the file at path. A file that is missing is made
// with a new key, once, readable by its owner only; of several processes that
// start at the same time all get the same key.
func KeyFile(path string) (string, error) {
	keys, err := ReadKeyFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if err := makeKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make key file: %w", err)
	}
	return ReadKeyFile(path)
}

// ReadKeyFile returns the keys in the file at path, which becomes its owner's alone: a
// copy that was put back may be everybody's. The error keeps fs.ErrNotExist.
func ReadKeyFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read key file: %w", err)
	}
	_ = os.Chmod(path, 0o600) // a file of another owner stays as it is
	return strings.TrimSpace(string(text)), nil
}

// makeKey writes a file of another name and links it to its place, which fails
// when somebody was faster: nobody ever reads half a key.
func makeKey(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(NewKey() + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	return errors.Join(err, os.Remove(f.Name()))
}
