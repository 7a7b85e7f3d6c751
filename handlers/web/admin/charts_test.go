package admin

import "testing"

func TestAnAxisEndsAtARoundNumberAboveTheBars(t *testing.T) {
	for _, c := range []struct {
		parts [][]float64
		want  float64
	}{
		{[][]float64{{0, 0}}, 4},
		{[][]float64{{1.2, 0.4}, {0.6, 0.1}}, 2},
		{[][]float64{{50, 80}, {30, 7}}, 100},
		{[][]float64{{4}}, 4},
		{[][]float64{{901}}, 1000},
		{[][]float64{{0.0038}}, 0.004},
	} {
		if got := axisTop(c.parts); got < c.want*0.999 || got > c.want*1.001 {
			t.Errorf("%v: got %v, want %v", c.parts, got, c.want)
		}
	}
}
