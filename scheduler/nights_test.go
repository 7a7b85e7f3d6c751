package scheduler

import (
	"testing"
	"time"

	"waybill/models"
)

// inSiesta runs a test in a town where nobody is disturbed between one and two
// o'clock. Its scheduler stands still.
func inSiesta(t *testing.T, test func(t *testing.T, w *town)) {
	siesta := Quiet{From: 13, To: 14, Zone: models.Shanghai}
	inTownAt(t, Cadence{Floor: 30 * time.Minute, Speed: 1, Quiet: siesta}, func(t *testing.T, w *town) {
		w.stop()
		test(t, w)
	})
}

// works has the scheduler work for a while from a minute after noon on, and
// says what was told.
func (w *town) works(minute int, d time.Duration, want ...string) {
	w.t.Helper()
	time.Sleep(time.Until(noon.Add(time.Duration(minute) * time.Minute).Time()))
	w.run(w.db, nil)
	time.Sleep(d)
	w.stop()
	w.wantTold(want...)
}

func TestNewsThatAnOutageDelaysIntoTheNightWaitsForTheMorning(t *testing.T) {
	for name, outage := range map[string]func(w *town){
		"a process that is down": func(*town) {},
		"a platform that is down": func(w *town) {
			w.ears.answer = func(models.News) error { return errBroken }
			w.works(58, 3*time.Minute)
			w.ears.answer = nil
		},
		"a platform that asks to wait": func(w *town) {
			w.ears.answer = func(models.News) error { return &models.Wait{After: 5 * time.Minute} }
			w.works(59, 3*time.Second)
			w.ears.answer = nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			inSiesta(t, func(t *testing.T, w *town) {
				w.poll(w.follow(yt, "yto", "a").ID)
				outage(w)
				w.works(70, 3*time.Second)
				if c := w.chat("a"); c.TellAt != noon.Add(2*time.Hour) || c.Failures != 0 || c.Claim != "" {
					t.Errorf("chat %+v does not wait for two o'clock", c)
				}
				w.works(120, 3*time.Second, "a: "+yt+" scan:揽收")
			})
		})
	}
}

func TestWhatIsUrgentBringsWhatWasPutOffAlong(t *testing.T) {
	inSiesta(t, func(_ *testing.T, w *town) {
		w.poll(w.follow(yt, "yto", "a").ID)
		w.works(70, 3*time.Second)
		w.provider.says(shows(models.OutForDelivery, "派送"))
		w.follow(sf, "jd", "a")
		w.works(75, 3*time.Second, "a: "+sf+" scan:派送", "a: "+yt+" scan:揽收")
	})
}

func TestWhoComesBackByNightIsToldByNight(t *testing.T) {
	inSiesta(t, func(t *testing.T, w *town) {
		w.poll(w.follow(yt, "yto", "a").ID)
		w.works(70, 3*time.Second)
		w.must(w.db.Back(t.Context(), w.chat("a").ID, w.moment()))
		w.works(71, 3*time.Second, "a: "+yt+" scan:揽收")
	})
}

func TestAnAnswerThatSomebodyWaitsForIsToldByNightToThemAlone(t *testing.T) {
	inSiesta(t, func(_ *testing.T, w *town) {
		w.follow(yt, "yto", "other")
		w.followWith(yt, "yto", false, models.Following{Promised: true}, "asking")
		w.ears.answer = func(n models.News) error {
			if n.Chat.Room == "asking" && w.moment() < noon.Add(71*time.Minute) {
				return errBroken // it is not put off when it fails either
			}
			return nil
		}
		w.works(70, 3*time.Minute, "asking: "+yt+" scan:揽收")
		w.works(120, 3*time.Second, "other: "+yt+" scan:揽收")
	})
}
