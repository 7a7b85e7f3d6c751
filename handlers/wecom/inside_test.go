package wecom

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"waybill/handlers"
	"waybill/internal/ratelimit"
	"waybill/internal/troublelog"
	"waybill/models"
)

func TestPagesLoseNothingAndKeepWithinTheirLimit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(16, 64).Draw(r, "limit")
		blocks := rapid.SliceOfN(rapid.StringMatching(`[a-z包📦]{1,40}`), 1, 8).Draw(r, "blocks")
		whole := ""
		for _, p := range pages(blocks, limit) {
			if len(p) > limit || !utf8.ValidString(p) {
				r.Fatalf("a page of %d bytes: %q", len(p), p)
			}
			whole += strings.NewReplacer(ellipsis, "", "\n", "").Replace(p)
		}
		if want := strings.Join(blocks, ""); whole != want {
			r.Fatalf("%q became %q", want, whole)
		}
	})
}

func TestABlockThatFitsIsNeverSplit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		blocks := rapid.SliceOfN(rapid.StringMatching(`[a-z包]{1,5}`), 1, 20).Draw(r, "blocks")
		for _, p := range pages(blocks, 15) {
			if strings.Contains(p, ellipsis) {
				r.Fatalf("torn: %q", p)
			}
		}
	})
}

func TestShortenEndsWithAWholeCharacter(t *testing.T) {
	for text, want := range map[string]string{"包裹": "包裹", "包裹到": "包裹到", "包裹到了": "包裹…", "abcdefghij": "abcdef…"} {
		if got := shorten(text, 9); got != want {
			t.Errorf("%q", got)
		}
	}
}

func TestAShortWaitIsSatOutAndALongOneGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ratelimit.NewWindows(time.Now, ratelimit.Window{Most: 3, Within: 8 * time.Second})
		began := time.Now()
		for range 3 {
			if err := waitTurn(t.Context(), p, "a"); err != nil {
				t.Fatal(err)
			}
		}
		if err := waitTurn(t.Context(), p, "a"); err != nil || time.Since(began) != 8*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		q := ratelimit.NewWindows(time.Now, ratelimit.Window{Most: 1, Within: 8 * time.Second})
		if err := errors.Join(waitTurn(ctx, q, "b"), waitTurn(t.Context(), q, "c")); err != nil {
			t.Error(err)
		}
		if err := waitTurn(ctx, q, "b"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		var wait *models.Wait
		if err := waitTurn(t.Context(), q, "b"); !errors.As(err, &wait) || wait.After != 15*time.Second {
			t.Errorf("%v", err)
		}
	})
}

func TestAnAccountThatNobodyAnnouncesIsFetchedEveryFiveMinutes(t *testing.T) {
	now := time.Unix(1_000_000_000, 0)
	f := newFetching(func() time.Time { return now })
	quiet := models.SyncCursor{Account: "a", Announced: 3, Fetched: 3}
	for range 3 {
		if !f.begin(quiet) {
			t.Fatal("it is not fetched")
		}
		f.end(quiet.Account, nil)
		now = now.Add(fetchEvery - 1)
		if f.begin(quiet) {
			t.Fatal("it is fetched before its time")
		}
		now = now.Add(1)
	}
}

func TestAMessagesNameTellsItsCredit(t *testing.T) {
	allowed := regexp.MustCompile(`^[0-9a-zA-Z_-]{32}$`)
	for _, serial := range []int64{1, 35, 1_778_576_400_000, math.MaxInt64} {
		id := messageID("a", serial)
		if !allowed.MatchString(id) || epochOf(id) != serial || id == messageID("b", serial) || id != messageID("a", serial) {
			t.Errorf("%d: %s", serial, id)
		}
	}
	for _, id := range []string{"", "x", "-", messageID("a", 1) + "0", strings.Repeat("z", 32), "zzzzzzzzzzzzz-" + strings.Repeat("0", 18)} {
		if got := epochOf(id); got != 0 {
			t.Errorf("%s: %d", id, got)
		}
	}
}

// goneCursors is a store of cursors that does not answer.
type goneCursors struct{ SyncStore }

func (goneCursors) SyncCursors(context.Context) ([]models.SyncCursor, error) {
	return nil, errors.New("connection refused")
}

func TestADatabaseThatIsGoneDoesNotFillTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &bytes.Buffer{}
		k := &KF{syncStore: goneCursors{}, trouble: troublelog.New(slog.New(slog.NewTextHandler(log, nil)))}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		if err := k.Run(ctx); err != nil || strings.Count(log.String(), `level=WARN msg=failed doing="read wecom accounts"`) != 2 {
			t.Errorf("error %v, and the log has\n%s", err, log)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"msgid":"1","origin":3,"msgtype":"text","text":{"content":"x","menu_id":"d:1"}}`))
	f.Add([]byte(`{"msgtype":"event","event":{"event_type":"enter_session","welcome_code":"c"}}`))
	f.Add([]byte("<xml><FromUserName>a</FromUserName><MsgType>event</MsgType><Event>click</Event></xml>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, read := range []func([]byte) (handlers.Message, bool, error){(&KF{}).Read, (&App{}).Read} {
			m, ok, err := read(body)
			if ok && (err != nil || !m.Addressed || parseReplyTo(m.Token).token() != m.Token) {
				t.Errorf("%+v, %v", m, err)
			}
		}
	})
}
