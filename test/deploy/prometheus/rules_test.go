// Package prometheus checks rules and dashboard with Prometheus' own parser and
// engine: promtool does the same, and takes many minutes to build.
package prometheus

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"

	"waybill/test/deploy/product"
)

func rules(t *testing.T) map[string]rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.Parse([]byte(product.Read(t, "deploy/prometheus/rules.yml")), false)
	for _, err := range errs {
		t.Fatal(err)
	}
	found := map[string]rulefmt.Rule{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			if _, twice := found[r.Alert]; twice || r.Alert == "" {
				t.Errorf("group %s: %q twice, or no alert", g.Name, r.Alert)
			}
			found[r.Alert] = r
		}
	}
	return found
}

// checkMetrics notes names in an expression that the program has no metric of.
func checkMetrics(t *testing.T, where, expr string) {
	t.Helper()
	parsed, err := parser.ParseExpr(expr)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	known := append(product.Metrics(t), "up", "process_resident_memory_bytes", "process_cpu_seconds_total", "go_goroutines")
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		if s, ok := node.(*parser.VectorSelector); ok && !slices.Contains(known, s.Name) {
			t.Errorf("%s: the program has no metric %s", where, s.Name)
		}
		return nil
	})
}

func TestEveryAlertSaysWhatItIsAndWhereHelpStands(t *testing.T) {
	anchor := regexp.MustCompile(`^docs/runbook\.md#(\w+)$`)
	headings := runbook(t)
	for name, r := range rules(t) {
		checkMetrics(t, name, r.Expr)
		if s := r.Labels["severity"]; s != "critical" && s != "warning" {
			t.Errorf("%s: severity %q", name, s)
		}
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
			t.Errorf("%s says too little", name)
		}
		m := anchor.FindStringSubmatch(r.Annotations["runbook_url"])
		switch {
		case m == nil:
			t.Errorf("%s has no place in the runbook: %q", name, r.Annotations["runbook_url"])
		case headings != nil && !slices.Contains(headings, m[1]):
			t.Errorf("%s: the runbook has no heading %s", name, m[1])
		}
	}
}

// runbook returns the headings of docs/runbook.md, nil when there is no such file.
func runbook(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(product.Root(), "docs", "runbook.md"))
	if os.IsNotExist(err) {
		t.Log("docs/runbook.md is not there: its headings are not checked")
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	found := []string{""}
	for _, m := range regexp.MustCompile("(?m)^#+ +`?(\\w+)`?").FindAllStringSubmatch(string(text), -1) {
		found = append(found, strings.ToLower(m[1]))
	}
	return found
}

// fires says for which labels an alert fires at a minute of its series, each
// written as in promtool's tests with a value a minute.
func fires(t *testing.T, rule rulefmt.Rule, at int, series ...string) []string {
	t.Helper()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1 << 20, Timeout: time.Minute, LookbackDelta: 5 * time.Minute})
	defer engine.Close()
	store := newMemory(t, series)
	since := map[string]int{} // the minute from which on it has been true
	for minute := range at + 1 {
		now := store.start.Add(time.Duration(minute) * time.Minute)
		query, err := engine.NewInstantQuery(context.Background(), store, nil, rule.Expr, now)
		if err != nil {
			t.Fatal(err)
		}
		result := query.Exec(t.Context())
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		vector, err := result.Vector()
		if err != nil {
			t.Fatal(err)
		}
		active := map[string]int{}
		for _, sample := range vector {
			who := labels.NewBuilder(sample.Metric).Del(labels.MetricName).Labels().String()
			active[who] = minute
			if begun, ok := since[who]; ok {
				active[who] = begun
			}
		}
		since = active
		query.Close()
	}
	maps.DeleteFunc(since, func(_ string, begun int) bool {
		return time.Duration(at-begun)*time.Minute < time.Duration(rule.For)
	})
	return slices.Sorted(maps.Keys(since))
}

