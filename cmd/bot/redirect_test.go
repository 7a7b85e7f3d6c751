package main

import (
	stdlog "log"
	"log/slog"
	"os"
	"strings"
	"testing"
)

func TestWhatLibrariesLogIsARecordOfOurLog(t *testing.T) {
	t.Cleanup(func() {
		stdlog.SetOutput(os.Stderr)
		stdlog.SetFlags(stdlog.LstdFlags)
	})
	var out strings.Builder
	redirect(slog.New(slog.NewJSONHandler(&out, nil)))
	stdlog.Printf("Unsolicited response received on idle HTTP channel starting with %q", "HTTP/1.0 408")
	if got := out.String(); !strings.HasPrefix(got, `{"time":`) || !strings.Contains(got, `"level":"WARN"`) || !strings.Contains(got, `"msg":"Unsolicited response`) {
		t.Errorf("%s", got)
	}
}
