package store_test

import (
	"fmt"
	"testing"

	"waybill/models"
)

// shenzhen is a route from Shenzhen to Beijing.
var shenzhen = models.Route{Carrier: "sf", Origin: "深圳", Destination: "北京", OriginArea: "广东", DestinationArea: "北京"}

// endJourney ends a parcel's journey, which arrived at a moment.
func (k kit) endJourney(p models.Parcel, r models.Route, at models.Moment) models.Parcel {
	k.t.Helper()
	f := scan(p, fmt.Sprint("delivered ", at), at)
	f.Change.Parcel.Status, f.Change.Parcel.DoneAt = models.Delivered, at
	f.Journey = &models.Journey{Route: r, StartedAt: at - 50*hour, OutAt: at - 3*hour, DeliveredAt: at, Silence: int64(9 * hour)}
	return k.finish(f, at)
}

// journeys reads the groups to compare with.
func (k kit) journeys(r models.Route) [][]models.Journey {
	k.t.Helper()
	groups, err := k.Journeys(k.ctx(), r)
	k.ok(err)
	return groups
}

func TestAJourneyIsKeptWhenItEnds(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.endJourney(k.parcel(1), shenzhen, noon())
		for _, group := range k.journeys(shenzhen) {
			want := models.Journey{Route: shenzhen, StartedAt: noon() - 50*hour, OutAt: noon() - 3*hour, DeliveredAt: noon(), Silence: int64(9 * hour)}
			if len(group) != 1 || group[0] != want {
				t.Fatalf("got %+v, want %+v", group, want)
			}
		}
		p.DoneAt = 0 // it was not delivered after all
		k.endJourney(p, shenzhen, noon()+day)
		if got := k.journeys(shenzhen)[0]; len(got) != 1 || got[0].DeliveredAt != noon()+day {
			t.Fatalf("a parcel that was reopened counts as %+v", got)
		}
	})
}

func TestAStaleCheckLeavesNoJourney(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.finish(scan(p, "first", noon()), noon())
		f := scan(p, "late", noon())
		f.Journey = &models.Journey{Route: shenzhen, StartedAt: 1, DeliveredAt: noon()}
		if _, err := k.Finish(k.ctx(), f, noon()); err == nil {
			t.Fatal("a stale check was taken")
		}
		if got := k.journeys(shenzhen)[0]; len(got) != 0 {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestJourneysComeInGroupsTheMostSimilarFirst(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		other := func(change func(*models.Route)) models.Route {
			r := shenzhen
			change(&r)
			return r
		}
		for i, r := range []models.Route{
			shenzhen, shenzhen,
			other(func(r *models.Route) { r.Origin = "广州" }),
			other(func(r *models.Route) { r.Destination, r.DestinationArea = "上海", "上海" }),
			other(func(r *models.Route) { r.Origin, r.OriginArea = "杭州", "浙江" }),
			other(func(r *models.Route) { r.Origin, r.OriginArea, r.Destination, r.DestinationArea = "", "", "", "" }),
		} {
			k.endJourney(k.parcel(i), r, noon()+models.Moment(i))
		}
		yto, err := k.Ensure(k.ctx(), number(99), "yto", "", false, noon())
		k.ok(err)
		k.endJourney(yto, other(func(r *models.Route) { r.Carrier = "yto" }), noon())
		for _, c := range []struct {
			name string
			r    models.Route
			want []int
		}{
			{"all is known", shenzhen, []int{2, 3, 6}},
			{"from where", models.Route{Carrier: "sf", Origin: "深圳", OriginArea: "广东"}, []int{4, 6}},
			{"nothing", models.Route{Carrier: "sf"}, []int{6}},
			{"towns without provinces", models.Route{Carrier: "sf", Origin: "深圳", Destination: "北京"}, []int{2, 6}},
			{"no carrier", models.Route{Origin: "深圳"}, nil},
			{"another carrier", models.Route{Carrier: "zto"}, []int{0}},
		} {
			groups := k.journeys(c.r)
			if len(groups) != len(c.want) {
				t.Fatalf("%s: %d groups", c.name, len(groups))
			}
			for i, n := range c.want {
				if len(groups[i]) != n {
					t.Errorf("%s: group %d has %d journeys, want %d", c.name, i, len(groups[i]), n)
				}
			}
		}
	})
}

func TestARouteKeepsItsNewestJourneys(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.ok(k.Exec(k.ctx(), `INSERT INTO journeys (parcel_id, carrier, origin, destination, delivered_at)
			WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i+1 FROM n WHERE i < 1499) SELECT i, 'sf', '深圳', '北京', i FROM n`))
		var last models.Parcel
		for i := range 64 { // one of them is the parcel whose number has it trimmed
			last = k.endJourney(k.parcel(i), shenzhen, noon()+models.Moment(i))
		}
		var n, oldest int64
		k.ok(k.Value(k.ctx(), &n, "SELECT COUNT(*) FROM journeys WHERE origin = '深圳'"))
		k.ok(k.Value(k.ctx(), &oldest, "SELECT MIN(delivered_at) FROM journeys"))
		if n > 400+64 || oldest <= 1000 {
			t.Fatalf("%d journeys are kept, the oldest of %d", n, oldest)
		}
		if got := k.journeys(shenzhen); len(got[0]) != 240 || got[0][0].DeliveredAt != last.EventAt && got[0][0].DeliveredAt != noon()+63 {
			t.Fatalf("%d are read, the first of %d", len(got[0]), got[0][0].DeliveredAt)
		}
	})
}

func TestJourneysGoAfterHalfAYear(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.endJourney(k.parcel(1), shenzhen, noon())
		k.endJourney(k.parcel(2), shenzhen, noon()+day)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+180*day+1))
		if got := k.journeys(shenzhen)[0]; len(got) != 1 || got[0].DeliveredAt != noon()+day {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestAJourneyBelongsToTheRightCarrier(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		zto := shenzhen
		zto.Carrier = "zto"
		c := k.chat(1)
		wrong := k.parcel(1)
		k.follow(c, wrong)
		wrong = k.endJourney(wrong, shenzhen, noon())
		moved, err := k.ChangeCarrier(k.ctx(), wrong, "zto", noon())
		k.ok(err)
		if got := k.journeys(zto)[0]; len(got) != 1 || len(k.journeys(shenzhen)[0]) != 0 {
			t.Fatalf("got %+v after a corrected carrier", got)
		}
		right, err := k.Ensure(k.ctx(), number(1), "yto", "", false, noon())
		k.ok(err)
		yto := shenzhen
		yto.Carrier = "yto"
		k.endJourney(right, yto, noon())
		_, err = k.ChangeCarrier(k.ctx(), moved, "yto", noon())
		k.ok(err)
		if got := k.journeys(yto)[0]; len(got) != 1 || len(k.journeys(zto)[0]) != 0 {
			t.Fatalf("got %+v of the carrier that they were merged into, %+v of the other", got, k.journeys(zto)[0])
		}
	})
}
