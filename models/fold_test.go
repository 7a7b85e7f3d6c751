package models

import "testing"

func TestFoldShowsRepeatedLinesOnce(t *testing.T) {
	type row struct {
		text  string
		times int
	}
	for name, c := range map[string]struct {
		scans []Event // newest first
		want  []row
	}{
		"none": {nil, nil},
		"minutes apart": {
			[]Event{line("10:20:00", "运输中"), line("10:10:00", "运输中。"), line("10:00:00", "运输中"), line("09:00:00", "已揽收")},
			[]row{{"运输中", 3}, {"已揽收", 1}},
		},
		"each within an hour of the next": {[]Event{line("12:00:00", "运输中"), line("11:00:00", "运输中"), line("10:00:00", "运输中")}, []row{{"运输中", 3}}},
		"more than an hour apart":         {[]Event{line("12:00:00", "运输中"), line("10:59:00", "运输中")}, []row{{"运输中", 1}, {"运输中", 1}}},
		"something else between":          {[]Event{line("10:20:00", "派送中"), line("10:10:00", "派送失败"), line("10:00:00", "派送中")}, []row{{"派送中", 1}, {"派送失败", 1}, {"派送中", 1}}},
		"another place":                   {[]Event{{At: 2, Text: "到达", Place: "长沙"}, {At: 1, Text: "到达", Place: "西安"}}, []row{{"到达", 1}, {"到达", 1}}},
	} {
		got := Fold(c.scans)
		if len(got) != len(c.want) {
			t.Errorf("%s: %d lines, want %d", name, len(got), len(c.want))
			continue
		}
		for i, w := range c.want {
			if got[i].Text != w.text || got[i].Times != w.times {
				t.Errorf("%s: line %d is %q ×%d, want %q ×%d", name, i, got[i].Text, got[i].Times, w.text, w.times)
			}
		}
	}
}

func TestANotificationFoldsBeforeItCuts(t *testing.T) {
	var pending []Event
	for i := range 8 {
		e := scan(Moment(100+i), "运输中")
		e.Seq = int64(i + 2)
		pending = append(pending, e)
	}
	old := scan(10, "已揽收")
	old.Seq = 1
	n := BuildNotification(Chat{}, Follow{}, Parcel{}, append(pending, old))
	if len(n.Events) != 2 || n.Events[0].Times != 8 || n.Events[0].At != 107*minute || n.Events[1].Text != "已揽收" || n.More != 0 || n.Upto != 9 {
		t.Errorf("got %+v and %d more", n.Events, n.More)
	}
}
