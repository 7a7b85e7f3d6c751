package seal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"waybill/models/seal"
)

func TestTheKeyFileIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	path := seal.FileName(filepath.Join(dir, "waybill.db"))
	got := make([]string, 16)
	var wait sync.WaitGroup
	for i := range got {
		wait.Go(func() {
			var err error
			if got[i], err = seal.KeyFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, key := range got {
		if key != got[0] {
			t.Fatal("two processes got different keys")
		}
	}
	keys(t, got[0])
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("got %v, %v, want mode 0600", info.Mode(), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

func TestAKeyFileThatIsThereIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k")
	if err := os.WriteFile(path, []byte("somebody's\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := seal.KeyFile(path); got != "somebody's" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestAFolderThatIsMissingIsAnError(t *testing.T) {
	if _, err := seal.KeyFile(filepath.Join(t.TempDir(), "no", "k")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v", err)
	}
}
