package tracking

import (
	"encoding/json"
	"errors"
	"strings"
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

func TestRowsReadsAListAsPHPWritesIt(t *testing.T) {
	type row struct {
		N Scalar `json:"n"`
	}
	for raw, want := range map[string]string{
		`[{"n":1},{"n":2}]`:                      "12",
		`{"0":{"n":1},"1":{"n":2}}`:              "12",
		`{"10":{"n":3},"9":{"n":2},"1":{"n":1}}`: "123",
		`{"1":{"n":1},"3":{"n":2}}`:              "12",
		` {"0" : {"n":"1"} } `:                   "1",
		`"[{\"n\":1}]"`:                          "1",
		`"{\"0\":{\"n\":1},\"1\":{\"n\":2}}"`:    "12",
		`[null,{"n":1}]`:                         "1",
		`[]`:                                     "", `{}`: "", `""`: "", `null`: "", `false`: "", `" "`: "", ``: "", `"[]"`: "", `"null"`: "",
	} {
		rows, err := Rows[row](json.RawMessage(raw))
		var got strings.Builder
		for _, r := range rows {
			got.WriteString(string(r.N))
		}
		if err != nil || got.String() != want {
			t.Errorf("%s: got %q, %v", raw, got.String(), err)
		}
	}
	for _, raw := range []string{`{"n":1}`, `{"0":{"n":1},"total":2}`, `7`, `true`, `"x"`, `[1]`, `{"0":1}`} {
		if rows, err := Rows[row](json.RawMessage(raw)); err == nil {
			t.Errorf("%s: got %v", raw, rows)
		}
	}
}

func FuzzRows(f *testing.F) {
	f.Add([]byte(`{"0":{"a":1},"1":null}`))
	f.Add([]byte(`"\"[]\""`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		type row struct{ A Scalar }
		if rows, err := Rows[row](raw); err != nil && len(rows) > 0 {
			t.Errorf("%d rows and %v", len(rows), err)
		}
	})
}
