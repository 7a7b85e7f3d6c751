package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"waybill/models/store/storetest"
)

func TestAnSQLiteFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waybill.db")
	modes := func(when string) {
		t.Helper()
		for _, name := range []string{path, path + "-wal", path + "-shm"} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s %s: %v, %v", when, filepath.Base(name), info, err)
			}
		}
	}
	s := storetest.Open(t, "sqlite://"+path)
	storetest.Migrate(t, s)
	modes("new")
	for _, name := range []string{path, path + "-wal", path + "-shm"} { // as earlier versions made them
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again := storetest.Open(t, "sqlite://"+path)
	if err := again.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	modes("of an earlier version")
}
