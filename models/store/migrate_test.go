package store_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

// envMigrate makes the test binary migrate the database that it names and end.
const envMigrate = "WAYBILL_TEST_MIGRATE"

func TestEightReplicasThatStartAtOnceAllSucceed(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		replicas := make([]*store.Store, 8)
		for i := range replicas {
			replicas[i] = storetest.Open(t, dsn)
		}
		errs := together(len(replicas), func(i int) error {
			if err := replicas[i].Migrate(t.Context()); err != nil {
				return err
			}
			_, err := replicas[i].Ensure(t.Context(), number(i), "sf", "", false, noon())
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		storetest.Migrate(t, replicas[0]) // once more changes nothing
		if found, err := replicas[0].ByNumber(t.Context(), number(7)); err != nil || len(found) != 1 {
			t.Fatalf("got %+v, %v", found, err)
		}
	})
}

func TestTwoProcessesMayMigrateOneDatabase(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		errs := together(2, func(int) error {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), envMigrate+"="+dsn)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Logf("%s", out)
			}
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		s := storetest.Open(t, dsn)
		if _, err := s.Chat(t.Context(), models.Address{Door: "telegram", Conversation: "1"}, false, noon()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAMigrationThatBrokeOffIsRunAgain: MySQL commits each statement by itself,
// so that a process that is killed leaves some tables and no version.
func TestAMigrationThatBrokeOffIsRunAgain(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn)
		storetest.Migrate(t, s)
		if !strings.HasPrefix(dsn, "mysql://") {
			return // SQLite undoes a migration that breaks off
		}
		for _, sql := range []string{
			"DELETE FROM goose_db_version WHERE version_id > 0", "DROP TABLE sync_cursors", "DROP TABLE raw_pushes", "DROP TABLE arrivals",
		} {
			if err := s.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		storetest.Migrate(t, s)
		// Another one dies before goose has written its first version.
		if err := s.Exec(t.Context(), "DELETE FROM goose_db_version"); err != nil {
			t.Fatal(err)
		}
		storetest.Migrate(t, s)
		k := kit{Store: s, t: t}
		k.arrive("1", 1)
		k.synced(page("", "c1", noon(), 1), noon())
		k.ok(k.KeepRawPush(k.ctx(), "kuaibao", "body", noon()))
	})
}

// migrate is what a process that TestTwoProcesses… starts does.
func migrate(dsn string) (err error) {
	s, err := store.Open(context.Background(), dsn, nil)
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(context.Background()), s.Close())
}
