package main

import (
	"fmt"
	"strings"
	"testing"

	"waybill/tracking/sandbox"
)

func TestTheDemoShowsThatOthersStandIn(t *testing.T) {
	for name, c := range map[string]struct {
		broken string
		billed [4]int // muzhi, kuaidi100, juhe, kuaibao
	}{
		"the first is broken":   {"muzhi", [4]int{0, 2, 0, 0}},
		"the first two":         {"muzhi,kuaidi100", [4]int{0, 0, 2, 0}},
		"all but the last":      {"muzhi,kuaidi100,juhe", [4]int{0, 0, 0, 2}},
		"one that nobody needs": {"juhe", [4]int{2, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			got := runBot(t, open+"\n"+shut+" 1234\n", []string{"TMPDIR=" + t.TempDir()}, "demo", "--break", c.broken)
			if got.code != 0 || !containsAll(got.out, []string{"圆通速递 " + open, "顺丰速运 " + shut, "运输中", "盯着"}) {
				t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
			}
			for i, provider := range sandbox.Providers() {
				var asked, billed int
				for line := range strings.Lines(got.err) {
					if n, _ := fmt.Sscanf(line, "  "+provider+" %d asked, %d billed", &asked, &billed); n == 2 {
						break
					}
				}
				if billed != c.billed[i] {
					t.Errorf("%s bills %d, want %d\n%s", provider, billed, c.billed[i], got.err)
				}
			}
		})
	}
}
