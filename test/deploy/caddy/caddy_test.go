// Package caddy runs Caddy with the Caddyfile in front of doubles of the bots.
package caddy

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"     // reads Caddyfiles
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/encode"      // what the Caddyfile names
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/encode/gzip" // likewise
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/encode/zstd"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"

	"waybill/test/deploy/product"
)

const patience = 30 * time.Second

// replica is a bot as Caddy sees it.
type replica struct {
	address string
	lives   atomic.Bool
	ready   atomic.Bool
	asked   atomic.Int64 // other than for its health
}

func newReplica(t *testing.T) *replica {
	t.Helper()
	r := &replica{}
	r.lives.Store(true)
	r.ready.Store(true)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		up, health := map[string]*atomic.Bool{"/healthz": &r.lives, "/readyz": &r.ready}[req.URL.Path]
		if !health {
			r.asked.Add(1)
			fmt.Fprintf(w, "bot says %s", req.URL.Path)
			return
		}
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.Close)
	r.address = strings.TrimPrefix(s.URL, "http://")
	return r
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// site is Caddy with the Caddyfile, on this machine: names and ports of the
// containers are replaced, and https by http.
type site struct {
	world, plain, health string
	bots                 []*replica
}

func run(t *testing.T) *site {
	t.Helper()
	s := &site{world: freeAddress(t), plain: freeAddress(t), health: freeAddress(t)}
	file := product.Read(t, "deploy/caddy/Caddyfile")
	for i := range 3 {
		s.bots = append(s.bots, newReplica(t))
		file = strings.ReplaceAll(file, fmt.Sprintf("bot%d:8080", i+1), s.bots[i].address)
	}
	for _, change := range [][2]string{
		{"http://{$DOMAIN}", "http://" + s.plain},
		{"{$DOMAIN}", "http://" + s.world},
		{"http://127.0.0.1:8081", "http://" + s.health},
		{"health_interval 2s", "health_interval 100ms"},
		{"fail_duration 5s", "fail_duration 100ms"},
	} {
		if !strings.Contains(file, change[0]) {
			t.Fatalf("the Caddyfile has no %q", change[0])
		}
		file = strings.ReplaceAll(file, change[0], change[1])
	}
	config := adapt(t, file)
	caddy.ConfigAutosavePath = filepath.Join(t.TempDir(), "autosave.json")
	caddy.DefaultStorage.Path = t.TempDir()
	if err := caddy.Load(config, true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = caddy.Stop() })
	return s
}

func adapt(t *testing.T, file string) []byte {
	t.Helper()
	config, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(file), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		t.Errorf("line %d: %s", w.Line, w.Message)
	}
	return config
}

func get(t *testing.T, address, path string) (status int, location string) {
	t.Helper()
	client := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	reply, err := client.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	return reply.StatusCode, reply.Header.Get("Location")
}

func TestTheCaddyfileIsTaken(t *testing.T) {
	t.Setenv("DOMAIN", "parcels.example.com")
	config := string(adapt(t, product.Read(t, "deploy/caddy/Caddyfile")))
	for _, want := range []string{`"parcels.example.com"`, `"bot1:8080"`, `"bot2:8080"`, `"bot3:8080"`, `"/healthz"`, `":443"`} {
		if !strings.Contains(config, want) {
			t.Errorf("no %s in\n%s", want, config)
		}
	}
}

func TestTheWorldReachesWhatItNeedsAndNoMore(t *testing.T) {
	s := run(t)
	for _, path := range product.Paths(t) {
		path = strings.NewReplacer("{link}", "x", "{name}", "x", "{token}", "x", "{id}", "1", `" + provider + "`, "kuaidi100").Replace(path)
		private := path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/admin" || strings.HasPrefix(path, "/admin/")
		want := http.StatusOK
		if private {
			want = http.StatusNotFound
		}
		if got, _ := get(t, s.world, path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	for _, path := range []string{"/", "/.env", "/telegram", "//metrics", "/p/../metrics", "/app/../readyz", "/p/%2e%2e/metrics"} {
		before := s.asked()
		if got, _ := get(t, s.world, path); got == http.StatusOK && s.asked() > before {
			t.Errorf("%s reaches a bot", path)
		}
	}
	for path, want := range map[string]int{"/push/kuaidi100/x": 200, "/p/x": 301, "/metrics": 301} {
		got, location := get(t, s.plain, path)
		if got != want || want == 301 && !strings.HasPrefix(location, "https://") {
			t.Errorf("plain http, %s: %d to %q", path, got, location)
		}
	}
	if got, _ := get(t, s.health, "/"); got != http.StatusOK {
		t.Errorf("the health check gets %d", got)
	}
}

func (s *site) asked() int64 {
	var n int64
	for _, b := range s.bots {
		n += b.asked.Load()
	}
	return n
}

// While NATS or a platform is away no bot is ready, and all of them go on working.
func TestBotsThatAreNotReadyAreAskedStill(t *testing.T) {
	s := run(t)
	for _, b := range s.bots {
		b.ready.Store(false)
	}
	s.bots[0].lives.Store(false)
	s.wait(t, s.bots[0], "a bot that does not live is still asked")
	before := []int64{s.bots[1].asked.Load(), s.bots[2].asked.Load()}
	for range 60 {
		if got, _ := get(t, s.world, "/app"); got != http.StatusOK {
			t.Fatalf("/app: %d", got)
		}
	}
	for i, b := range s.bots[1:] {
		if b.asked.Load() == before[i] {
			t.Errorf("bot %d lives, is not ready, and is not asked", i+2)
		}
	}
}

func TestABotThatDoesNotLiveIsAskedNoMore(t *testing.T) {
	s := run(t)
	tired := s.bots[1]
	tired.lives.Store(false)
	s.wait(t, tired, "a bot that does not live is still asked")
	tired.lives.Store(true)
	deadline := time.Now().Add(patience)
	for before := tired.asked.Load(); tired.asked.Load() == before; {
		if got, _ := get(t, s.world, "/app"); got != http.StatusOK {
			t.Fatalf("/app: %d", got)
		}
		if time.Now().After(deadline) {
			t.Fatal("a bot that lives again is not asked")
		}
	}
}

// wait waits for thirty requests in a row that all go to others than one bot.
func (s *site) wait(t *testing.T, tired *replica, otherwise string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for idle := 0; idle < 30; {
		before := tired.asked.Load()
		if got, _ := get(t, s.world, "/app"); got != http.StatusOK {
			t.Fatalf("/app: %d", got)
		}
		idle++
		if tired.asked.Load() > before {
			idle = 0
		}
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
	}
}
