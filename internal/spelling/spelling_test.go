package spelling

import "testing"

func TestDistanceCountsWhatHasToBeChanged(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"list", "list", 0},
		{"", "abc", 3},
		{"lst", "list", 1},
		{"lisst", "list", 1},
		{"lost", "list", 1},
		{"lits", "list", 1},
		{"列表", "列标", 1},
		{"undo", "mute", 4},
		{"List", "list", 1},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q it is %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("back from %q to %q it is %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
