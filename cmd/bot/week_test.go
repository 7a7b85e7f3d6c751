package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models/seal"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// week is a bot on a database in a folder of its own, with the key beside it.
type week struct {
	*testbed
	dir string
}

func newWeek(t *testing.T) *week {
	t.Helper()
	w := &week{dir: t.TempDir()}
	w.testbed = newTestbed(t, w.at("waybill.db"), "1", sandbox.Options{Appcode: appcode})
	w.env = append(w.env, "WAYBILL_SECRET_KEY=", "WAYBILL_PUBLIC_URL=https://bot.example", "WAYBILL_QUIET_HOURS=off")
	return w
}

// at is the address of a database in the folder.
func (w *week) at(name string) string { return "sqlite://" + w.path(name) }

func (w *week) path(name string) string { return filepath.Join(w.dir, name) }

// run runs a command with the bot's settings, and wants an exit code and words.
func (w *week) run(code int, says []string, env []string, args ...string) output {
	w.Helper()
	got := runBot(w.T, "", append(w.env, env...), args...)
	if got.code != code || !containsAll(got.out+got.err, says) {
		w.Fatalf("%v: exit code %d, want %d and %q\n%s%s", args, got.code, code, says, got.out, got.err)
	}
	return got
}

// put copies a file as cp does.
func (w *week) put(from, to string) {
	w.Helper()
	body, err := os.ReadFile(w.path(from))
	if err == nil {
		err = os.WriteFile(w.path(to), body, 0o644)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// begin has a chat follow a parcel with a tail and remember it, and returns the
// address of the parcel's page.
func (w *week) begin() string {
	w.Helper()
	w.telegram.Say(mother, shut+" 1234")
	link := pageLink.FindStringSubmatch(w.hears(mother, shut, "在网页里看").Raw)
	w.telegram.Say(mother, "尾号 1234")
	w.hears(mother, "记住了")
	if link == nil {
		w.Fatal("the answer has no link")
	}
	return link[1]
}

// keepsToOwner wants files that nobody else may read.
func (w *week) keepsToOwner(names ...string) {
	w.Helper()
	for _, name := range names {
		if info, err := os.Stat(w.path(name)); err != nil || info.Mode().Perm() != 0o600 {
			w.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// logged waits until the program has written something that matches.
func (w *week) logged(pattern string) {
	w.Helper()
	for want := regexp.MustCompile(pattern); !want.MatchString(w.logs.String()); {
		select {
		case <-w.ctx.Done():
			w.Fatalf("the log never says %q", pattern)
		case <-time.After(20 * time.Millisecond): // nothing tells when a process has written
		}
	}
}

func TestACopyIsMadeWhileTheBotServesAndPutBack(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	b := w.start()
	link := w.begin()
	w.run(0, []string{"1 parcels, checked", "waybill.db.key"}, nil, "backup", w.path("copy.db"))
	w.keepsToOwner("waybill.db", "waybill.db-wal", "waybill.db-shm", "waybill.db.key", "copy.db")
	w.telegram.Say(mother, open)
	w.hears(mother, open, "运输中")
	b.kill()
	// The disk is lost; the copy and the key are put onto another one.
	w.put("copy.db", "new.db")
	w.put("waybill.db.key", "new.db.key")
	b = w.start("WAYBILL_DB=" + w.at("new.db"))
	w.keepsToOwner("new.db", "new.db.key")
	if code, page := b.get(link); code != http.StatusOK || !strings.Contains(page, shut) {
		t.Errorf("the page that was sent before: %d", code)
	}
	w.telegram.Say(mother, "SF1000000000023")
	w.hears(mother, "SF1000000000023", "对不上") // the remembered tail is there, and is another one's
	b.stop()
	w.keepsSecrets()
}

func TestWithoutItsKeyTheBotDoesNotServe(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	b := w.start()
	w.begin()
	w.run(1, []string{"new-key: a process works with it"}, nil, "new-key", "--yes") // its key may be the right one
	b.stop()
	if err := os.Rename(w.path("waybill.db.key"), w.path("kept")); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "migrate"} {
		w.run(2, []string{"WAYBILL_SECRET_KEY", w.path("waybill.db.key") + " is not there", "put back", "new-key --yes"}, nil, command)
		w.run(2, []string{"WAYBILL_SECRET_KEY", "does not open what is stored", "put back"}, []string{"WAYBILL_SECRET_KEY=" + key}, command)
	}
	w.run(1, []string{"FIX  key", "is not there"}, nil, "doctor")
	w.run(1, []string{"FIX  key", "does not open"}, []string{"WAYBILL_SECRET_KEY=" + key}, "doctor")
	if _, err := os.Stat(w.path("waybill.db.key")); err == nil {
		t.Error("a key was made beside a database that has one")
	}
	w.put("kept", "waybill.db.key")
	w.run(0, []string{"ok   key       opens what is stored; 2 values are sealed"}, nil, "doctor")
	w.start().stop()
	w.keepsToOwner("waybill.db.key")
}

func TestAKeyIsChangedAndTheOldOneTakenOut(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	b := w.start()
	link := w.begin()
	b.stop()
	old, err := seal.ReadKeyFile(w.path("waybill.db.key"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := seal.NewKey()
	both, alone := "WAYBILL_SECRET_KEY="+fresh+","+old, "WAYBILL_SECRET_KEY="+fresh
	w.run(2, []string{"does not open"}, []string{alone}, "migrate")
	w.run(0, []string{"2 values are still sealed under an older key"}, []string{both}, "doctor")
	b = w.start(both)
	w.logged("sealed anew with the first key.* values=2")
	if code, _ := b.get(link); code != http.StatusOK {
		t.Errorf("a link under the old key: %d", code)
	}
	b.stop()
	w.run(0, []string{"2 values are sealed, all under the first key"}, []string{both}, "doctor")
	b = w.start(alone)
	if code, _ := b.get(link); code != http.StatusNotFound {
		t.Errorf("a link under a key that is gone: %d", code)
	}
	w.telegram.Say(mother, shut)
	w.hears(mother, shut, "运输中")
	w.telegram.Say(mother, "SF1000000000023")
	w.hears(mother, "SF1000000000023", "对不上")
	b.stop()
	w.run(2, []string{"does not open"}, nil, "serve") // the key file holds the old one
	w.keepsSecrets(old, fresh)
}

func TestALostKeyIsGivenUpAndChatsAreAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	b := w.start()
	link := w.begin()
	b.stop()
	if err := os.Remove(w.path("waybill.db.key")); err != nil {
		t.Fatal(err)
	}
	w.run(2, []string{"say --yes"}, nil, "new-key")
	w.run(0, []string{"2 sealed values are given up"}, nil, "new-key", "--yes")
	w.keepsToOwner("waybill.db.key")
	b = w.start()
	w.hears(mother, shut, "读不出来", "手机") // by itself
	if code, _ := b.get(link); code != http.StatusNotFound {
		t.Errorf("a link under the lost key: %d", code)
	}
	w.telegram.Say(mother, "1234")
	w.hears(mother, shut, "运输中")
	b.stop()
	w.run(0, []string{"ok   key"}, nil, "doctor")
}

func TestWhatIsNoDatabaseIsNamedWithWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	for name, body := range map[string]string{"notes.txt": strings.Repeat("no database ", 500), "empty.db": ""} {
		if err := os.WriteFile(w.path(name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	notes := []string{"WAYBILL_DB=" + w.at("notes.txt")}
	what := []string{"not a database", "notes.txt must be a SQLite database of Waybill's"}
	w.run(1, what, notes, "serve")
	w.run(1, what, notes, "migrate")
	w.run(1, what, notes, "backup", w.path("copy.db"))
	server := []string{"WAYBILL_DB=mysql://a:b@127.0.0.1:1/waybill", "WAYBILL_SECRET_KEY=" + key}
	w.run(1, what, server, "migrate", "--from="+w.at("notes.txt"))
	w.run(2, []string{"no database of Waybill's in", "empty.db"}, server, "migrate", "--from="+w.at("empty.db"))
	w.run(1, []string{"check WAYBILL_DB, and that the server runs"}, server, "migrate")
}

// A copy goes from a file into a server, so that source and target are never one.
func TestADatabaseIsNotMovedIntoAFile(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	b := w.start()
	w.begin()
	b.stop()
	before, files := w.read("waybill.db"), w.files()
	what := []string{"WAYBILL_DB: must be mysql://", "where the copy goes", "--from names the SQLite file"}
	for _, target := range []string{"waybill.db", "other.db"} {
		w.run(2, what, []string{"WAYBILL_DB=" + w.at(target)}, "migrate", "--from="+w.at("waybill.db"))
	}
	if !bytes.Equal(before, w.read("waybill.db")) || !slices.Equal(files, w.files()) {
		t.Errorf("the file is not as it was, or beside it are %q, before %q", w.files(), files)
	}
}

func (w *week) read(name string) []byte {
	w.Helper()
	body, err := os.ReadFile(w.path(name))
	if err != nil {
		w.Fatal(err)
	}
	return body
}

// files are the names of all files.
func (w *week) files() []string {
	w.Helper()
	all, err := os.ReadDir(w.dir)
	if err != nil {
		w.Fatal(err)
	}
	var names []string
	for _, f := range all {
		names = append(names, f.Name())
	}
	return names
}

// A server's database with rows, of whatever program, is left as it is.
func TestADatabaseIsNotMovedIntoOneWithRows(t *testing.T) {
	t.Parallel()
	kind := storetest.NeedServer(t)
	w := newWeek(t)
	w.start().stop()
	dsn := storetest.DSN(t, kind)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	server, err := sql.Open("mysql", fmt.Sprintf("%s@tcp(%s)%s", u.User, u.Host, u.Path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	for _, made := range []string{"CREATE TABLE `the orders` (id BIGINT)", "INSERT INTO `the orders` VALUES (1)"} {
		if _, err := server.ExecContext(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"WAYBILL_DB=" + dsn, "WAYBILL_SECRET_KEY_FILE=" + w.path("waybill.db.key")}
	w.run(1, []string{"it holds rows already", "the orders", "make a new one"}, env, "migrate", "--from="+w.at("waybill.db"))
	var tables int
	err = server.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&tables)
	if err != nil || tables != 1 {
		t.Errorf("%d tables are there, %v", tables, err)
	}
}

func TestADatabaseMovesToAServerAndIsServedThere(t *testing.T) {
	t.Parallel()
	kind := storetest.NeedServer(t)
	w := newWeek(t)
	b := w.start()
	link := w.begin()
	server := []string{"WAYBILL_DB=" + storetest.DSN(t, kind), "WAYBILL_SECRET_KEY_FILE=" + w.path("waybill.db.key")}
	from := "--from=" + w.at("waybill.db")
	w.run(1, []string{"a process works with it", "stop the bot"}, server, "migrate", from)
	b.stop()
	w.run(2, []string{"WAYBILL_SECRET_KEY", "does not open what is stored"}, []string{server[0], "WAYBILL_SECRET_KEY=" + key}, "migrate", from)
	got := w.run(0, []string{"copied", "counted them in both", "is as it was"}, server, "migrate", from)
	if !regexp.MustCompile(`(?m)^follows +1$`).MatchString(got.out) {
		t.Errorf("it says\n%s", got.out)
	}
	w.run(1, []string{"it holds rows already"}, server, "migrate", from)
	w.run(0, []string{"ok   key       opens what is stored; 2 values are sealed"}, server, "doctor")
	b = w.start(server...)
	if code, page := b.get(link); code != http.StatusOK || !strings.Contains(page, shut) {
		t.Errorf("the page that was sent before: %d", code)
	}
	w.telegram.Say(mother, "列表")
	w.hears(mother, "1.", shut)
	w.telegram.Say(mother, "SF1000000000023")
	w.hears(mother, "SF1000000000023", "对不上")
	w.telegram.Say(mother, open)
	w.hears(mother, open, "运输中")
	b.stop()
}
