package store_test

import (
	"testing"

	"waybill/models"
)

func TestAChatIsMarkedForAsMuchAsItHears(t *testing.T) {
	for name, c := range map[string]struct {
		news  models.News
		mute  func(k kit, c models.Chat, p models.Parcel)
		bring func(f *models.Finish)
		heard bool
	}{
		"everything, an ordinary scan":           {models.NewsAll, nil, nil, true},
		"daily, an ordinary scan":                {models.NewsDaily, nil, nil, true},
		"urgent, an ordinary scan":               {models.NewsUrgent, nil, nil, false},
		"urgent, something urgent":               {models.NewsUrgent, nil, urgentScan, true},
		"urgent, a problem":                      {models.NewsUrgent, nil, problem, true},
		"problems, something urgent":             {models.NewsProblems, nil, urgentScan, false},
		"problems, a problem":                    {models.NewsProblems, nil, problem, true},
		"problems, but this parcel unmuted":      {models.NewsProblems, muting(false), nil, true},
		"problems, but this parcel only muted":   {models.NewsProblems, muting(true), urgentScan, true},
		"everything, but this parcel muted":      {models.NewsAll, muting(true), nil, false},
		"everything, this parcel muted: problem": {models.NewsAll, muting(true), problem, true},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k kit) {
				chat, p := k.chat(1), k.parcel(1)
				k.ok(k.SetNews(k.ctx(), chat.ID, c.news, 0, noon()))
				k.follow(chat, p)
				if c.mute != nil {
					c.mute(k, chat, p)
				}
				f := scan(k.stored(p.ID), "到达", noon())
				if c.bring != nil {
					c.bring(&f)
				}
				k.finish(f, noon())
				if got := k.marks(chat, p).Pending(); got != c.heard {
					t.Errorf("pending %v", got)
				}
			})
		})
	}
}

func urgentScan(f *models.Finish) { f.Change.Events[0].Urgency = models.UrgentAlways }

func problem(f *models.Finish) { f.Change.Brought = models.Rejected }

func muting(muted bool) func(kit, models.Chat, models.Parcel) {
	return func(k kit, c models.Chat, p models.Parcel) { k.ok(k.Mute(k.ctx(), c.ID, p.ID, muted, noon())) }
}

func TestAChoiceOfNewsEndsWhatWasUnmutedAndKeepsWhatIsMuted(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, p)
		k.follow(c, q)
		k.ok(k.SetNews(k.ctx(), c.ID, models.NewsUrgent, 0, noon()))
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, false, noon()))
		k.ok(k.Mute(k.ctx(), c.ID, q.ID, true, noon()))
		if k.marks(c, p).Mute != models.Unmuted || k.marks(c, q).Mute != models.Muted {
			t.Fatal("mutes of their own are not kept")
		}
		k.ok(k.SetNews(k.ctx(), c.ID, models.NewsDaily, 540, noon()))
		if k.marks(c, p).Mute != models.MuteInherited || k.marks(c, q).Mute != models.Muted {
			t.Errorf("mutes are %d and %d", k.marks(c, p).Mute, k.marks(c, q).Mute)
		}
		if c = k.again(c); c.News != models.NewsDaily || c.NewsAt != 540 {
			t.Errorf("chat hears %q at %d", c.News, c.NewsAt)
		}
	})
}
