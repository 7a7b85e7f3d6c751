package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"waybill/tracking/recognise"
)

func TestRecogniseReadsLinesLongerThanItsBuffer(t *testing.T) {
	var got bytes.Buffer
	out := bufio.NewWriter(&got)
	in := strings.NewReader(strings.Repeat("哈", 70_000) + " SF1000000000015\r\nYT1000000000017")
	if err := readLines(new(recognise.Reader), in, out); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(got.String(), "\n"), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `哈 SF1000000000015","numbers":[{"number":"SF1000000000015"`) || !strings.Contains(lines[1], `"YT1000000000017"`) {
		t.Errorf("%d lines, the last is %.200s", len(lines), lines[len(lines)-1])
	}
}
