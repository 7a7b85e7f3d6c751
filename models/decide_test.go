package models

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// scan is a scan so many minutes after the beginning of time.
func scan(at Moment, text string) Event {
	e := Event{Kind: Scan, At: at * minute, Text: text}
	e.Sign()
	return e
}

func trace(provider string, status Status, newestFirst ...Event) Trace {
	return Trace{Provider: provider, Status: status, Events: newestFirst}
}

// follow plays answers into a parcel and returns the last change.
func play(answers ...Trace) Change {
	p, known := Parcel{ID: 7}, []Event(nil)
	var c Change
	for i, t := range answers {
		c = Decide(p, known, t, Moment(1000+i))
		known = append(known, c.Events...)
		p = c.Parcel
	}
	return c
}

func texts(c Change) []string {
	var all []string
	for _, e := range c.Events {
		all = append(all, string(e.Kind)+":"+e.Text)
	}
	return all
}

func byWords(t Trace) Trace {
	t.ByWords = true
	return t
}

func inEnglish(t Trace) Trace {
	t.Lang = "en"
	return t
}

func TestAJourneyIsKeptAsAnswersTellIt(t *testing.T) {
	first := trace("kuaidi100", InTransit, scan(20, "到达"), scan(10, "揽收"))
	first.Origin, first.Destination, first.Estimate = "西安", "长沙", "预计明天送达"
	other := trace("kuaidi100", InTransit, scan(30, "发往"), scan(15, "补录"), scan(20, "到达"), scan(10, "揽收"))
	p := play(first, other).Parcel
	if p.Origin != "西安" || p.Destination != "长沙" || p.StartedAt != 10*minute || p.Estimate != "" {
		t.Errorf("from %q to %q since %d, estimate %q", p.Origin, p.Destination, p.StartedAt, p.Estimate)
	}
	if p.NewestSeq != p.Seq || p.EventAt != 30*minute {
		t.Errorf("newest scan is %d of %d at %d", p.NewestSeq, p.Seq, p.EventAt)
	}
}

func TestDecide(t *testing.T) {
	a, b, late := scan(10, "揽收"), scan(20, "到达"), scan(5, "补录")
	final := trace("muzhi", Delivered, b, a)
	final.Final = true
	cases := []struct {
		name    string
		answers []Trace
		news    []string
		status  Status
		done    bool
		urgent  bool
	}{
		{"the first answer's scans are news, oldest first", []Trace{trace("muzhi", InTransit, b, a)}, []string{"scan:揽收", "scan:到达"}, InTransit, false, false},
		{"the same answer again is no news", []Trace{trace("muzhi", InTransit, b, a), trace("muzhi", InTransit, b, a)}, nil, InTransit, false, false},
		{"a late, back-dated scan is news", []Trace{trace("muzhi", InTransit, b, a), trace("muzhi", InTransit, b, a, late)}, []string{"scan:补录"}, InTransit, false, false},
		{"a scan listed twice is news once", []Trace{trace("muzhi", InTransit, a, a)}, []string{"scan:揽收"}, InTransit, false, false},
		{"scans that vanish change nothing", []Trace{trace("muzhi", Delivered, b, a), trace("muzhi", Pending)}, nil, Delivered, true, false},
		{"an answer that is behind changes no status", []Trace{trace("muzhi", OutForDelivery, b, a), trace("muzhi", Collected, a)}, nil, OutForDelivery, false, false},
		{"a status without a scan is news", []Trace{trace("muzhi", InTransit, a), trace("muzhi", OutForDelivery, a)}, []string{"status:out_for_delivery"}, OutForDelivery, false, true},
		{"not knowing replaces no knowledge", []Trace{trace("muzhi", InTransit, a), trace("muzhi", Unknown, a)}, nil, InTransit, false, false},
		{"the first status is no news by itself", []Trace{trace("muzhi", Pending)}, nil, Pending, false, false},
		{"another provider's words for the same scan are no news", []Trace{trace("muzhi", InTransit, b, a), trace("juhe", InTransit, scan(20, "已到达"), scan(10, "已收件"))}, nil, InTransit, false, false},
		{"after a switch a later scan is news", []Trace{trace("muzhi", InTransit, a), trace("juhe", InTransit, b, scan(10, "已收件"))}, []string{"scan:到达"}, InTransit, false, false},
		{"the other provider's old words stay no news afterwards", []Trace{trace("muzhi", InTransit, a), trace("juhe", InTransit, scan(10, "已收件")), trace("juhe", InTransit, b, scan(10, "已收件"), scan(9, "已下单"))}, []string{"scan:到达"}, InTransit, false, false},
		{"collected is not the end", []Trace{trace("muzhi", Collected, a)}, []string{"scan:揽收"}, Collected, false, false},
		{"delivered is the end, and urgent", []Trace{trace("muzhi", InTransit, a), trace("muzhi", Delivered, b, a)}, []string{"scan:到达"}, Delivered, true, true},
		{"delivered by words alone is told and closes nothing", []Trace{trace("muzhi", InTransit, a), byWords(trace("muzhi", Delivered, b, a))}, []string{"scan:到达"}, Delivered, false, true},
		{"returned by words alone closes nothing", []Trace{byWords(trace("muzhi", Returned, a))}, []string{"scan:揽收"}, Returned, false, true},
		{"the provider's own status closes what words had said", []Trace{byWords(trace("muzhi", Delivered, b, a)), trace("muzhi", Delivered, b, a)}, nil, Delivered, true, false},
		{"in another language the same scans are no news", []Trace{trace("kuaidi100", InTransit, b, a), inEnglish(trace("kuaidi100", InTransit, scan(20, "Arrived"), scan(10, "Picked up")))}, nil, InTransit, false, false},
		{"a provider's final ends whatever the status", []Trace{{Provider: "juhe", Status: Rejected, Final: true, Events: []Event{a}}}, []string{"scan:揽收"}, Rejected, true, true},
		{"a finished parcel with a later scan reopens", []Trace{final, trace("muzhi", InTransit, scan(30, "转寄"), b, a)}, []string{"scan:转寄"}, InTransit, false, false},
		{"a thank-you after delivery is news but no reopening", []Trace{trace("muzhi", Delivered, b, a), trace("muzhi", Delivered, scan(30, "感谢"), b, a)}, []string{"scan:感谢"}, Delivered, true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := play(c.answers...)
			if !slices.Equal(texts(got), c.news) {
				t.Errorf("news = %q, want %q", texts(got), c.news)
			}
			if got.Parcel.Status != c.status || got.Parcel.Live() == c.done || got.Urgent() != c.urgent {
				t.Errorf("status %s, live %v, urgent %v", got.Parcel.Status, got.Parcel.Live(), got.Urgent())
			}
		})
	}
}

