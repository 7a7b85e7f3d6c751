package store_test

import (
	"fmt"
	"os"
	"testing"

	"waybill/models/store/storetest"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(envMigrate); dsn != "" {
		if err := migrate(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(storetest.Main(m))
}
