package delivery

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestAMessageCanBeFollowedByItsIDWithoutContents(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.log.Reset()
		s := r.settings(r.now)
		s.Log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		r.worker = New(s)
		r.writes("a", "小明的手机 13800138000 到哪了")
		r.door.fails(always(errBroken))
		r.sweep()
		r.door.fails(nil)
		r.pass(2 * time.Second)
		r.sweep()
		r.news(yt, "揽收", "a")
		r.sweep()
		var steps []string
		_, after, _ := strings.Cut(r.log.String(), " arrival=")
		id := " arrival=" + strings.Fields(after)[0] // a server counts as it likes
		for line := range strings.Lines(r.log.String()) {
			if strings.Contains(line, id+" ") || strings.HasSuffix(line, id+"\n") {
				_, rest, _ := strings.Cut(line, "msg=")
				steps = append(steps, strings.Split(rest, `"`)[1])
			}
		}
		for _, step := range []string{"update claimed", "update read", "replies queued", "reply sent", "update ended"} {
			if !slices.Contains(steps, step) {
				t.Errorf("no %q among %q", step, steps)
			}
		}
		log := r.log.String()
		for _, word := range []string{"小明", "13800138000", yt, yt[len(yt)-4:], "揽收"} {
			if strings.Contains(log, word) {
				t.Errorf("%q stands in the log", word)
			}
		}
		for _, want := range []string{"outcome=failed", "outcome=sent", `msg="news sent"`, "seq=1"} {
			if !strings.Contains(log, want) {
				t.Errorf("no %s in the log", want)
			}
		}
		if !slices.Equal(slices.Compact(r.meter.sent), []string{KindReply, KindNews}) {
			t.Errorf("sent %q\n%s", r.meter.sent, log)
		}
	})
}

func TestWhatTheProgramPostsAnswersNobody(t *testing.T) {
	for key, want := range map[string]string{"90210": KindReply, "post:1:alert-ab:5": KindAlert, "post:1:import-3:5": KindNews} {
		if got := kindOf(models.Arrival{Key: key}); got != want {
			t.Errorf("%s: %s", key, got)
		}
	}
}
