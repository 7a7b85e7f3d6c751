package models

import (
	"slices"
	"testing"
	"time"
)

// at is a moment by the clock of Shanghai on 27 November 2026.
func at(clock string) Moment {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-27 "+clock, Shanghai)
	if err != nil {
		panic(err)
	}
	return At(t)
}

func line(clock, text string) Event {
	e := Event{Kind: Scan, At: at(clock), Text: text}
	e.Sign()
	return e
}

func TestAScanThatIsWordedAnewIsNoNews(t *testing.T) {
	for name, c := range map[string]struct{ was, is Event }{
		"full width":               {line("16:45:00", "快件已到达长沙,编号A1"), line("16:45:00", "快件已到达长沙，编号Ａ１")},
		"blanks":                   {line("16:45:00", "【长沙市】 快件 已到达"), line("16:45:00", "【长沙市】快件已到达")},
		"punctuation":              {line("16:45:00", "[长沙市]快件已到达"), line("16:45:00", "【长沙市】快件已到达。")},
		"a semicolon at the end":   {line("16:45:00", "快件已发车"), line("16:45:00", "快件已发车；")},
		"upper case":               {line("16:45:00", "Arrived at CHANGSHA hub"), line("16:45:00", "Arrived at Changsha hub.")},
		"dropped seconds":          {line("16:45:37", "快件已到达长沙"), line("16:45:00", "快件已到达长沙")},
		"a masked phone":           {line("16:45:00", "快递员13800138000正在派件"), line("16:45:00", "快递员138****8000正在派件")},
		"a phone that is shown":    {line("16:45:00", "快递员138****8000正在派件"), line("16:45:00", "快递员13800138000正在派件")},
		"a phone masked with x":    {line("16:45:00", "快递员13800138000正在派件"), line("16:45:00", "快递员1380013XXXX正在派件")},
		"another part is masked":   {line("16:45:00", "快递员138****8000正在派件"), line("16:45:00", "快递员1380013****正在派件")},
		"fewer signs of masking":   {line("16:45:00", "快递员138****8000正在派件"), line("16:45:00", "快递员138**8000正在派件")},
		"a landline":               {line("16:45:00", "网点电话0731-88886666"), line("16:45:00", "网点电话0731-8888****")},
		"a masked name":            {line("16:45:00", "已签收，签收人：张三丰"), line("16:45:00", "已签收，签收人：张**")},
		"a name masked in words":   {line("16:45:00", "已签收，签收人：李四"), line("16:45:00", "已签收，签收人：李某")},
		"a masked code":            {line("16:45:00", "凭取件码3-2-5012取件"), line("16:45:00", "凭取件码****取件")},
		"a masked waybill":         {line("16:45:00", "运单YT1000000000013已揽收"), line("16:45:00", "运单YT10*******0013已揽收")},
		"markup":                   {line("16:45:00", "包裹已到城西服务点 电话0731"), line("16:45:00", `包裹已到<a href="https://x.example/?a=1&b=2">城西服务点</a>&nbsp;电话0731<br/>`)},
		"markup of before cleaned": {line("16:45:00", `包裹已到<b>城西</b>&nbsp;服务点`), line("16:45:00", "包裹已到城西 服务点")},
	} {
		t.Run(name, func(t *testing.T) {
			first := line("10:00:00", "快件已揽收")
			if got := play(trace("muzhi", InTransit, c.was, first), trace("muzhi", InTransit, c.is, first)); got.News() {
				t.Errorf("news: %q", texts(got))
			}
		})
	}
}

func TestScansThatDifferAreTwo(t *testing.T) {
	for name, c := range map[string]struct{ was, is []Event }{
		"other words in the same minute":          {[]Event{line("16:45:00", "到达长沙")}, []Event{line("16:45:30", "离开长沙"), line("16:45:00", "到达长沙")}},
		"the same words a minute later":           {[]Event{line("16:45:00", "到达长沙")}, []Event{line("16:46:00", "到达长沙"), line("16:45:00", "到达长沙")}},
		"a second attempt":                        {[]Event{line("16:45:00", "第1次派送失败")}, []Event{line("16:45:30", "第2次派送失败"), line("16:45:00", "第1次派送失败")}},
		"another courier":                         {[]Event{line("16:45:00", "快递员李四正在派件")}, []Event{line("16:45:00", "快递员王五正在派件")}},
		"a masked twin beside the one that shows": {[]Event{line("16:45:00", "快递员13800138000派件")}, []Event{line("16:45:00", "快递员139****9000派件"), line("16:45:00", "快递员13800138000派件")}},
		"equal words whole hours later":           {[]Event{line("10:00:00", "运输中"), line("09:00:00", "已揽收")}, []Event{line("12:00:00", "运输中"), line("10:00:00", "运输中"), line("09:00:00", "已揽收")}},
		"the oldest fell out, equal words came":   {[]Event{line("10:00:00", "运输中"), line("09:00:00", "离开"), line("08:00:00", "运输中")}, []Event{line("12:00:00", "运输中"), line("10:00:00", "运输中"), line("09:00:00", "离开")}},
		"a list cut to its newest":                {[]Event{line("10:00:00", "到达"), line("09:00:00", "离开"), line("08:00:00", "运输中")}, []Event{line("14:00:00", "运输中")}},
		"half an hour's shift is none":            {[]Event{line("10:00:00", "运输中")}, []Event{line("10:30:00", "运输中")}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := play(trace("muzhi", InTransit, c.was...), trace("muzhi", InTransit, c.is...)); len(got.Events) != 1 {
				t.Errorf("news: %q, want one scan", texts(got))
			}
		})
	}
}

