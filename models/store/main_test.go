package store_test

import (
	"fmt"
	"os"
	"testing"

	"waybill/models/store/storetest"
)

func TestMain(m *testing.M) {
	for name, work := range map[string]func(dsn string) error{envMigrate: migrate, envCrash: crash, envPages: pages} {
		if dsn := os.Getenv(name); dsn != "" {
			if err := work(dsn); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	os.Exit(storetest.Main(m))
}
