package store

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// firstExpanding is the first migration that must let the version before it run
// on: nothing was released before.
const firstExpanding = "00006"

// While replicas are replaced one by one, and after a roll-back, an older version
// works on a newer schema. So a migration only adds: it neither takes away nor
// renames nor narrows what an older version reads and writes, and whatever it adds
// has a value where an older version inserts a row. What is not needed any more
// goes a release later (docs/operate.md, "Rolling upgrade").
func TestMigrationsOnlyExpand(t *testing.T) {
	for folder, files := range map[string]embed.FS{"migrations/mysql": mysqlFiles, "migrations/sqlite": sqliteFiles} {
		entries, err := fs.ReadDir(files, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if entry.Name() < firstExpanding {
				continue
			}
			text, err := fs.ReadFile(files, path.Join(folder, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range notExpanding(string(text)) {
				t.Errorf("%s/%s: %s", folder, entry.Name(), problem)
			}
		}
	}
}

func TestWhatDoesNotExpandIsFound(t *testing.T) {
	const wrapped = "SET @change = IF((SELECT COUNT(*) FROM information_schema.columns) = 0, \"%s\", \"SELECT 1\");\nPREPARE x FROM @change;\nEXECUTE x;\nDEALLOCATE PREPARE x;"
	for statement, expands := range map[string]bool{
		"ALTER TABLE chats ADD COLUMN news VARCHAR(12) NOT NULL DEFAULT '', ADD COLUMN news_at INT NOT NULL DEFAULT 0": true,
		"ALTER TABLE chats ADD COLUMN tail VARBINARY(255)":                                                             true,
		"ALTER TABLE chats ADD COLUMN e VARCHAR(3) GENERATED ALWAYS AS (RIGHT(number, 3)) VIRTUAL":                     true,
		"ALTER TABLE chats ADD KEY chats_news (news, news_at)":                                                         true,
		"CREATE INDEX chats_news ON chats (news)":                                                                      true,
		"DROP INDEX chats_news ON chats":                                                                               true,
		"CREATE TABLE IF NOT EXISTS new_ones (id BIGINT NOT NULL, UNIQUE KEY one (id))":                                true,
		"CREATE TABLE new_ones (id BIGINT NOT NULL); CREATE UNIQUE INDEX one ON new_ones (id)":                         true,
		"UPDATE chats SET news = 'all' WHERE news = ''":                                                                true,

		"ALTER TABLE chats ADD COLUMN news VARCHAR(12) NOT NULL":                           false,
		"ALTER TABLE chats ADD COLUMN a INT NOT NULL DEFAULT 0, ADD COLUMN b INT NOT NULL": false,
		"ALTER TABLE chats ADD COLUMN news INT NOT NULL DEFAULT 0 UNIQUE":                  false,
		"ALTER TABLE chats ADD UNIQUE KEY one (news)":                                      false,
		"ALTER TABLE chats ADD CONSTRAINT c CHECK (news > 0)":                              false,
		"ALTER TABLE chats ADD FOREIGN KEY (a) REFERENCES b (id)":                          false,
		"ALTER TABLE chats DROP COLUMN news":                                               false,
		"ALTER TABLE chats RENAME TO rooms":                                                false,
		"ALTER TABLE chats RENAME COLUMN news TO old":                                      false,
		"ALTER TABLE chats MODIFY COLUMN news INT":                                         false,
		"ALTER TABLE chats CHANGE news old INT":                                            false,
		"CREATE UNIQUE INDEX one ON chats (news)":                                          false,
		"CREATE TRIGGER t BEFORE INSERT ON chats FOR EACH ROW SET NEW.news = ''":           false,
		"DROP TABLE chats":                  false,
		"RENAME TABLE chats TO rooms":       false,
		"TRUNCATE chats":                    false,
		"DELETE FROM chats WHERE news = ''": false,
	} {
		for dialect, text := range map[string]string{"plain": statement + ";", "wrapped": fmt.Sprintf(wrapped, statement)} {
			if dialect == "wrapped" && strings.Contains(statement, ";") {
				continue
			}
			migration := "-- What it is for; DROP TABLE.\n\n-- +goose Up\n" + text + "\n\n-- +goose Down\nDROP TABLE chats;\n"
			if problems := notExpanding(migration); (len(problems) == 0) != expands {
				t.Errorf("%s, %s: %q", dialect, statement, problems)
			}
		}
	}
}

var (
	comment     = regexp.MustCompile(`(?m)--.*$`)
	dynamic     = regexp.MustCompile(`"((?:ALTER|CREATE|DROP|RENAME|TRUNCATE|DELETE|UPDATE|INSERT)\b[^"]*)"`)
	blanks      = regexp.MustCompile(`\s+`)
	harmless    = regexp.MustCompile(`^(SET @|PREPARE |EXECUTE |DEALLOCATE |CREATE TABLE |CREATE INDEX |DROP INDEX |UPDATE |INSERT )`)
	newTable    = regexp.MustCompile(`^CREATE TABLE (?:IF NOT EXISTS )?(\S+)`)
	uniqueIndex = regexp.MustCompile(`^CREATE UNIQUE INDEX (?:IF NOT EXISTS )?\S+ ON (\S+)`)
	alterTable  = regexp.MustCompile(`^ALTER TABLE \S+ (.*)$`)
	addIndex    = regexp.MustCompile(`^(ADD (INDEX|KEY) |DROP (INDEX|KEY) |ALGORITHM ?=|LOCK ?=)`)
	addColumn   = regexp.MustCompile(`^ADD (?:COLUMN )?(?:IF NOT EXISTS )?(\S+) (.*)$`)
)

// notExpanding says what an older version could not live with in a migration.
func notExpanding(migration string) []string {
	_, up, found := strings.Cut(migration, "-- +goose Up")
	if !found {
		return []string{"it has no Up"}
	}
	up, _, _ = strings.Cut(up, "-- +goose Down")
	up = comment.ReplaceAllString(up, "")
	var statements []string
	for _, s := range dynamic.FindAllStringSubmatch(up, -1) {
		statements = append(statements, s[1])
	}
	statements = append(statements, strings.Split(dynamic.ReplaceAllString(up, `""`), ";")...)
	for i, s := range statements {
		statements[i] = strings.ToUpper(strings.TrimSpace(blanks.ReplaceAllString(s, " ")))
	}
	made := map[string]bool{} // tables of this migration, which no older version knows
	for _, s := range statements {
		if m := newTable.FindStringSubmatch(s); m != nil {
			made[m[1]] = true
		}
	}
	var problems []string
	for _, s := range statements {
		if problem := obstacle(s, made); problem != "" {
			problems = append(problems, problem+": "+s)
		}
	}
	return problems
}

// obstacle says what an older version could not live with in a statement, "" for
// nothing.
func obstacle(statement string, made map[string]bool) string {
	if statement == "" || harmless.MatchString(statement) {
		return ""
	}
	if m := uniqueIndex.FindStringSubmatch(statement); m != nil {
		if made[m[1]] {
			return ""
		}
		return "an older version may write what is unique from now on"
	}
	m := alterTable.FindStringSubmatch(statement)
	if m == nil {
		return "a migration only adds"
	}
	for _, action := range actions(m[1]) {
		if problem := obstacleOf(action); problem != "" {
			return problem
		}
	}
	return ""
}

// obstacleOf is obstacle for one action of an ALTER TABLE.
func obstacleOf(action string) string {
	if addIndex.MatchString(action) {
		return ""
	}
	m := addColumn.FindStringSubmatch(action)
	if m == nil || slices.Contains([]string{"UNIQUE", "PRIMARY", "CONSTRAINT", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL", "PARTITION"}, m[1]) {
		return "a migration only adds columns and indexes"
	}
	words := strings.Fields(m[2])
	switch given := slices.Contains(words, "DEFAULT") || slices.Contains(words, "GENERATED") || slices.Contains(words, "AS"); {
	case slices.Contains(words, "UNIQUE") || slices.Contains(words, "PRIMARY"):
		return "an older version writes the same value into every row"
	case strings.Contains(m[2], "NOT NULL") && !given:
		return "an older version gives the column no value"
	}
	return ""
}

// actions splits the actions of an ALTER TABLE at the commas that are not within
// brackets.
func actions(list string) []string {
	var found []string
	depth, from := 0, 0
	for i, r := range list {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			found = append(found, strings.TrimSpace(list[from:i]))
			from = i + 1
		}
	}
	return append(found, strings.TrimSpace(list[from:]))
}
