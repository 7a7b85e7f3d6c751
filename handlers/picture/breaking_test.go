package picture

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLinesKeepPunctuationWhereItBelongs(t *testing.T) {
	c := &canvas{face: painter(t).face}
	st := style{size: 10}
	for _, k := range []struct {
		name, text string
		ems        float32
		most       int
		want       []string
	}{
		{"what fits is one line", "已到达长沙", 5, 3, []string{"已到达长沙"}},
		{"nothing", "", 5, 3, nil},
		{"between any two characters", "快件已到达长沙转运中心站", 4, 9, []string{"快件已到", "达长沙转", "运中心站"}},
		{"no comma begins a line: it hangs", "快件已到达，请耐心等待吧", 5.5, 9, []string{"快件已到达，", "请耐心等待", "吧"}},
		{"or it takes one along", "快件已到，请等待", 4, 9, []string{"快件已", "到，请等", "待"}},
		{"no bracket ends a line", "已到达长沙（岳麓区）", 6, 9, []string{"已到达长沙", "（岳麓区）"}},
		{"words stay whole", "Arrived at the hub", 6, 9, []string{"Arrived at", "the hub"}},
		{"numbers stay whole in Chinese", "电话138****5678请保持畅通", 7, 9, []string{"电话", "138****5678", "请保持畅通"}},
		{"a word longer than a line is cut", "abcdefghijklmnopqrst", 3, 3, nil},
		{"too much is elided", "快件已到达长沙转运中心站", 4, 2, []string{"快件已到", "达长沙…"}},
		{"before a word without place, too", "电话，+86 138****5678请", 7.5, 1, []string{"电话，+86 13…"}},
		{"no mark before an ellipsis", "快件已到达，，，请耐心等待", 6, 1, []string{"快件已到达…"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			got := c.lines(k.text, st, k.ems*st.size, k.most)
			if k.want == nil {
				if strings.Join(got, "") != k.text && k.most != len(got) {
					t.Errorf("got %q", got)
				}
				return
			}
			if diff := cmp.Diff(k.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALongLastLineHasNoOrphan(t *testing.T) {
	c := &canvas{face: painter(t).face}
	got := c.lines("请保持电话畅通放门口请提前说明", style{size: 10}, 140, 3)
	if diff := cmp.Diff([]string{"请保持电话畅通放门口请提前", "说明"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesLoseNothingAndFit(t *testing.T) {
	c := &canvas{face: painter(t).face}
	st := style{size: 10}
	letters := rapid.RuneFrom([]rune("快件已到达长沙转运中心，。、；：（）【】《》“”abc123-/ .,"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(letters, 0, 80, -1).Draw(t, "text")
		lines := c.lines(text, st, 100, 1000)
		unbroken := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := strings.Join(lines, ""); unbroken(got) != unbroken(text) {
			t.Fatalf("%q became %q", text, lines)
		}
		for _, l := range lines {
			if wide := c.wide(l, st); wide > 100+st.size/2+0.01 {
				t.Fatalf("%q is %v wide", l, wide)
			}
		}
	})
}

func TestNumbersAreGroupedForReading(t *testing.T) {
	for number, want := range map[string]string{
		"SF1000000000015":    "SF 1000 0000 00015",
		"RA123456785CN":      "RA 123 456 785 CN",
		"773012345678901":    "7730 1234 5678 901",
		"12345":              "12345",
		"JDVA000123456789":   "JDVA 0001 2345 6789",
		"1Z999AA10123456784": "1 Z 999 AA 1012 3456 784",
		"":                   "",
	} {
		if got := grouped(number); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
