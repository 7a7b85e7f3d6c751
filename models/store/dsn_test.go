package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/models/store"
	"waybill/models/store/storetest"
)

func TestAnAddressThatIsWrongIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, dsn := range []string{
		"", "waybill.db", "sqlite://", "sqlite://:memory:", "postgres://u:hidden@h/n", "mysql://h/n", "mysql://u:hidden@h", "mysql://u:hid%den@h/n",
		"mysql://u:hidden@h/n?tsl=true", "mysql://u:hidden@h/n?tls=nonsense", "mysql://u:hidden@h:port/n",
	} {
		s, err := store.Open(t.Context(), dsn, storetest.Keys(t))
		if err == nil {
			t.Errorf("%q was opened: %v", dsn, s.Close())
			continue
		}
		if strings.Contains(err.Error(), "hid") {
			t.Errorf("the error holds the password: %v", err)
		}
	}
}

func TestASQLitePathIsWhateverStandsBehindTheSlashes(t *testing.T) {
	for _, name := range []string{"plain.db", "with space.db", "a?b#c%20d&e.db", "运单.db"} {
		path := filepath.Join(t.TempDir(), name)
		s := storetest.Open(t, "sqlite://"+path)
		storetest.Migrate(t, s)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFolderThatIsMissingIsNamed(t *testing.T) {
	_, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "no", "waybill.db"), storetest.Keys(t))
	if err == nil || !strings.Contains(err.Error(), "open database") {
		t.Fatalf("got %v", err)
	}
}

func TestPingTellsWhetherTheDatabaseAnswers(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s, err := store.Open(t.Context(), dsn, storetest.Keys(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Ping(context.Background()); err == nil {
			t.Fatal("a closed store answers")
		}
	})
}
