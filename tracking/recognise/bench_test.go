package recognise

import (
	_ "embed"
	"strings"
	"testing"
)

// chatLines are lines of 60 characters as people and couriers write them, two
// thirds of them with a number.
//
//go:embed testdata/chat_lines.txt
var chatLines string

// BenchmarkRecognise reads chat lines of 60 characters and encodes what it
// found, as `bot recognise` does; lines/s is what one core does.
func BenchmarkRecognise(b *testing.B) {
	lines := strings.Split(strings.TrimSpace(chatLines), "\n")
	var buf []byte
	b.ReportAllocs()
	var r Reader
	for i := 0; b.Loop(); i++ {
		buf = r.Text(lines[i%len(lines)]).AppendJSON(buf[:0])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
