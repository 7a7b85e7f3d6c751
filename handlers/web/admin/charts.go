package admin

import (
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"

	"waybill/models"
)

// chartDays is how many days charts and their tables show.
const chartDays = 30

// look is what a chart looks like, in the colours of the pages (static/style.css).
type look struct {
	text, line string
	series     []string
	dark       bool
}

func looks() map[string]look {
	return map[string]look{
		"light": {text: "#57616b", line: "#dfe3e8", series: []string{"#0b4f9c", "#3f8ee0", "#8fbdf0", "#c9dff8"}},
		"dark":  {text: "#9aa5b1", line: "#2b323a", series: []string{"#a9d1fc", "#5ba2ea", "#2f6fb3", "#234b77"}, dark: true},
	}
}

// shape is the size of a chart, and on every how many days it writes the date.
type shape struct{ width, height, every int }

// shapes are the charts for wide and for narrow screens.
func shapes() map[string]shape {
	return map[string]shape{"wide": {1040, 260, 2}, "narrow": {360, 240, 5}}
}

// chart draws one of /admin/charts/{calls|cost}-{light|dark}-{wide|narrow}.svg.
func (d *Dashboard) chart(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimSuffix(r.PathValue("name"), ".svg"), "-")
	if len(parts) != 3 || !strings.HasSuffix(r.PathValue("name"), ".svg") {
		d.Pages.NotFound(w, r)
		return
	}
	value, known := d.chartValues()[parts[0]]
	look, painted := looks()[parts[1]]
	size, sized := shapes()[parts[2]]
	if !known || !painted || !sized {
		d.Pages.NotFound(w, r)
		return
	}
	days, err := d.usage.lastDays(r.Context(), chartDays)
	if err != nil {
		d.failed(w, r, err)
		return
	}
	svg, err := d.draw(days, value, look, size)
	if err != nil {
		d.failed(w, r, fmt.Errorf("draw chart: %w", err))
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	_, _ = w.Write(svg)
}

// chartValues are what a chart's bars show, by its name.
func (d *Dashboard) chartValues() map[string]func(bill) float64 {
	return map[string]func(bill) float64{
		"calls": func(b bill) float64 { return float64(b.Calls) },
		"cost":  func(b bill) float64 { f, _ := b.cost.Float64(); return f },
	}
}

// draw paints a bar for each day, with a part for each provider.
func (d *Dashboard) draw(days []dayUsage, value func(bill) float64, l look, size shape) ([]byte, error) {
	names := d.providersOf(days)
	data, labels := make([][]float64, len(names)), make([]string, len(days))
	for i, day := range days {
		if (len(days)-1-i)%size.every == size.every/2 { // the last one would stand out of the picture
			labels[i] = strings.TrimPrefix(day.Day[5:], "0")
		}
		for p, name := range names {
			data[p] = append(data[p], value(d.billOf(day.Rows, of(name))))
		}
	}
	if len(names) == 0 {
		data, names = [][]float64{make([]float64, len(days))}, []string{"–"}
	}
	top, scale := axisTop(data), 1.0
	for ; top*scale < 100; scale *= 10 { // below small numbers the library adds room under the zero
		for _, part := range data {
			for i := range part {
				part[i] *= 10
			}
		}
	}
	opt := charts.NewBarChartOptionWithData(data)
	opt.Theme = l.theme()
	opt.Padding = charts.NewBox(4, 4, 8, 0)
	opt.StackSeries = charts.Ptr(true)
	opt.BarSize = 0.62
	opt.Legend = charts.LegendOption{SeriesNames: names, Symbol: charts.SymbolSquare, FontStyle: charts.FontStyle{FontSize: 11}}
	opt.CategoryAxis.Labels = labels
	opt.CategoryAxis.LabelFontStyle.FontSize = 11
	opt.CategoryAxis.LabelCount = len(days)
	opt.CategoryAxis.BoundaryGap = charts.Ptr(true) // a label stands in the middle of its day
	opt.ValueAxis[0].LabelFontStyle.FontSize = 11
	opt.ValueAxis[0].Min = charts.Ptr(0.0)
	opt.ValueAxis[0].Max = charts.Ptr(top * scale)
	opt.ValueAxis[0].LabelCount = axisSteps + 1
	opt.ValueFormatter = func(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100/scale, 'g', 6, 64) }
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: size.width, Height: size.height})
	if err := p.BarChart(opt); err != nil {
		return nil, err
	}
	return p.Bytes()
}

// axisSteps is how many lines stand over the zero of a chart.
const axisSteps = 4

// axisTop is where the axis ends: above the highest bar, and such that the lines below it
// are at round numbers. The library alone would draw below zero.
func axisTop(parts [][]float64) float64 {
	most := 0.0
	for i := range parts[0] {
		sum := 0.0
		for _, part := range parts {
			sum += part[i]
		}
		most = max(most, sum)
	}
	if most <= 0 {
		return axisSteps
	}
	size := math.Pow(10, math.Floor(math.Log10(most/axisSteps)))
	for _, step := range []float64{1, 2, 2.5, 5} {
		if top := step * size * axisSteps; top >= most {
			return top
		}
	}
	return 10 * size * axisSteps
}

func of(provider string) func(models.Usage) bool {
	return func(u models.Usage) bool { return u.Provider == provider }
}

func (l look) theme() charts.ColorPalette {
	text, line := charts.ParseColor(l.text), charts.ParseColor(l.line)
	colors := make([]charts.Color, len(l.series))
	for i, c := range l.series {
		colors[i] = charts.ParseColor(c)
	}
	return charts.MakeTheme(charts.ThemeOption{
		IsDarkMode: l.dark, AxisStrokeColor: line, AxisSplitLineColor: line, BackgroundColor: charts.ColorTransparent,
		TextColor: text, TextColorLegend: text, TextColorXAxis: text, TextColorYAxis: text, TextColorLabel: text, TextColorMark: text, TextColorTitle: text,
		SeriesColors: colors,
	})
}

// version changes when a chart's numbers do, so that a page that is kept up to date
// fetches its pictures anew only then.
func version(days []dayUsage) string {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, days)
	return strconv.FormatUint(h.Sum64(), 36)
}
