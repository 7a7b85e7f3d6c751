package scan

import "testing"

func TestCountsOfPiecesDiffer(t *testing.T) {
	for text, want := range map[string]struct{ told, remain bool }{
		"共4件,已签收4件":        {false, false},
		"共4件,已签收3件":        {true, true},
		"三箱中一箱已送达":         {true, true},
		"2 of 6 pieces":    {true, true},
		"6 of 6 pieces":    {false, false},
		"剩余1件已补送":          {false, true},
		"第2件,共2件":          {false, false},
		"1件,24个小时,3个工作日":   {false, false},
		"5件装2箱":            {false, false},
		"单号99887766554433": {false, false},
	} {
		if got := countsDiffer(text, false); got != want.told {
			t.Errorf("%q: counts differ %v, want %v", text, got, want.told)
		}
		if got := countsDiffer(text, true); got != want.remain {
			t.Errorf("%q with what remains: %v, want %v", text, got, want.remain)
		}
	}
}
