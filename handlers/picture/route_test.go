package picture

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"waybill/models"
)

// cities draws a way through cities of any length of name, anywhere in China.
func cities(t *rapid.T) []models.Stop {
	names := []string{"西安", "乌鲁木齐", "呼和浩特", "长沙", "Saarbrücken", "齐齐哈尔", "广州", "深圳", "东莞", "香港", "St. Petersburg"}
	way := make([]models.Stop, rapid.IntRange(1, 30).Draw(t, "stops"))
	for i := range way {
		way[i] = at(rapid.SampledFrom(names).Draw(t, "city"), rapid.Float64Range(73, 135).Draw(t, "east"), rapid.Float64Range(18, 53).Draw(t, "north"))
		if rapid.Bool().Draw(t, "near") && i > 0 {
			way[i].Lon, way[i].Lat = way[i-1].Lon+0.01, way[i-1].Lat
		}
	}
	return way
}

func TestNamesNeverOverlap(t *testing.T) {
	p := painter(t)
	words := bundle(t).For("zh-CN")
	rapid.Check(t, func(t *rapid.T) {
		s := &sheet{canvas: &canvas{face: p.face}, words: words}
		way := s.readable(cities(t))
		if m, ok := s.layMap(way, mostStops); ok {
			apart(t, m.labels, box{0, 0, inner, m.height})
		}
		stops := routeStops(way, mostStops)
		labels := s.lineLabels(stops, s.lineAt(len(stops)))
		apart(t, labels, box{margin, -100, margin + inner, 100})
	})
}

func apart(t *rapid.T, labels []label, field box) {
	if len(labels) == 0 || len(labels) > mostNamed {
		t.Fatalf("%d names", len(labels))
	}
	for i, l := range labels {
		if !l.box.within(field) {
			t.Fatalf("%s is outside: %+v", l.text, l.box)
		}
		for _, o := range labels[:i] {
			if l.box.overlaps(o.box) {
				t.Fatalf("%s over %s: %+v, %+v", l.text, o.text, l.box, o.box)
			}
		}
	}
}

func TestALongWayKeepsItsEndsAndWhereTheParcelIs(t *testing.T) {
	var way []models.Stop
	for i := range 40 {
		way = append(way, models.Stop{City: fmt.Sprint(i), Ahead: i > 30})
	}
	got := routeStops(way, mostStops)
	names := map[string]bool{}
	for _, st := range got {
		if st.named {
			names[st.City] = true
		}
	}
	if len(got) != mostStops || len(names) != mostNamed || !names["0"] || !names["30"] || !names["39"] {
		t.Errorf("%d stops with the names %v", len(got), names)
	}
}

func TestAMapNeedsToKnowWhereTheParcelIs(t *testing.T) {
	xian, wuhan := at("西安", 108.94, 34.34), at("武汉", 114.31, 30.59)
	for _, c := range []struct {
		name string
		way  []models.Stop
		want bool
	}{
		{"all are known", []models.Stop{xian, wuhan}, true},
		{"but the one ahead", []models.Stop{xian, wuhan, {City: "长沙", Ahead: true}}, true},
		{"but one between", []models.Stop{xian, {City: "郑州"}, wuhan}, true},
		{"not where it is", []models.Stop{xian, wuhan, {City: "长沙"}}, false},
		{"one city", []models.Stop{wuhan}, false},
		{"all at one place", []models.Stop{xian, at("咸阳", 108.94, 34.35)}, false},
		{"none", named("西安", "武汉"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &sheet{canvas: &canvas{face: painter(t).face}, words: bundle(t).For("zh-CN")}
			m, got := s.layMap(c.way, mostStops)
			if got != c.want {
				t.Fatalf("got %v", got)
			}
			if got && (m.places[0].x >= m.places[1].x || m.places[0].y >= m.places[1].y) {
				t.Errorf("西安 does not lie north-west of 武汉: %v", m.places)
			}
		})
	}
}
