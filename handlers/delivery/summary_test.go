package delivery

import (
	"slices"
	"testing"
	"time"

	"waybill/models"
)

// daily has a chat hear once a day.
func (r *rig) daily(chat string, minute int) {
	r.must(r.db.SetNews(r.t.Context(), r.chat(chat).ID, models.NewsDaily, minute, r.moment()))
}

func TestADailyChatHearsAtItsHourInOneMessage(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.daily("a", 13*60+30) // within the quiet hours
		r.news(yt, "揽收", "a")
		r.urgent(r.follow(sf, "a").Number, "派送")
		r.news(zt, "到达", "other")
		r.sweep()
		r.sees("other: " + zt + " 到达")
		at := models.At(morning.Add(3*time.Hour + 30*time.Minute))
		if c := r.chat("a"); c.WorkAt != at {
			r.t.Errorf("the chat is due at %s", c.WorkAt.Time())
		}
		r.pass(at.Sub(r.moment()))
		r.sweep()
		if all := r.door.said(); len(all) != 2 || !slices.Contains([]string{"a: " + yt + " 揽收 " + sf + " 派送", "a: " + sf + " 派送 " + yt + " 揽收"}, all[1]) {
			r.t.Errorf("said %q", all)
		}
		r.pass(24 * time.Hour)
		r.sweep()
		if all := r.door.said(); len(all) != 2 {
			r.t.Errorf("without news it says %q", all[2:])
		}
	})
}

func TestWhatHappensAfterTheHourIsForTheNextDay(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.daily("a", 9*60) // an hour ago
		r.news(yt, "揽收", "a")
		r.pass(22 * time.Hour)
		r.sweep()
		r.sees()
		r.pass(time.Hour)
		r.sweep()
		r.sees("a: " + yt + " 揽收")
	})
}

func TestADailyChatIsAnsweredAtOnceAndHearsAtOnceOfWhatItHasMuted(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.daily("a", 9*60)
		r.follow(zt, "a")
		r.followWith(models.Following{Awaited: true}, false, yt, "a")
		muted := r.follow(sf, "a")
		r.must(r.db.Mute(t.Context(), r.chat("a").ID, muted.ID, true, r.moment()))
		r.happens(yt, "揽收")
		r.happens(zt, "到达")
		r.urgent(sf, "派送")
		r.sweep()
		r.sees("a: "+sf+" 派送", "a: "+yt+" 揽收")
	})
}

func TestNewsWaitsNoLongerOnceAChatHearsEverythingAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.daily("a", 9*60)
		r.news(yt, "揽收", "a")
		r.sweep()
		r.sees()
		r.must(r.db.SetNews(t.Context(), r.chat("a").ID, models.NewsAll, 0, r.moment()))
		r.sweep()
		r.sees("a: " + yt + " 揽收")
	})
}
