package troublelog_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/internal/troublelog"
)

// written makes a Log, and what it has written without times.
func written() (*troublelog.Log, func() []string) {
	out := &bytes.Buffer{}
	untimed := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	l := troublelog.New(slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{ReplaceAttr: untimed})))
	return l, func() []string { return strings.FieldsFunc(out.String(), func(r rune) bool { return r == '\n' }) }
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestATroubleIsLoggedWhenItBeginsEachMinuteAndWhenItIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, lines := written()
		l.Worked("take", "lease", "cron")
		for n := range 4 * 130 { // four times a second, each time by another port
			l.Failed("take", fmt.Errorf("refused from port %d", n), "lease", "cron")
			time.Sleep(time.Second / 4)
		}
		for range 10 {
			l.Worked("take", "lease", "cron")
			time.Sleep(time.Second)
		}
		wants(t, lines(),
			`level=WARN msg=failed doing=take lease=cron error="refused from port 0"`,
			`level=WARN msg=failed doing=take lease=cron error="refused from port 240" times=240 for=1m0s`,
			`level=WARN msg=failed doing=take lease=cron error="refused from port 480" times=240 for=2m0s`,
			`level=INFO msg="works again" doing=take lease=cron failures=520 for=2m10s`)
	})
}

func TestATroubleThatComesAndGoesIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, lines := written()
		for range 30 {
			l.Failed("take", errors.New("slow"))
			time.Sleep(time.Second)
			l.Worked("take")
		}
		wants(t, lines(), `level=WARN msg=failed doing=take error=slow`)
	})
}

func TestTroublesOfTwoLoopsAreTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, lines := written()
		for range 3 {
			l.Failed("take", errors.New("gone"), "lease", "a")
			l.Failed("take", errors.New("gone"), "lease", "b")
			l.Failed("renew", errors.New("gone"), "lease", "a")
		}
		time.Sleep(time.Minute)
		l.Worked("take", "lease", "a")
		l.Failed("take", errors.New("gone"), "lease", "a") // anew
		wants(t, lines(),
			`level=WARN msg=failed doing=take lease=a error=gone`,
			`level=WARN msg=failed doing=take lease=b error=gone`,
			`level=WARN msg=failed doing=renew lease=a error=gone`,
			`level=INFO msg="works again" doing=take lease=a failures=3 for=0s`,
			`level=WARN msg=failed doing=take lease=a error=gone`)
	})
}
