package rhythm_test

import (
	"testing"
	"time"

	"waybill/models"
	"waybill/models/rhythm"
)

// wednesday is a working day in Shanghai.
func wednesday(hour float64) models.Moment {
	return models.At(time.Date(2026, 3, 4, 0, 0, 0, 0, models.Shanghai)).Add(time.Duration(hour * float64(time.Hour)))
}

func always(models.Moment) float64 { return 1 }

func load(t *testing.T) *rhythm.Table {
	t.Helper()
	table, err := rhythm.Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func curve(t *testing.T, table *rhythm.Table, c models.Carrier, leg rhythm.Leg) *rhythm.Curve {
	t.Helper()
	found, ok := table.Curve(c, leg)
	if !ok {
		t.Fatalf("nothing is known of %s", leg)
	}
	return found
}

func TestTheLegIsReadOutOfStatusAndWords(t *testing.T) {
	for _, c := range []struct {
		status models.Status
		words  string
		want   rhythm.Leg
	}{
		{models.Collected, "已揽收", rhythm.Collected},
		{models.InTransit, "快件已到达【广州转运中心】", rhythm.Arrived},
		{models.InTransit, "快件離開【廣州轉運中心】，已發往【北京】", rhythm.Departed},
		{models.InTransit, "【广州天河网点】快件已从网点发出，下一站 广州转运中心", rhythm.Sent},
		{models.InTransit, "快件到达 北京朝阳营业部", rhythm.Branch},
		{models.InTransit, "已到达【武汉分拨中心】，现发往【长沙】", rhythm.Arrived},
		{models.InTransit, "已到达【武汉分拨中心】，已发往【长沙】", rhythm.Departed},
		{models.InTransit, "快件发往 上海", rhythm.Departed},
		{models.InTransit, "Departed from sorting center", rhythm.Departed},
		{models.InTransit, "Arrived at delivery branch", rhythm.Branch},
		{models.InTransit, "运输中", rhythm.Moving},
		{models.OutForDelivery, "快件已到达网点，正在派送", rhythm.Out},
		{models.Delivered, "已签收", ""},
		{models.Invalid, "", ""},
	} {
		if got := rhythm.LegOf(c.status, c.words); got != c.want {
			t.Errorf("%s %q is on leg %q, want %q", c.status, c.words, got, c.want)
		}
	}
}

func TestWhatIsBuiltInKnowsEveryLeg(t *testing.T) {
	table := load(t)
	for _, leg := range rhythm.Legs() {
		for hour := range 24 {
			if rate := curve(t, table, "any", leg).At(wednesday(float64(hour)), wednesday(0)); rate <= 0 || rate > 20 {
				t.Errorf("%s at %d: %v scans an hour", leg, hour, rate)
			}
		}
	}
	if _, ok := table.Curve("sf", ""); ok {
		t.Error("something is known of no leg")
	}
	var none *rhythm.Table
	if _, ok := none.Curve("sf", rhythm.Out); ok {
		t.Error("no table knows something")
	}
}

func TestAParcelIsAskedAboutWhenItMoves(t *testing.T) {
	c := curve(t, load(t), "zto", rhythm.Collected)
	evening := c.Wait(wednesday(16), wednesday(20), 30*time.Minute, 4*time.Hour, 1, always)
	morning := c.Wait(wednesday(4), wednesday(9), 30*time.Minute, 4*time.Hour, 1, always)
	if evening >= time.Hour || morning < 3*time.Hour {
		t.Errorf("collected: %s in the evening, %s in the morning", evening, morning)
	}
	asleep := c.Wait(wednesday(16), wednesday(20), 30*time.Minute, 4*time.Hour, 1, func(models.Moment) float64 { return 1.0 / 9 })
	if asleep <= evening {
		t.Errorf("where waiting counts less, %s instead of %s", asleep, evening)
	}
	if dear := c.Wait(wednesday(16), wednesday(20), 30*time.Minute, 4*time.Hour, 4, always); dear <= evening {
		t.Errorf("where calls are dearer, %s instead of %s", dear, evening)
	}
	if most := c.Wait(wednesday(4), wednesday(9), 30*time.Minute, time.Hour, 1, always); most != time.Hour {
		t.Errorf("it waits %s of at most an hour", most)
	}
}

// As long after the newest scan, what hour it is decides.
func TestTheHourDecides(t *testing.T) {
	table := load(t)
	for _, c := range []struct {
		leg         rhythm.Leg
		since       float64
		busy, still float64 // hours of the day
	}{
		{rhythm.Collected, 3, 20, 9},
		{rhythm.Branch, 1, 7.5, 20},
		{rhythm.Failed, 14, 8, 11},
		{rhythm.Customs, 30, 12, 19},
		{rhythm.Departed, 6, 6, 16},
	} {
		at := func(hour float64) time.Duration {
			return curve(t, table, "zto", c.leg).Wait(wednesday(hour-c.since), wednesday(hour), 30*time.Minute, 18*time.Hour, 1, always)
		}
		if busy, still := at(c.busy), at(c.still); 3*busy > 2*still {
			t.Errorf("%s, %v hours after the newest scan: %s at %v, %s at %v", c.leg, c.since, busy, c.busy, still, c.still)
		}
	}
}

// A carrier whose vans go out at another hour is asked about at that hour after some weeks,
// and others are not.
func TestTheHoursOfACarrierAreRecorded(t *testing.T) {
	built := load(t)
	n := built.NewCounts()
	for day := range 40 {
		from := wednesday(16).Add(time.Duration(day) * 24 * time.Hour)
		n.Gap("jt", rhythm.Collected, from, from.Add(18*time.Hour)) // at ten in the morning
	}
	table := built.With(n.All())
	const ten = 10.2
	from, at := wednesday(16).Add(-24*time.Hour), wednesday(ten)
	was, is := curve(t, built, "jt", rhythm.Collected).At(at, from), curve(t, table, "jt", rhythm.Collected).At(at, from)
	other := curve(t, table, "sf", rhythm.Collected).At(at, from)
	if is < 5*was || other >= is {
		t.Errorf("%.4f scans an hour were built in, %.4f are expected now, %.4f of another carrier", was, is, other)
	}
	if evening := curve(t, table, "jt", rhythm.Collected).At(wednesday(21), wednesday(16)); evening >= curve(t, built, "jt", rhythm.Collected).At(wednesday(21), wednesday(16)) {
		t.Error("the evening is believed in as before")
	}
}

func TestACallIsCheaperWhereNewsIsFoundLate(t *testing.T) {
	built := load(t)
	late, soon := built.NewCounts(), built.NewCounts()
	for range 500 {
		late.Found("yto", built.Lag("yto"), rhythm.Sighting{Made: wednesday(9), Before: wednesday(8), Now: wednesday(11)})
		soon.Found("yto", built.Lag("yto"), rhythm.Sighting{Made: wednesday(9), Before: wednesday(8), Now: wednesday(9.2)})
	}
	if dear := built.With(late.All()).Dear(); dear >= 0.5 {
		t.Errorf("everything comes late, and a call counts %v times", dear)
	}
	if dear := built.With(soon.All()).Dear(); dear <= 1.5 {
		t.Errorf("everything comes soon, and a call counts %v times", dear)
	}
	if dear := built.With(nil).Dear(); built.Dear() != 1 || dear < 0.999 || dear > 1.001 {
		t.Error("nothing is known, and a call does not count as usual")
	}
}

func TestNonsenseIsNotCounted(t *testing.T) {
	n := load(t).NewCounts()
	n.Gap("", rhythm.Out, 1, 2)
	n.Gap("sf", "to come", wednesday(1), wednesday(2))
	n.Gap("sf", "", 1, 2)
	n.Gap("sf", rhythm.Out, 0, wednesday(1))
	n.Gap("sf", rhythm.Out, wednesday(2), wednesday(1))
	n.Gap("sf", rhythm.Out, wednesday(1), wednesday(1).Add(30*24*time.Hour))
	if all := n.All(); len(all) != 0 {
		t.Errorf("counted %v", all)
	}
	table := load(t).With([]models.Rhythm{{Carrier: "sf", Leg: "out", Slot: 999, Scans: 5}, {Carrier: "sf", Leg: "to come", Slot: 1}})
	if _, ok := table.Curve("sf", "to come"); ok {
		t.Error("a leg of a version to come is known")
	}
}

func BenchmarkWait(b *testing.B) {
	table, err := rhythm.Load()
	if err != nil {
		b.Fatal(err)
	}
	c, _ := table.Curve("zto", rhythm.Departed)
	quiet := models.Quiet{From: 23, To: 7, Zone: models.Shanghai}
	weight := func(at models.Moment) float64 {
		if quiet.During(at) {
			return 1.0 / 3
		}
		return 1
	}
	for b.Loop() {
		c.Wait(wednesday(22), wednesday(23.5), 30*time.Minute, 6*time.Hour, 1, weight)
	}
}

func BenchmarkLegOf(b *testing.B) {
	for b.Loop() {
		rhythm.LegOf(models.InTransit, "【广州市】快件已到达【广州转运中心】，包装完好，扫描员 张*，联系电话 139****1234")
	}
}
