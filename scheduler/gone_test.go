package scheduler

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestThatAChatIsGoneStandsInTheLogOnce(t *testing.T) {
	inTownAt(t, rushed(), func(t *testing.T, w *town) {
		w.stop()
		var log bytes.Buffer
		w.ears.answer = func(models.News) error { return fmt.Errorf("send: %w", models.ErrGone) }
		w.run(w.db, func(s *Settings) { s.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		w.follow(yt, "yto", "a")
		time.Sleep(5 * time.Minute)
		w.stop()
		said := fmt.Sprintf("level=INFO msg=\"tell chat: it is gone\" door=test chat=%d ", w.chat("a").ID)
		if n := strings.Count(log.String(), said); n != 1 || strings.Contains(log.String(), yt) {
			t.Errorf("said %d times in %s", n, log.String())
		}
	})
}
