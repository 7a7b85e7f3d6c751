package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
	"waybill/models/store/storetest"
)

// BenchmarkStart is from starting bot serve to its being ready, on SQLite, the
// median. Each run finds the database of the one before.
func BenchmarkStart(b *testing.B) {
	dsn := storetest.DSN(b, "sqlite")
	telegram := quietTelegram(b)
	var took, cpu []time.Duration
	for range b.N {
		s := serve(b, dsn, telegram)
		s.end()
		took = append(took, s.took)
		cpu = append(cpu, s.ProcessState.UserTime()+s.ProcessState.SystemTime())
	}
	b.ReportMetric(milliseconds(median(took)), "ms/start")
	b.ReportMetric(milliseconds(median(cpu)), "cpu-ms/start")
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkRecognise is how many chat lines of 60 characters bot recognise reads in
// a second of processor time, its start included.
func BenchmarkRecognise(b *testing.B) {
	const times = 30_000
	lines, err := os.ReadFile(filepath.Join("..", "..", "tracking", "recognise", "testdata", "chat_lines.txt"))
	if err != nil {
		b.Fatal(err)
	}
	path, err := program()
	if err != nil {
		b.Fatal(err)
	}
	read := times * bytes.Count(lines, []byte("\n"))
	var cpu []time.Duration
	for range b.N {
		c := exec.Command(path, "recognise")
		c.Stdin = bytes.NewReader(bytes.Repeat(lines, times))
		if err := c.Run(); err != nil {
			b.Fatal(err)
		}
		cpu = append(cpu, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
	}
	b.ReportMetric(float64(read)/median(cpu).Seconds(), "lines/cpu-s")
}

// quietTelegram is a Telegram where nobody says anything.
func quietTelegram(b *testing.B) (address string) {
	b.Helper()
	telegram := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/getUpdates"):
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		case strings.HasSuffix(r.URL.Path, "/getMe"):
			_, _ = io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"username":"bench"}}`)
		default:
			_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
		}
	}))
	b.Cleanup(telegram.Close)
	return telegram.URL
}

// program is the path of the program as it is shipped, built once in a run.
var program = sync.OnceValues(func() (path string, err error) {
	dir := storetest.Shared()
	if dir == "" {
		if dir, err = os.MkdirTemp("", "waybill-bench-"); err != nil {
			return "", err
		}
	}
	path = filepath.Join(dir, "bot")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
})

// serving is bot serve in a process of its own.
type serving struct {
	*exec.Cmd
	took time.Duration // from its start to its being ready
}

// serve starts bot serve and waits until it is ready.
func serve(b *testing.B, dsn, telegram string, settings ...string) *serving {
	b.Helper()
	path, err := program()
	if err != nil {
		b.Fatal(err)
	}
	s := &serving{Cmd: exec.Command(path, "serve")}
	s.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "WAYBILL_DB=" + dsn, "WAYBILL_SECRET_KEY=" + key, "WAYBILL_HTTP_ADDR=127.0.0.1:0",
		"WAYBILL_TELEGRAM_TOKEN=1:bench-token", "WAYBILL_TELEGRAM_API_URL=" + telegram, "WAYBILL_MUZHI_APPCODE=bench",
	}, settings...)
	said, err := s.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	if err := s.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.end() })
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if at := servingAt.FindStringSubmatch(lines.Text()); at != nil {
			awaitReady(b, at[1], begun)
			s.took = time.Since(begun)
			go func() { _, _ = io.Copy(io.Discard, said) }() // until it ends
			return s
		}
	}
	b.Fatal("bot serve ends at once")
	return nil
}

// awaitReady waits until a program that was started at begun is ready.
func awaitReady(b *testing.B, addr string, begun time.Time) {
	b.Helper()
	for time.Since(begun) < 20*time.Second {
		resp, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
	}
	b.Fatal("not ready in time")
}

func (s *serving) end() { _ = s.Process.Kill(); _ = s.Wait() }

// BenchmarkMemory is the most memory that bot serve has had in use after so
// many checks of a million live parcels, all due, on SQLite.
func BenchmarkMemory(b *testing.B) {
	const live = 1_000_000
	if storetest.Rehearsal(b) {
		return
	}
	dsn := storetest.Live(b, "telegram", live)
	a := serveAPI(b, 50*time.Millisecond, 3)
	s := serve(b, dsn, quietTelegram(b), "WAYBILL_MUZHI_URL="+a.URL, "WAYBILL_RATE=muzhi=0")
	defer s.end()
	a.await(b, b.N)
	b.ReportMetric(float64(peak(b, s.Process.Pid))/1024, "MiB")
}

// BenchmarkSize is how many bytes of the database a parcel takes that has eight
// scans, one follower, and a call in the ledger.
func BenchmarkSize(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		delivered := make(chan struct{}, 1024)
		var before int64
		o := benchApp{dsn: storetest.DSN(b, kind), api: serveAPI(b, 0, 8), sent: func(models.Address, handlers.Reply) { delivered <- struct{}{} }}
		h, _ := o.start(b, func(h *app) {
			before = storetest.Size(b, kind, h.settings.DB)
			follow(b, kind, h, 0, b.N, 1)
		})
		if missing := come(delivered, b.N); missing > b.N/100 { // fewer make no difference
			b.Fatalf("%d of %d are not told", missing, b.N)
		}
		b.ReportMetric(float64(storetest.Size(b, kind, h.settings.DB)-before)/float64(b.N), "bytes/parcel")
	})
}

// peak is the most memory that a process has had, in KiB (Linux).
func peak(b *testing.B, pid int) int {
	b.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	words := strings.Fields(rest)
	if len(words) == 0 {
		b.Fatal("the kernel does not say how much memory was used")
	}
	kib, err := strconv.Atoi(words[0])
	if err != nil {
		b.Fatal(err)
	}
	return kib
}