func TestDecideNumbersEventsOnAndStampsThem(t *testing.T) {
	c := Decide(Parcel{ID: 7, Seq: 3}, nil, trace("muzhi", InTransit, scan(20, "b"), scan(10, "a")), 99)
	for i, e := range c.Events {
		if e.Seq != int64(4+i) || e.ParcelID != 7 || e.StoredAt != 99 {
			t.Errorf("event %d = %+v", i, e)
		}
	}
	if c.Parcel.Seq != 5 || c.Parcel.EventAt != 20*minute || c.Parcel.NewsAt != 99 {
		t.Errorf("parcel = %+v", c.Parcel)
	}
}

func TestDigestTellsWhetherAnythingChanged(t *testing.T) {
	one := trace("muzhi", InTransit, scan(10, "a"))
	if Digest(one) != Digest(trace("muzhi", InTransit, scan(10, "a"))) {
		t.Error("equal traces differ")
	}
	final := one
	final.Final = true
	for _, other := range []Trace{final, trace("juhe", InTransit, one.Events...), trace("muzhi", Customs, one.Events...), trace("muzhi", InTransit, scan(11, "a"))} {
		if Digest(one) == Digest(other) {
			t.Errorf("%+v has the same digest", other)
		}
	}
}

// Whatever answers come in whatever order, no scan is news twice.
func TestNoScanIsNewsTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, known, told := Parcel{ID: 1}, []Event(nil), map[string]bool{}
		for i := range rapid.IntRange(1, 8).Draw(t, "answers") {
			var events []Event
			for _, at := range rapid.SliceOfN(rapid.Int64Range(1, 9), 0, 6).Draw(t, "scans") {
				events = append(events, scan(Moment(at), "x"))
			}
			tr := trace(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "provider"), rapid.SampledFrom(Statuses()).Draw(t, "status"), events...)
			c := Decide(p, known, tr, Moment(100+i))
			for _, e := range c.Events {
				if e.Kind == Scan && told[e.Identity] {
					t.Fatalf("scan at %d is news again", e.At)
				}
				told[e.Identity] = true
			}
			known = append(known, c.Events...)
			if c.Parcel.Seq != p.Seq+int64(len(c.Events)) || c.Parcel.EventAt < p.EventAt {
				t.Fatalf("from %+v to %+v", p, c.Parcel)
			}
			p = c.Parcel
		}
	})
}
