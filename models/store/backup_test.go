package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

func TestACopyMadeUnderWritesIsWhole(t *testing.T) {
	t.Parallel()
	dsn := storetest.Migrated(t, "sqlite")
	k := kit{Store: storetest.Open(t, dsn), t: t, dsn: dsn}
	k.keeps(k.Store, true)
	for n := range 50 {
		k.withTail(n+1, "1234")
	}
	busy, stop := context.WithCancel(t.Context())
	written := make(chan int)
	go func() { // each chat and its follow, or neither, must be in the copy
		n := 100
		for ; busy.Err() == nil; n++ {
			k.withTail(n, "1234")
		}
		written <- n - 100
	}()
	path := filepath.Join(t.TempDir(), "copy.db")
	k.ok(os.WriteFile(path, nil, 0o600))
	k.ok(k.BackUp(t.Context(), path))
	stop()
	if n := <-written; n == 0 {
		t.Log("nothing was written meanwhile")
	}
	before, err := os.ReadFile(path)
	k.ok(err)
	copied, err := store.OpenCopy(t.Context(), path, storetest.Keys(t))
	k.ok(err)
	parcels, err := copied.Verify(t.Context())
	if err != nil || parcels < 50 {
		t.Fatalf("it holds %d parcels, %v", parcels, err)
	}
	if seals, err := copied.Seals(t.Context()); err != nil || seals.Closed != 0 || seals.Current+1 < int(parcels) {
		t.Fatalf("%d parcels, but %+v, %v", parcels, seals, err)
	}
	k.ok(copied.Close())
	after, err := os.ReadFile(path)
	k.ok(err)
	if beside, err := filepath.Glob(path + "*"); err != nil || len(beside) != 1 || string(before) != string(after) {
		t.Fatalf("looking at it has left %v, %v", beside, err)
	}
}

func TestACopyThatIsNotWholeIsFound(t *testing.T) {
	t.Parallel()
	dsn := storetest.Migrated(t, "sqlite")
	k := kit{Store: storetest.Open(t, dsn), t: t, dsn: dsn}
	k.keeps(k.Store, true)
	for n := range 50 {
		k.withTail(n+1, "1234")
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	k.ok(k.BackUp(t.Context(), path))
	whole, err := os.ReadFile(path)
	k.ok(err)
	for name, c := range map[string]struct {
		damage func([]byte) []byte
		keys   string
		wrong  error
	}{
		"whole":         {func(b []byte) []byte { return b }, ours, nil},
		"cut off":       {func(b []byte) []byte { return b[:len(b)-len(b)/3] }, ours, nil},
		"overwritten":   {func(b []byte) []byte { copy(b[8192:], make([]byte, 65536)); return b }, ours, nil},
		"the wrong key": {func(b []byte) []byte { return b }, others, models.ErrWrongKey},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy.db")
			k.ok(os.WriteFile(path, c.damage(append([]byte(nil), whole...)), 0o600))
			copied, err := store.OpenCopy(t.Context(), path, sealer(t, c.keys))
			if err == nil {
				_, err = copied.Verify(t.Context())
				k.ok(copied.Close())
			}
			if (err == nil) != (name == "whole") || c.wrong != nil && !errors.Is(err, c.wrong) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestAServersDatabaseIsNotCopied(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		if err := k.BackUp(k.ctx(), filepath.Join(t.TempDir(), "copy.db")); (err == nil) != (k.kind() == "sqlite") {
			t.Fatalf("got %v", err)
		}
	})
}