func TestAlertsFireWhenTheyShould(t *testing.T) {
	const nobody, everybody = "", "{}"
	all := rules(t)
	tested := map[string]bool{}
	for name, c := range map[string]struct {
		alert  string
		series []string
		at     int // minutes; series begin at six in the morning in Shanghai
		want   string
	}{
		"all processes gone":         {"WaybillDown", []string{`up{job="waybill",instance="a"} 1 1 0x20`}, 6, everybody},
		"one of two is there":        {"WaybillDown", []string{`up{job="waybill",instance="a"} 0x20`, `up{job="waybill",instance="b"} 1x20`}, 20, nobody},
		"one does not answer":        {"WaybillScrapeDown", []string{`up{job="waybill",instance="a"} 1 0x20`, `up{job="waybill",instance="b"} 1x20`}, 6, `{instance="a", job="waybill"}`},
		"one restarts":               {"WaybillScrapeDown", []string{`up{job="waybill",instance="a"} 1 0 0 1x20`}, 20, nobody},
		"a pod is not replaced":      {"WaybillReplicaMissing", []string{`up{job="waybill",instance="a"} 1x60`, `up{job="waybill",instance="b"} 1x20 _x40`}, 45, everybody},
		"all pods are there":         {"WaybillReplicaMissing", []string{`up{job="waybill",instance="a"} 1x60`, `up{job="waybill",instance="b"} 1x60`}, 45, nobody},
		"nobody counts any more":     {"WaybillLeaseHolderMissing", []string{`waybill_parcels_live{instance="a"} 500x10 0x20`, `waybill_parcels_live{instance="b"} 0x30`}, 14, everybody},
		"another one counts":         {"WaybillLeaseHolderMissing", []string{`waybill_parcels_live{instance="a"} 500x10 0x20`, `waybill_parcels_live{instance="b"} 0x10 500x20`}, 14, nobody},
		"a bot without parcels":      {"WaybillLeaseHolderMissing", []string{`waybill_parcels_live{instance="a"} 0x30`}, 20, nobody},
		"no API can be asked":        {"WaybillProvidersDown", []string{`waybill_provider_up{provider="muzhi",instance="a"} 0x20`, `waybill_provider_up{provider="juhe",instance="a"} 0x20`}, 6, everybody},
		"one API can be asked":       {"WaybillProvidersDown", []string{`waybill_provider_up{provider="muzhi",instance="a"} 0x20`, `waybill_provider_up{provider="juhe",instance="a"} 1x20`}, 20, nobody},
		"one API is down":            {"WaybillProviderDown", []string{`waybill_provider_up{provider="muzhi",instance="a"} 0x40`, `waybill_provider_up{provider="muzhi",instance="b"} 0x40`, `waybill_provider_up{provider="juhe",instance="a"} 1x40`}, 20, `{provider="muzhi"}`},
		"one process is unlucky":     {"WaybillProviderDown", []string{`waybill_provider_up{provider="muzhi",instance="a"} 0x40`, `waybill_provider_up{provider="muzhi",instance="b"} 1x40`}, 20, nobody},
		"the only API is down":       {"WaybillProviderDown", []string{`waybill_provider_up{provider="muzhi",instance="a"} 0x40`}, 20, nobody},
		"a key is refused":           {"WaybillProviderRefusesKey", []string{`waybill_provider_calls_total{provider="juhe",kind="query",outcome="auth",billed="false"} 0 0 1x10`}, 5, `{provider="juhe"}`},
		"a key was refused long ago": {"WaybillProviderRefusesKey", []string{`waybill_provider_calls_total{provider="juhe",kind="query",outcome="auth",billed="false"} 3x60`}, 45, nobody},
		"a budget runs out":          {"WaybillBudgetEnding", []string{`waybill_budget_used{provider="muzhi"} 0+5x200`, `waybill_budget_limit{provider="muzhi"} 1500x200`}, 190, `{provider="muzhi"}`},
		"a budget lasts":             {"WaybillBudgetEnding", []string{`waybill_budget_used{provider="muzhi"} 0+1x200`, `waybill_budget_limit{provider="muzhi"} 1500x200`}, 190, nobody},
		"no budget":                  {"WaybillBudgetEnding", []string{`waybill_budget_used{provider="muzhi"} 0+5x200`, `waybill_budget_limit{provider="muzhi"} 0x200`}, 190, nobody},
		"a budget is spent":          {"WaybillBudgetSpent", []string{`waybill_budget_used{provider="muzhi"} 100x5`, `waybill_budget_limit{provider="muzhi"} 100x5`}, 1, `{provider="muzhi"}`},
		"nothing to spend":           {"WaybillBudgetSpent", []string{`waybill_budget_used{provider="muzhi"} 0x5`, `waybill_budget_limit{provider="muzhi"} 0x5`}, 1, nobody},
		"a door is down":             {"WaybillDoorDown", []string{`waybill_door_up{door="telegram",instance="a"} 0x20`, `waybill_door_up{door="telegram",instance="b"} 0x20`, `waybill_door_up{door="wecom_kf",instance="a"} 1x20`}, 6, `{door="telegram"}`},
		"news fails":                 {"WaybillDeliveriesFailing", []string{`waybill_delivery_failures_total{door="telegram",reason="unreachable"} 0+1x200`, `waybill_delivery_seconds_count{door="telegram"} 0+1x200`}, 120, `{door="telegram"}`},
		"all news fails":             {"WaybillDeliveriesFailing", []string{`waybill_delivery_failures_total{door="telegram",reason="unreachable"} 0+1x200`}, 120, `{door="telegram"}`},
		"some news fails":            {"WaybillDeliveriesFailing", []string{`waybill_delivery_failures_total{door="telegram",reason="unreachable"} 0+1x200`, `waybill_delivery_seconds_count{door="telegram"} 0+30x200`}, 120, nobody},
		"checks are behind":          {"WaybillChecksBehind", []string{`waybill_due_age_seconds{instance="a"} 0 700+60x30`, `waybill_due_age_seconds{instance="b"} 0x31`}, 12, everybody},
		"checks keep up":             {"WaybillChecksBehind", []string{`waybill_due_age_seconds{instance="a"} 15x31`}, 30, nobody},
		"people wait":                {"WaybillMessagesBehind", []string{`waybill_inbox_depth{instance="a"} 50x31`}, 15, everybody},
		"many people write at once":  {"WaybillMessagesBehind", []string{`waybill_inbox_depth{instance="a"} 0x10 200 0x20`}, 13, nobody},
		"the database is gone":       {"WaybillDatabaseDown", []string{`waybill_database_up{instance="a"} 1 0x9`, `waybill_database_up{instance="b"} 1 0x9`}, 4, everybody},
		"the database is slow":       {"WaybillDatabaseSlow", []string{`waybill_database_seconds_bucket{instance="a",le="0.5"} 0x20`, `waybill_database_seconds_bucket{instance="a",le="1"} 0+12x20`, `waybill_database_seconds_bucket{instance="a",le="+Inf"} 0+12x20`}, 15, everybody},
		"the database is quick":      {"WaybillDatabaseSlow", []string{`waybill_database_seconds_bucket{instance="a",le="0.5"} 0+12x20`, `waybill_database_seconds_bucket{instance="a",le="1"} 0+12x20`, `waybill_database_seconds_bucket{instance="a",le="+Inf"} 0+12x20`}, 15, nobody},
		"a queue is lost":            {"WaybillQueueDown", []string{`waybill_queue_up{job="waybill",instance="a"} 0x20`, `waybill_queue_up{job="waybill",instance="b"} 1x20`}, 10, `{instance="a", job="waybill"}`},
	} {
		t.Run(name, func(t *testing.T) {
			rule, ok := all[c.alert]
			if !ok {
				t.Fatalf("there is no alert %s", c.alert)
			}
			tested[c.alert] = true
			if got := strings.Join(fires(t, rule, c.at, c.series...), " "); got != c.want {
				t.Errorf("%s fires for %q, want %q", c.alert, got, c.want)
			}
		})
	}
	for name := range all {
		if !tested[name] {
			t.Errorf("nothing makes %s fire here", name)
		}
	}
}

func TestTheExampleNamesTheRulesAndTheJob(t *testing.T) {
	var config struct {
		Global        map[string]string `json:"global"`
		RuleFiles     []string          `json:"rule_files"`
		Alerting      any               `json:"alerting"`
		ScrapeConfigs []struct {
			JobName       string `json:"job_name"`
			StaticConfigs []struct {
				Targets []string `json:"targets"`
			} `json:"static_configs"`
		} `json:"scrape_configs"`
	}
	if err := yaml.UnmarshalStrict([]byte(product.Read(t, "deploy/prometheus/prometheus.yml")), &config); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(config.RuleFiles, []string{"rules.yml"}) || len(config.ScrapeConfigs) != 1 || config.ScrapeConfigs[0].JobName != "waybill" {
		t.Errorf("%+v", config)
	}
}
