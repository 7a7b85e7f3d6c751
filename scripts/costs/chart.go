package main

import (
	"strconv"

	"github.com/go-analyze/charts"
)

// point is a policy in the picture: what it costs, and the median delay in minutes.
type point struct{ calls, minutes float64 }

func points(all outcomes, keys ...string) []point {
	var line []point
	for _, key := range keys {
		line = append(line, point{all[key].perDelivered(), all[key].median().Minutes()})
	}
	sortBy(line, func(p point) float64 { return p.calls })
	return line
}

// at is a line's height, between its points; false beside them.
func at(line []point, calls float64) (float64, bool) {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		if a.calls <= calls && calls <= b.calls {
			return a.minutes + (b.minutes-a.minutes)*(calls-a.calls)/(b.calls-a.calls), true
		}
	}
	return 0, false
}

// Of the picture: calls per delivered parcel from left to right, minutes from the ground up.
const (
	leftCalls, rightCalls, stepCalls = 20, 80, 2
	topMinutes                       = 125
)

// draw paints the median delay by what is paid for it, of fixed intervals and of Waybill.
func draw(all outcomes, l language) ([]byte, error) {
	lines := [][]point{
		points(all, fixedKeys()...),
		points(all, "now0.25", "now0.5", "now", "now2", "now4", "now8"),
	}
	var labels []string
	data := make([][]float64, len(lines))
	for calls := leftCalls; calls <= rightCalls; calls += stepCalls {
		label := ""
		if calls%10 == 0 {
			label = strconv.Itoa(calls)
		}
		labels = append(labels, label)
		for i, line := range lines {
			minutes, ok := at(line, float64(calls))
			if !ok || minutes > topMinutes {
				minutes = charts.GetNullValue()
			}
			data[i] = append(data[i], minutes)
		}
	}
	opt := charts.NewLineChartOptionWithData(data)
	text, grid := charts.ParseColor("#3d4650"), charts.ParseColor("#dfe3e8")
	opt.Theme = charts.MakeTheme(charts.ThemeOption{
		AxisStrokeColor: grid, AxisSplitLineColor: grid, BackgroundColor: charts.ColorWhite,
		TextColor: text, TextColorLegend: text, TextColorXAxis: text, TextColorYAxis: text, TextColorTitle: text,
		SeriesColors: []charts.Color{charts.ParseColor("#9aa5b1"), charts.ParseColor("#0b4f9c")},
	})
	opt.Title = charts.TitleOption{Text: l.words["delay"], FontStyle: charts.FontStyle{FontSize: 13}}
	opt.Legend = charts.LegendOption{
		SeriesNames: l.of("fixedLine", "waybillLine"), FontStyle: charts.FontStyle{FontSize: 12}, Offset: charts.OffsetStr{Left: charts.PositionRight, Top: "28"},
	}
	opt.Padding = charts.NewBox(14, 12, 22, 10)
	opt.Symbol = charts.Symbol{Shape: charts.SymbolNone}
	opt.LineStrokeWidth = 3
	opt.StrokeSmoothingTension = 0
	opt.XAxis.Labels = labels
	opt.XAxis.LabelCount = len(labels)
	opt.XAxis.LabelFontStyle.FontSize = 12
	opt.XAxis.BoundaryGap = charts.Ptr(false)
	opt.YAxis[0].LabelFontStyle.FontSize = 12
	opt.YAxis[0].Min, opt.YAxis[0].Max = charts.Ptr(0.0), charts.Ptr(float64(topMinutes))
	opt.YAxis[0].LabelCount = topMinutes/25 + 1
	opt.ValueFormatter = func(v float64) string { return strconv.Itoa(int(v + 0.5)) }
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: 820, Height: 380})
	if err := p.LineChart(opt); err != nil {
		return nil, err
	}
	return p.Bytes()
}
