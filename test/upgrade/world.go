package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/nats-io/nats-server/v2/server"

	"waybill/handlers/telegram/telegramtest"
	"waybill/test/db"
	"waybill/tracking/sandbox"
)

const (
	speed   = "14400" // four hours a second: a journey of two days takes 13 seconds
	key     = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	appcode = "an-appcode-for-tests"
	schema  = "waybill_upgrade"
	ended   = "感谢使用" // stands in the last scan of every journey, at a door or out of a pickup station
)

// world is everything around the programs: Telegram, the tracking API, the
// database and the queue; and what was said to them.
type world struct {
	ctx      context.Context // of the whole journey
	dir      string
	telegram *telegramtest.API
	apis     *httptest.Server
	nats     *server.Server // nil: no queue is shared
	database *sql.DB
	env      []string
	log      logTail
	programs []*program
	followed map[int64][]string // numbers by chat
	serial   int
}

// newWorld starts what is around the programs; shared is whether there is a NATS server.
func newWorld(ctx context.Context, dir string, shared bool) (*world, error) {
	w := &world{ctx: ctx, dir: dir, followed: map[int64][]string{}}
	dsn, err := w.openDatabase()
	if err != nil {
		return nil, err
	}
	if w.telegram, err = telegramtest.Start(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.apis = httptest.NewServer(sandbox.New(sandbox.Options{Appcode: appcode, Speed: 14400}))
	w.env = []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir,
		"WAYBILL_DB=" + dsn, "WAYBILL_SECRET_KEY=" + key, "WAYBILL_HTTP_ADDR=127.0.0.1:0",
		"WAYBILL_TELEGRAM_TOKEN=" + telegramtest.Token, "WAYBILL_TELEGRAM_API_URL=" + w.telegram.URL(),
		"WAYBILL_MUZHI_APPCODE=" + appcode, "WAYBILL_MUZHI_URL=" + w.apis.URL, "WAYBILL_MUZHI_QUERY_PATH=" + sandbox.MuzhiQueryPath,
		"WAYBILL_RATE=muzhi=0", "WAYBILL_POLL_SPEED=" + speed,
	}
	if !shared {
		return w, nil
	}
	if err := w.startNATS(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.env = append(w.env, "WAYBILL_NATS_URL="+w.nats.ClientURL())
	return w, nil
}

// openDatabase makes an empty schema on the server that withdb has started.
func (w *world) openDatabase() (dsn string, err error) {
	address := os.Getenv(db.EnvServer)
	rest, ok := strings.CutPrefix(address, "mysql://")
	account, host, found := strings.Cut(rest, "@")
	if !ok || !found {
		return "", fmt.Errorf("%s names no server: run this with go run ./test/withdb", db.EnvServer)
	}
	config := mysql.NewConfig()
	config.User, config.Passwd, _ = strings.Cut(account, ":")
	config.Net, config.Addr = "tcp", strings.TrimSuffix(host, "/")
	if w.database, err = sql.Open("mysql", config.FormatDSN()); err != nil {
		return "", err
	}
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + schema, "CREATE DATABASE " + schema + " CHARACTER SET utf8mb4"} {
		if _, err := w.database.ExecContext(w.ctx, statement); err != nil {
			return "", errors.Join(fmt.Errorf("make the schema: %w", err), w.database.Close())
		}
	}
	return strings.TrimSuffix(address, "/") + "/" + schema, nil
}

func (w *world) startNATS() error {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: w.dir,
	})
	if err != nil {
		return fmt.Errorf("make a NATS server: %w", err)
	}
	w.nats = s
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		return errors.New("the NATS server does not start")
	}
	return nil
}

// close ends everything.
func (w *world) close() error {
	for _, p := range w.programs {
		p.kill()
	}
	if w.nats != nil {
		w.nats.Shutdown()
		w.nats.WaitForShutdown()
	}
	if w.apis != nil {
		w.apis.Close()
	}
	if w.telegram != nil {
		w.telegram.Close()
	}
	_, err := w.database.ExecContext(context.WithoutCancel(w.ctx), "DROP DATABASE IF EXISTS "+schema)
	return errors.Join(err, w.database.Close())
}

// say has four people send two new numbers each, and waits for the answers.
func (w *world) say(when string) error {
	fmt.Printf("upgrade: people write to %s\n", when)
	said := map[string]int64{}
	for chat := int64(1001); chat <= 1004; chat++ {
		for range 2 {
			w.serial++
			number := fmt.Sprintf("YT10000%08d", 20_000+w.serial)
			w.followed[chat] = append(w.followed[chat], number)
			w.telegram.Say(chat, number)
			said[number] = chat
		}
	}
	for number, chat := range said {
		if err := w.hears(chat, number); err != nil {
			return fmt.Errorf("%s: %w", when, err)
		}
	}
	return nil
}

// hears waits until a chat has got a message with all these words in it.
func (w *world) hears(chat int64, words ...string) error {
	_, err := w.telegram.WaitSent(w.ctx, func(m telegramtest.Sent) bool { return m.Chat == chat && containsAll(m.Text, words) })
	if err == nil {
		return nil
	}
	about := "nothing"
	for _, m := range w.telegram.Sent(chat) {
		if strings.Contains(m.Text, words[0]) {
			about = m.Text
		}
	}
	return fmt.Errorf("chat %d never hears %q: %w; last it heard:\n%s", chat, words, err, about)
}

// allEnded waits until every chat has heard of the end of every journey.
func (w *world) allEnded() error {
	for chat, numbers := range w.followed {
		for _, number := range numbers {
			if err := w.hears(chat, number, ended); err != nil {
				return err
			}
		}
	}
	return nil
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
