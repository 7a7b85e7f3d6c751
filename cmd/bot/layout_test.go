package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layout is the package map: what each package may import of ours and of
// others. A library that speaks to somebody outside stands at leaves only.
var layout = map[string]string{
	"models":                         "",
	"internal/address":               "",
	"internal/retry":                 "cenkalti/backoff",
	"internal/guard":                 "",
	"internal/redact":                "",
	"internal/httpbody":              "",
	"internal/expiring":              "",
	"internal/ratelimit":             "models",
	"internal/spelling":              "",
	"internal/pattern":               "",
	"internal/troublelog":            "x/time",
	"models/store":                   "models gorm.io pressly/goose go-sql-driver modernc.org cenkalti/backoff hashicorp/golang-lru x/sync",
	"models/store/storetest":         "models models/store models/seal test/db gorm.io go-sql-driver modernc.org google/go-cmp",
	"models/seal":                    "models",
	"models/estimate":                "models",
	"models/rhythm":                  "models",
	"locales":                        "nicksnyder/go-i18n BurntSushi/toml longbridgeapp/opencc x/text",
	"tracking":                       "models tracking/recognise tracking/scan x/time x/sync x/text",
	"tracking/recognise":             "models x/text",
	"tracking/scan":                  "models x/text",
	"tracking/muzhi":                 "models tracking tracking/recognise tracking/scan",
	"tracking/kuaidi100":             "models tracking tracking/recognise tracking/scan",
	"tracking/juhe":                  "models tracking tracking/recognise tracking/scan",
	"tracking/kuaibao":               "models tracking tracking/recognise tracking/scan",
	"tracking/providertest":          "models tracking tracking/recognise tracking/scan caarlos0/env google/go-cmp",
	"tracking/sandbox":               "models",
	"handlers":                       "handlers/table models models/estimate tracking tracking/recognise tracking/scan locales x/sync x/text",
	"handlers/table":                 "models tracking/recognise xuri/excelize x/text",
	"handlers/delivery":              "handlers models locales x/sync",
	"handlers/incidents":             "handlers models locales tracking",
	"handlers/doortest":              "",
	"handlers/telegram":              "handlers models go-telegram/bot x/time",
	"handlers/telegram/telegramtest": "handlers/doortest",
	"handlers/wecom":                 "handlers models silenceper/wechat coder/websocket x/sync x/text",
	"handlers/wecom/wecomtest":       "handlers/doortest coder/websocket silenceper/wechat",
	"handlers/console":               "handlers models x/text",
	"handlers/label":                 "handlers makiuchi-d/gozxing x/image",
	"handlers/web":                   "handlers models prometheus/client_golang",
	"scheduler":                      "models models/estimate models/rhythm tracking robfig/cron x/sync",
	"handlers/web/app":               "handlers handlers/web locales models x/time",
	"handlers/web/parcel":            "handlers handlers/web locales models tracking/recognise tracking/scan",
	"handlers/picture":               "models locales x/image x/text",
	"handlers/web/admin":             "handlers/web models locales go-analyze/charts",
	"scheduler/queue":                "models nats-io",
	"test/db":                        "go-sql-driver",
	"test/withdb":                    "test/db",
	"test/upgrade":                   "test/db handlers/telegram/telegramtest tracking/sandbox go-sql-driver nats-io/nats-server",
	"test/deploy/product":            "",
	"test/deploy/compose":            "test/deploy/product compose-spec/compose-go nats-io/nats-server",
	"test/deploy/kubernetes":         "test/deploy/product k8s.io sigs.k8s.io",
	"test/deploy/caddy":              "test/deploy/product caddyserver/caddy",
	"test/deploy/prometheus":         "test/deploy/product prometheus/prometheus sigs.k8s.io",
	"cmd/bot/config":                 "models models/seal locales tracking tracking/recognise scheduler caarlos0/env",
	"cmd/bot/doctor":                 "cmd/bot/config models models/store tracking tracking/recognise handlers/console handlers/wecom scheduler/queue",
	"cmd/bot/setup":                  "cmd/bot/config cmd/bot/doctor models/seal tracking handlers/console BurntSushi/toml x/term",
	"cmd/bot/demo":                   "cmd/bot/config locales models tracking tracking/sandbox handlers handlers/console handlers/wecom/wecomtest scheduler x/term",
	"cmd/bot": "cmd/bot/config cmd/bot/doctor cmd/bot/demo cmd/bot/setup models models/store models/seal locales tracking tracking/recognise tracking/muzhi tracking/kuaidi100 tracking/juhe " +
		"tracking/kuaibao tracking/sandbox handlers handlers/delivery handlers/incidents handlers/telegram handlers/wecom handlers/console handlers/web handlers/web/admin handlers/web/app handlers/web/parcel handlers/label handlers/picture handlers/table scheduler scheduler/queue alecthomas/kong schollz/progressbar x/sync x/term",
	"scripts/bench":    "test/db go-sql-driver modernc.org schollz/progressbar x/term",
	"scripts/capacity": "models scheduler",
	"scripts/costs":    "models models/rhythm scheduler tracking go-analyze/charts",
	"scripts/palette":  "",
	"scripts/picture":  "",
}

// inTests is what a test may import besides: doubles and the tools of testing.
const inTests = "go-telegram/bot google/go-cmp pgregory.net/rapid go.uber.org/goleak rogpeppe/go-internal nats-io/nats-server x/sync x/sys x/time models handlers handlers/delivery tracking tracking/sandbox " +
	"tracking/providertest handlers/doortest handlers/telegram/telegramtest handlers/wecom/wecomtest models/store models/store/storetest models/seal locales scheduler tracking/recognise"

// inTestsOf is what the tests of one package may import besides: those of the
// settings read what the program reads, with every provider, those of the Mini App what
// the pages are that it shows, those of the scheduler have a queue.
var inTestsOf = map[string]string{
	"handlers/web/app": "handlers/web/parcel",
	"cmd/bot/config":   "tracking/muzhi tracking/kuaidi100 tracking/juhe tracking/kuaibao",
	"scheduler":        "scheduler/queue",
}

func TestEveryImportKeepsToThePackageMap(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		where, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		return checkImports(t, filepath.ToSlash(where), file)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, where, file string) error {
	folder := path.Dir(where)
	libraries, known := layout[folder]
	if !known {
		t.Errorf("%s: no package of the map", where)
		return nil
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	allowed := strings.Fields(libraries)
	if strings.HasSuffix(where, "_test.go") {
		allowed = append(allowed, strings.Fields(inTests+" "+inTestsOf[folder]+" "+folder)...)
	}
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if strings.HasPrefix(name, "waybill/internal/") {
			continue // the mechanisms, which know nothing of Waybill
		}
		if !standard(name) && !slices.ContainsFunc(allowed, func(a string) bool { return covers(a, name) }) {
			t.Errorf("%s imports %s", where, name)
		}
	}
	return nil
}

// standard says whether a path is of the standard library: its first element has no dot.
func standard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first != "waybill" && !strings.Contains(first, ".")
}

// covers says whether an entry of the map allows an import: ours exactly, a
// library with everything below it.
func covers(entry, name string) bool {
	if ours, ok := strings.CutPrefix(name, "waybill/"); ok {
		return entry == ours
	}
	name = strings.TrimPrefix(strings.Replace(name, "golang.org/x/", "x/", 1), "github.com/")
	return name == entry || strings.HasPrefix(name, entry+"/")
}
