package store_test

import (
	"os"
	"strings"
	"testing"
)

// TestOfEveryTableItIsSaidHowLongARowStays: the tables of what goes by itself, in both
// languages, name each table of the schema, and no other.
func TestOfEveryTableItIsSaidHowLongARowStays(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		sql := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
		if strings.HasSuffix(t.Name(), "sqlite") {
			sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
		}
		names, err := k.Column(k.ctx(), sql)
		k.ok(err)
		for _, file := range []string{"../../docs/operate.md", "../../docs/operate.zh-CN.md"} {
			said := boundedTables(t, file)
			for _, name := range names {
				if strings.HasPrefix(name, "goose") || strings.HasPrefix(name, "sqlite_") || name == "migrating" { // those of migrations
					continue
				}
				if !said[name] {
					t.Errorf("%s does not say how long a row of %s stays", file, name)
				}
				delete(said, name)
			}
			for name := range said {
				t.Errorf("%s names the table %s, which is not there", file, name)
			}
		}
	})
}

// boundedTables are the tables that a document says the bounds of.
func boundedTables(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tables, inside := map[string]bool{}, false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| table | how long") || strings.HasPrefix(line, "| 表 | 一行留多久") {
			inside = true
			continue
		}
		if !strings.HasPrefix(line, "|") {
			inside = false
		}
		if name, _, ok := strings.Cut(strings.TrimPrefix(line, "| `"), "`"); inside && ok && strings.HasPrefix(line, "| `") {
			tables[name] = true
		}
	}
	return tables
}
