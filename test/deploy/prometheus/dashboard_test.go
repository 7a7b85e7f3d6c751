package prometheus

import (
	"encoding/json"
	"strings"
	"testing"

	"waybill/test/deploy/product"
)

// panel is what is checked of one panel of the dashboard.
type panel struct {
	ID      int    `json:"id"`
	Type    string `json:"type"`
	Title   string `json:"title"`
	GridPos struct {
		H, W, X, Y int
	} `json:"gridPos"`
	Targets []struct {
		Expr  string `json:"expr"`
		RefID string `json:"refId"`
	} `json:"targets"`
}

type dashboard struct {
	Title       string  `json:"title"`
	Panels      []panel `json:"panels"`
	Annotations struct {
		List []struct {
			Name string `json:"name"`
			Expr string `json:"expr"`
		} `json:"list"`
	} `json:"annotations"`
	Templating struct {
		List []struct {
			Name string `json:"name"`
		} `json:"list"`
	} `json:"templating"`
}

func TestTheDashboardAsksForWhatThereIs(t *testing.T) {
	var d dashboard
	if err := json.Unmarshal([]byte(product.Read(t, "deploy/grafana/waybill.json")), &d); err != nil {
		t.Fatal(err)
	}
	variables := strings.NewReplacer("$__rate_interval", "5m", `"$job"`, `"waybill"`)
	expression := func(where, expr string) {
		expr = variables.Replace(expr)
		if strings.Contains(expr, "$") || !strings.Contains(expr, `job="waybill"`) {
			t.Errorf("%s: an unknown variable, or another job's metrics as well: %s", where, expr)
		}
		checkMetrics(t, where, expr)
	}
	for _, a := range d.Annotations.List {
		expression(a.Name, a.Expr)
	}
	ids := map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" {
			t.Errorf("panel %d, %q: no title, or a number that another has", p.ID, p.Title)
		}
		ids[p.ID] = true
		if (len(p.Targets) == 0) != (p.Type == "row") {
			t.Errorf("%s: %d queries", p.Title, len(p.Targets))
		}
		for _, target := range p.Targets {
			expression(p.Title, target.Expr)
		}
	}
}

func TestNoPanelCoversAnother(t *testing.T) {
	var d dashboard
	if err := json.Unmarshal([]byte(product.Read(t, "deploy/grafana/waybill.json")), &d); err != nil {
		t.Fatal(err)
	}
	cells := map[[2]int]string{}
	for _, p := range d.Panels {
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, taken := cells[[2]int{x, y}]; taken || x >= 24 {
					t.Fatalf("%s covers %s", p.Title, other)
				}
				cells[[2]int{x, y}] = p.Title
			}
		}
	}
}
