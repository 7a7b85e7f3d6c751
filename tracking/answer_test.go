package tracking

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestScalarTakesAnyValue(t *testing.T) {
	for raw, want := range map[string]Scalar{
		`"x"`: "x", `" x\n"`: "x", `7`: "7", `-1.50`: "-1.50", `true`: "true", `false`: "false", `null`: "", `{}`: "", `[1]`: "", `""`: "", `"0042"`: "0042",
	} {
		got := Scalar("before")
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: got %q, %v", raw, got, err)
		}
	}
	var in struct{ A, B Scalar }
	if err := json.Unmarshal([]byte(`{"A":{"x":[1]},"B":12345678901234567890}`), &in); err != nil || in.A != "" || in.B != "12345678901234567890" {
		t.Errorf("got %+v, %v", in, err)
	}
}

func TestSameNumberForgivesWhatVendorsDoToNumbers(t *testing.T) {
	for got, same := range map[string]bool{
		"SF1000000000015": true, "sf1000000000015": true, "SF 1000-000000015": true, "": true, "SF10****015": true,
		"SF1000000000023": false, "SF100000000001": false,
	} {
		if SameNumber(got, "SF1000000000015") != same {
			t.Errorf("%q: want %v", got, same)
		}
	}
}

func TestARefusedTailIsWantedWhenNoneWasGiven(t *testing.T) {
	if !errors.Is(TailRefused(""), ErrTailNeeded) || !errors.Is(TailRefused("1"), ErrTailWrong) {
		t.Error("wrong kinds")
	}
}
