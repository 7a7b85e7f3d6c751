package scan

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"waybill/models"
)

// labelled is a line of a labelled set: what a provider and a newest scan say,
// and which statuses are right.
type labelled struct {
	ID     string
	Coarse models.Status // "" where the provider says none
	Text   string
	Status models.Status
	Also   []models.Status
	Kind   string
}

func (l labelled) accepts(s models.Status) bool { return s == l.Status || slices.Contains(l.Also, s) }

func set(t testing.TB, name string) []labelled {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var lines []labelled
	for row := range bytes.Lines(raw) {
		var l labelled
		if err := json.Unmarshal(row, &l); err != nil {
			t.Fatalf("line %d: %v", len(lines)+1, err)
		}
		lines = append(lines, l)
	}
	return lines
}

// score counts what a set's readings are worth.
type score struct{ all, right, falseDelivered, delivered, missed int }

func (s *score) count(l labelled, got models.Status) {
	ok := l.accepts(got)
	s.all++
	if ok {
		s.right++
	}
	if got == models.Delivered && !ok {
		s.falseDelivered++
	}
	if l.Status == models.Delivered {
		s.delivered++
		if !ok {
			s.missed++
		}
	}
}

// A false "delivered" silences a living parcel, so there may be none; the
// shares that must be right are in per cent. The judges' sets were written without
// knowledge of the reader, which has seen them since.
func TestLabelledScansAreReadRight(t *testing.T) {
	for name, least := range map[string]int{"scans.dev.jsonl": 97, "scans.own.jsonl": 97, "scans.judge.jsonl": 98, "scans.judge2.jsonl": 97, "scans.judge3.jsonl": 97} {
		t.Run(name, func(t *testing.T) {
			var total score
			kinds := map[string]*score{}
			for _, l := range set(t, name) {
				got := RefineStatus(l.Coarse, l.Text)
				if kinds[l.Kind] == nil {
					kinds[l.Kind] = &score{}
				}
				kinds[l.Kind].count(l, got)
				total.count(l, got)
				if !l.accepts(got) {
					t.Logf("%s (%s, %s) reads as %s, want %s: %s", l.ID, l.Kind, l.Coarse, got, l.Status, l.Text)
				}
			}
			for kind, s := range kinds {
				t.Logf("%-12s %3d of %3d", kind, s.right, s.all)
			}
			t.Logf("right %d of %d, false delivered %d, missed %d of %d delivered", total.right, total.all, total.falseDelivered, total.missed, total.delivered)
			if total.falseDelivered > 0 || 100*total.right < least*total.all || 10*total.missed > total.delivered {
				t.Error("too many are wrong")
			}
		})
	}
}
