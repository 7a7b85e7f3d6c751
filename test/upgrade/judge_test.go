package main

import (
	"fmt"
	"strings"
	"testing"
)

// message is a message that shows scans by their number in the journey.
func message(scans ...int) string {
	text := "圆通速递 · 🚚 运输中\nYT1000000020001"
	for _, n := range scans {
		text += fmt.Sprintf("\n11-28 18:%02d 【长沙市】第 %d 站", n, n)
	}
	return text
}

func TestScansAreShownOnceAndAllOfThem(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		wrong string
	}{
		"every scan once":              {[]string{message(1, 2, 3), message(4, 5), message(6, 7, 8, 9)}, ""},
		"one is missing":               {[]string{message(1, 2, 3), message(5), message(6, 7, 8, 9)}, "8 scans are shown"},
		"two are only counted":         {[]string{message(1, 2), message(5, 6, 7, 8, 9) + "\n更早的还有 2 条"}, ""},
		"one is there again":           {[]string{message(1, 2, 3), message(3, 4, 5), message(6, 7, 8, 9)}, "shown twice: 【长沙市】第 3 站"},
		"a reminder shows it again":    {[]string{message(1, 2, 3, 4, 5, 6, 7, 8), message(8) + "\n已到 1 天，还没取", message(9)}, ""},
		"a reminder is the first word": {[]string{message(1, 2, 3, 4, 5, 6, 7), message(8) + "\n已到 1 天，还没取", message(9)}, ""},
	} {
		_, err := scansOnce(c.texts)
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: %v, want %q", name, err, c.wrong)
		}
	}
}
