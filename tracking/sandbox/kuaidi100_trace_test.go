package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestTheTraceIsTheVendorsShape(t *testing.T) {
	w := newWorld(t, Options{})
	w.track(t, "yuantong", "YT1000000000013", "")
	w.clock.Add(60 * time.Hour)
	p := kuaidi100Param{Com: "yuantong", Num: "yt1000000000013", ResultV2: "4"}
	got := w.trackAs(t, p)
	newest, oldest := got.Data[0], got.Data[len(got.Data)-1]
	if got.State != "3" || got.IsCheck != "1" || got.Com != "yuantong" || got.Nu != "yt1000000000013" || got.Message != "ok" {
		t.Errorf("got %s", got.body)
	}
	if newest.StatusCode != "301" || newest.Status != "本人签收" || oldest.StatusCode != "103" || newest.Time <= oldest.Time || newest.FTime != newest.Time {
		t.Errorf("scans: %+v … %+v", newest, oldest)
	}
	if !strings.HasPrefix(newest.AreaCode, "CN") || newest.AreaName == "" || newest.AreaCenter == "" || newest.AreaPinYin == "" || newest.Location == "" {
		t.Errorf("area: %+v", newest)
	}
	r := got.RouteInfo
	if r == nil || r.From == nil || r.To == nil || r.From.Number != oldest.AreaCode || r.To.Number != newest.AreaCode || *r.Cur != *r.To {
		t.Errorf("route: %s", got.body)
	}
	w.clock.Add(time.Hour)
	p.ResultV2, p.Order = "1", "asc"
	plainer := w.trackAs(t, p)
	last := plainer.Data[len(plainer.Data)-1]
	if plainer.RouteInfo != nil || last.StatusCode != "" || last.Status != "签收" || last.AreaCode == "" || last.Location != "" || last.Time != newest.Time {
		t.Errorf("with resultv2 1, ascending: %s", plainer.body)
	}
	w.clock.Add(time.Hour)
	p.ResultV2 = ""
	if bare := w.trackAs(t, p); strings.Contains(bare.body, "areaCode") || bare.Data[0].Status != "" {
		t.Errorf("without resultv2: %s", bare.body)
	}
}

func TestTheRouteHasNoGoalBeforeTheFirstCityIsLeft(t *testing.T) {
	w := newWorld(t, Options{})
	if got := w.track(t, "yuantong", "YT1000000000013", ""); got.RouteInfo == nil || got.RouteInfo.To != nil || !strings.Contains(got.body, `"to":null`) {
		t.Errorf("got %s", got.body)
	}
	w.track(t, "ems", "EA100000003CN", "")
	w.clock.Add(64 * time.Hour)
	abroad := w.track(t, "ems", "EA100000003CN", "")
	if abroad.RouteInfo.Cur != nil || abroad.Data[0].AreaCode != "" || abroad.State != "3" {
		t.Errorf("abroad: %s", abroad.body)
	}
}

// Every itinerary's progress in the vendor's states: basic/advanced.
func TestScenariosTakeTheirCourseAtKuaidi100(t *testing.T) {
	for number, want := range map[string]string{
		"YT1000000000013": "0/1002 0/1001 5/5 3/301",
		"773000000000017": "0/1002 0/1001 5/5 5/501 3/304",
		"YT1000000000021": "0/1002 0/1001 5/5 2/206 5/5 3/301",
		"YT1000000000039": "0/1002 0/1001 5/5 2/203",
		"YT1000000000047": "0/1002 0/1001 5/5 2/203 6/6 4/4",
		"EA100000003CN":   "1/103 0/1002 8/11 8/12 0/1002 8/10 8/12 5/5 3/301",
	} {
		t.Run(Title(number), func(t *testing.T) {
			w := newWorld(t, Options{})
			com := byCarrier(kuaidi100Companies(), w.scenarios[number].Carrier).code
			var progress []string
			for range 160 {
				got := w.track(t, com, number, "")
				at := fmt.Sprint(got.State, "/", got.Data[0].StatusCode)
				if len(progress) == 0 || progress[len(progress)-1] != at {
					progress = append(progress, at)
				}
				w.clock.Add(time.Hour)
			}
			if got := strings.Join(progress, " "); got != want {
				t.Errorf("went %s, want %s", got, want)
			}
		})
	}
}

// The four tell of the same scans, each in its own words for the rest.
func TestAllVendorsTellOfTheSameJourney(t *testing.T) {
	w := newWorld(t, Options{})
	const number = "YT1000000000013"
	w.ask(t, "kddh", number)
	w.clock.Add(31 * time.Hour)
	muzhi := w.ask(t, "kddh", number)
	kuaidi := w.track(t, "yuantong", number, "")
	juhe := w.find(t, "com", "yt", "no", number)
	kuaibao := w.looked(t, kuaibaoAsked{WaybillCodes: number, CpCode: "yt"})
	if len(muzhi.Data) < 5 || len(kuaidi.Data) != len(muzhi.Data) || len(juhe.Result.List) != len(muzhi.Data) || len(kuaibao.items[0].Data) != len(muzhi.Data) {
		t.Fatalf("%d, %d, %d, %d scans", len(muzhi.Data), len(kuaidi.Data), len(juhe.Result.List), len(kuaibao.items[0].Data))
	}
	for i, scan := range muzhi.Data {
		k, j, b := kuaidi.Data[i], juhe.Result.List[len(muzhi.Data)-1-i], kuaibao.items[0].Data[i]
		for _, other := range []muzhiScan{{k.FTime, k.Context}, {j.Datetime, j.Remark}, {b.Time, b.Context}} {
			if other != scan {
				t.Errorf("scan %d is %v and %v", i, scan, other)
			}
		}
	}
	if at, err := time.ParseInLocation(time.DateTime, kuaidi.Data[0].Time, models.Shanghai); err != nil || at.After(w.clock.Now()) {
		t.Errorf("the newest is of %s: %v", kuaidi.Data[0].Time, err)
	}
}
