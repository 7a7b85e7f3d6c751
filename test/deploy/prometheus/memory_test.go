package prometheus

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// memory keeps a few series for the engine.
type memory struct {
	storage.MockQueryable
	start time.Time // of the first values
}

// newMemory reads series, a value a minute.
func newMemory(t *testing.T, descriptions []string) *memory {
	t.Helper()
	m := &memory{start: time.Date(2026, 11, 27, 22, 0, 0, 0, time.UTC)} // six in Shanghai
	var series []storage.Series
	for _, description := range descriptions {
		name, values, err := parser.ParseSeriesDesc(description)
		if err != nil {
			t.Fatal(err)
		}
		var samples []chunks.Sample
		for i, v := range values {
			if !v.Omitted {
				samples = append(samples, sample{m.start.Add(time.Duration(i) * time.Minute).UnixMilli(), v.Value})
			}
		}
		series = append(series, storage.NewListSeries(name, samples))
	}
	m.MockQuerier = &storage.MockQuerier{
		SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
			set := &found{at: -1}
			for _, s := range series {
				if matchesAll(s.Labels(), matchers) {
					set.series = append(set.series, s)
				}
			}
			return set
		},
	}
	return m
}

func matchesAll(name labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(name.Get(m.Name)) {
			return false
		}
	}
	return true
}

// found are the series of one selection.
type found struct {
	series []storage.Series
	at     int
}

func (f *found) Next() bool                        { f.at++; return f.at < len(f.series) }
func (f *found) At() storage.Series                { return f.series[f.at] }
func (f *found) Err() error                        { return nil }
func (f *found) Warnings() annotations.Annotations { return nil }

type sample struct {
	at    int64
	value float64
}

func (s sample) T() int64                      { return s.at }
func (s sample) F() float64                    { return s.value }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }
