package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"waybill/handlers/telegram/telegramtest"
	"waybill/tracking/sandbox"
)

// testbed is everything around the program: Telegram, the tracking APIs, a
// database and an environment, all real HTTP and real files.
type testbed struct {
	*testing.T
	telegram *telegramtest.API
	apis     *sandbox.Sandbox
	api      string // where they are
	env      []string
	logs     *logBuffer
	ctx      context.Context
	begun    chan struct{} // the API is being asked
	down     atomic.Bool   // the API closes connections without an answer
}

const patience = 100 * time.Second // of one test; nothing here takes so long

// leavesWithin tells a program that leaves from one that waits for a call, which
// takes fifteen seconds. The promise is ten on a machine of its own; here others
// run beside it.
const leavesWithin = 14 * time.Second

// newTestbed makes one whose clocks run speed times faster than real ones.
func newTestbed(t *testing.T, dsn, speed string, apis sandbox.Options) *testbed {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	s := &testbed{T: t, telegram: telegramtest.Serve(t), apis: sandbox.New(apis), logs: &logBuffer{}, ctx: ctx, begun: make(chan struct{}, 1)}
	api := httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(api.Close)
	s.api = api.URL
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir(), "GOCOVERDIR=" + t.TempDir(),
		"WAYBILL_DB=" + dsn, "WAYBILL_SECRET_KEY=" + key, "WAYBILL_HTTP_ADDR=127.0.0.1:0", "WAYBILL_LOG_LEVEL=debug",
		"WAYBILL_TELEGRAM_TOKEN=" + telegramtest.Token, "WAYBILL_TELEGRAM_API_URL=" + s.telegram.URL(),
		"WAYBILL_MUZHI_APPCODE=" + appcode, "WAYBILL_MUZHI_URL=" + api.URL, "WAYBILL_MUZHI_QUERY_PATH=" + sandbox.MuzhiQueryPath,
		"WAYBILL_MUZHI_DETECT_PATH=" + sandbox.MuzhiDetectPath, "WAYBILL_RATE=muzhi=0", "WAYBILL_POLL_SPEED=" + speed,
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the program said:\n%s", s.logs)
		}
	})
	return s
}

// answer lets the API answer, and says beforehand that it is asked.
func (s *testbed) answer(w http.ResponseWriter, r *http.Request) {
	select {
	case s.begun <- struct{}{}:
	default:
	}
	if s.down.Load() {
		panic(http.ErrAbortHandler)
	}
	s.apis.ServeHTTP(w, r)
}

const (
	appcode = "an-appcode-for-tests"
	key     = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" // of the database
)

// bot is the program while it runs.
type bot struct {
	testbed *testbed
	cmd     *exec.Cmd
	url     string // of its HTTP door
	logs    *logBuffer
	over    chan struct{}
	err     error
}

var servingAt = regexp.MustCompile(`msg=serving .*http=(\S+)`)

// start starts the program and waits until it serves.
func (s *testbed) start(env ...string) *bot {
	s.Helper()
	b := &bot{testbed: s, cmd: exec.Command("bot", "serve"), logs: &logBuffer{}, over: make(chan struct{})}
	b.cmd.Env = append(s.env, env...)
	said, err := b.cmd.StderrPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	at := make(chan string, 1)
	go func() {
		defer close(b.over)
		b.listen(said, at)
		b.err = b.cmd.Wait()
	}()
	s.Cleanup(b.kill)
	select {
	case addr := <-at:
		b.url = "http://" + addr
	case <-b.over:
		s.Fatalf("the program ended at once: %v", b.err)
	case <-s.ctx.Done():
		s.Fatal("the program does not serve")
	}
	return b
}

// listen keeps what the program says, and tells the address that it serves at.
func (b *bot) listen(said io.Reader, at chan<- string) {
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		b.testbed.logs.add(lines.Text())
		b.logs.add(lines.Text())
		if m := servingAt.FindStringSubmatch(lines.Text()); m != nil {
			at <- m[1]
		}
	}
}

// kill ends the program as a power cut would.
func (b *bot) kill() {
	_ = b.cmd.Process.Kill()
	<-b.over
}

// stop asks the program to end, and wants it to, in good order and in time.
func (b *bot) stop() {
	b.testbed.Helper()
	begun := time.Now()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.testbed.Fatal(err)
	}
	<-b.over
	if took := time.Since(begun); b.err != nil || took > leavesWithin {
		b.testbed.Errorf("stopped with %v after %s", b.err, took)
	}
}

// get is the status and the body of one of the program's pages.
func (b *bot) get(path string) (int, string) {
	b.testbed.Helper()
	resp, err := http.Get(b.url + path)
	if err != nil {
		b.testbed.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.testbed.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// hears waits until a chat has got a message with all these words in it.
func (s *testbed) hears(chat int64, words ...string) telegramtest.Sent {
	s.Helper()
	sent, err := s.telegram.WaitSent(s.ctx, func(m telegramtest.Sent) bool {
		return m.Chat == chat && containsAll(m.Text, words)
	})
	if err != nil {
		s.Fatalf("chat %d never hears %q; it heard %q", chat, words, s.telegram.Sent(chat))
	}
	return sent
}

// times is how many messages with all these words a chat has got.
func (s *testbed) times(chat int64, words ...string) int {
	n := 0
	for _, m := range s.telegram.Sent(chat) {
		if containsAll(m.Text, words) {
			n++
		}
	}
	return n
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// keepsSecrets wants nothing in the logs that must not stand there.
func (s *testbed) keepsSecrets(more ...string) {
	s.Helper()
	for _, secret := range append(more, telegramtest.Token, appcode, key) {
		if strings.Contains(s.logs.String(), secret) {
			s.Errorf("%q stands in the log", secret)
		}
	}
}

// logBuffer is what programs have written so far.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *logBuffer) add(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.WriteString(line + "\n")
}

// String is all of it.
func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// last is the last line that holds some text, "" when none does.
func (b *logBuffer) last(text string) string {
	found := ""
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, text) {
			found = line
		}
	}
	return found
}