func TestEqualWordsInOneMinuteAreOne(t *testing.T) {
	got := play(trace("muzhi", InTransit, line("16:45:50", "到达 长沙。"), line("16:45:10", "到达长沙"), line("16:45:00", "到达　长沙")))
	if len(got.Events) != 1 {
		t.Errorf("news: %q", texts(got))
	}
}

// by moves scans by hours, as a provider does that changes its zone.
func by(hours int, scans ...Event) []Event {
	moved := slices.Clone(scans)
	for i := range moved {
		moved[i].At = moved[i].At.Add(time.Duration(hours) * time.Hour)
		moved[i].Sign()
	}
	return moved
}

func TestAProviderThatChangesItsZoneTellsNothingNew(t *testing.T) {
	old := []Event{line("12:03:20", "到达长沙"), line("10:01:00", "离开西安"), line("09:00:00", "已揽收")}
	for _, hours := range []int{-14, -8, -1, 1, 8, 14} {
		if got := play(trace("muzhi", InTransit, old...), trace("muzhi", InTransit, by(hours, old...)...)); got.News() {
			t.Errorf("by %d hours: %q", hours, texts(got))
		}
	}
}

func TestAfterAnotherZoneWhatComesIsTold(t *testing.T) {
	old := []Event{line("12:03:00", "到达长沙"), line("10:01:00", "离开西安"), line("09:00:00", "已揽收")}
	for _, hours := range []int{-8, 8} {
		signed := by(hours, line("12:30:00", "已签收"))
		moved := append(signed, by(hours, old...)...)
		answers := []Trace{trace("muzhi", InTransit, old...), trace("muzhi", InTransit, by(hours, old...)...), trace("muzhi", Delivered, moved...)}
		got := play(answers...)
		if !slices.Equal(texts(got), []string{"scan:已签收"}) || got.Parcel.Status != Delivered || got.Parcel.EventAt != signed[0].At || got.Parcel.NewestSeq != got.Parcel.Seq {
			t.Errorf("by %d hours: %q, %s, newest %d of %d", hours, texts(got), got.Parcel.Status, got.Parcel.NewestSeq, got.Parcel.Seq)
		}
		later := append(by(hours, line("12:40:00", "感谢使用")), moved...)
		if got := play(append(answers, trace("muzhi", Delivered, later...))...); !slices.Equal(texts(got), []string{"scan:感谢使用"}) {
			t.Errorf("by %d hours, later: %q", hours, texts(got))
		}
		if got := play(append(answers, trace("muzhi", Delivered, append([]Event{line("12:30:00", "已签收")}, old...)...))...); got.News() {
			t.Errorf("by %d hours and back: %q", hours, texts(got))
		}
	}
}

func TestAScanStoredBeforeAnUpgradeIsKnown(t *testing.T) {
	known := line("16:45:37", `包裹已到<a href=x>城西</a>。`)
	known.Identity = "0123456789abcdef0123456789abcdef" // as an earlier version signed it
	c := Decide(Parcel{ID: 7, Provider: "muzhi", Status: InTransit, EventAt: known.At}, []Event{known}, trace("muzhi", InTransit, line("16:45:37", "包裹已到城西。")), at("17:00:00"))
	if c.News() {
		t.Errorf("news: %q", texts(c))
	}
}

func TestAnEstimateEndsWithTheJourney(t *testing.T) {
	one := trace("muzhi", InTransit, line("10:00:00", "运输中"))
	one.Estimate = "预计明天送达"
	over := trace("muzhi", Delivered, line("11:00:00", "已签收"))
	over.Estimate = "预计明天送达"
	if p := play(one).Parcel; p.Estimate != "预计明天送达" {
		t.Errorf("expects %q", p.Estimate)
	}
	if p := play(one, over).Parcel; p.Estimate != "" {
		t.Errorf("delivered, and expects %q", p.Estimate)
	}
}

// A provider that drops the seconds of what another one wrote with them tells nothing new.
func TestAfterASwitchTheSameMinuteIsNotLater(t *testing.T) {
	if got := play(trace("muzhi", InTransit, line("16:45:00", "到达")), trace("juhe", InTransit, line("16:45:59", "已到达"))); got.News() {
		t.Errorf("news: %q", texts(got))
	}
}

func BenchmarkSign(b *testing.B) {
	e := line("16:45:00", "【长沙市】【长沙岳麓网点】的李师傅（139****0000）正在派件，请保持电话畅通，准备签收")
	b.ReportAllocs()
	for b.Loop() {
		e.Sign()
	}
}

func FuzzMasks(f *testing.F) {
	f.Add("快递员13800138000", "快递员138****8000")
	f.Add("***xx某", "<a>&nbsp;")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 600 {
			return
		}
		if masksOf(a, b) != masksOf(b, a) {
			t.Errorf("%q and %q hide each other one way only", a, b)
		}
		_ = words(Plain(a))
	})
}

func TestAfterASwitchOnlyLaterScansAreNews(t *testing.T) {
	at := func(clock string) Moment { return line(clock, "x").At }
	for _, c := range []struct {
		name, since, at string
		late            bool
	}{
		{"before what was stored", "16:45:20", "16:44:59", true},
		{"the same scan without its seconds", "16:45:20", "16:45:00", true},
		{"later in the same minute", "16:45:20", "16:45:40", false},
		{"the same scan, which was stored without seconds", "16:45:00", "16:45:40", true},
		{"a minute after one without seconds", "16:45:00", "16:46:00", false},
	} {
		if got := isLate(at(c.since), at(c.at)); got != c.late {
			t.Errorf("%s: late %v", c.name, got)
		}
	}
	if isLate(0, at("16:45:00")) {
		t.Error("without a switch a scan is late")
	}
}
