package main

import (
	"strings"
	"testing"
)

func TestACommitThatTheCloneLacksIsSaidToBeMissing(t *testing.T) {
	const commit = "1234567890123456789012345678901234567890"
	err := checkOut(t.Context(), t.TempDir(), commit)
	if err == nil || !strings.Contains(err.Error(), commit+" is not in this clone") || !strings.Contains(err.Error(), "git fetch --unshallow") {
		t.Errorf("it says %v", err)
	}
}
