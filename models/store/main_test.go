package store_test

import (
	"os"
	"testing"

	"waybill/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
