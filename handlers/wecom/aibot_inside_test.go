package wecom

import (
	"context"
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"waybill/internal/expiring"
	"waybill/models"
)

func TestAIBotLimiterForgetsChatsThatAreIdle(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	l := newAIBotLimiter(AIBotLimits{}.complete(), func() time.Time { return now })
	send := func(conversation string) {
		t.Helper()
		end, err := l.begin(conversation)
		if err != nil {
			t.Fatal(err)
		}
		end(true)
	}
	for i := range 3000 {
		send(strconv.Itoa(i))
	}
	now = now.Add(30 * time.Minute)
	send("0")
	l.hold("1", time.Hour)
	now = now.Add(30 * time.Minute)
	for i := range 2000 {
		send("new" + strconv.Itoa(i))
	}
	if n := l.windows.Len(); n > 2100 || len(l.inFlight) != 0 {
		t.Errorf("%d chats are kept, %d of them with messages under way", n, len(l.inFlight))
	}
	if _, err := l.begin("1"); err == nil {
		t.Error("that WeCom wants a chat left alone is forgotten")
	}
}

func TestAIBotLimiterDoesNotCountWhatWasRefused(t *testing.T) {
	l := newAIBotLimiter(AIBotLimits{PerMinute: 1}.complete(), func() time.Time { return time.UnixMilli(1) })
	for _, counts := range []bool{false, true} {
		end, err := l.begin("r")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.begin("r"); err == nil {
			t.Error("what is under way does not count")
		}
		end(counts)
	}
	if _, err := l.begin("r"); err == nil {
		t.Error("what was sent does not count")
	}
}

// failing is a memory and an inbox: the memory fails once.
type failing struct {
	shelf
	fails int
	got   []models.Arrival
}

func (f *failing) Recall(context.Context, string, string, models.Moment) ([]byte, bool, error) {
	if f.fails--; f.fails >= 0 {
		return nil, false, errors.New("locked")
	}
	return []byte(`{"d":["a","b"]}`), true, nil
}

func (f *failing) Arrive(_ context.Context, as []models.Arrival, _ models.Moment) (int, error) {
	f.got = append(f.got, as...)
	return len(as), nil
}

func TestAIBotStoresTogetherWhatWaits(t *testing.T) {
	f := &failing{fails: 1}
	d, err := NewAIBot(AIBotSettings{ID: "i", Secret: "s", Memory: f, Phrases: PhrasesInTests}, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := d.newQueue()
	var batch []aibotPending
	said := aibotCallback{aibotWords: aibotWords{Type: "text", Text: aibotContent{Content: "2"}}}
	said.From.User = "u"
	for i := range aibotBatch + 1 {
		q.pending <- aibotPending{said: said, arrival: models.Arrival{Key: strconv.Itoa(i)}, update: aibotUpdate{Frame: []byte("{}")}}
	}
	if batch = q.more(batch); len(batch) != aibotBatch {
		t.Fatalf("%d together", len(batch))
	}
	if err := q.store(t.Context(), batch); err == nil || len(f.got) != 0 {
		t.Errorf("stored although nobody knows what a number means: %v", err)
	}
	if err := q.store(t.Context(), batch); err != nil || len(f.got) != len(batch) || !strings.Contains(string(f.got[0].Body), `"button":"b"`) {
		t.Errorf("stored %d: %v", len(f.got), err)
	}
	q.close()
	if batch = q.more(nil); len(batch) != 1 {
		t.Errorf("%d are left", len(batch))
	}
}

func TestAIBotACallbackWithoutAnIDIsKnownByItsRequest(t *testing.T) {
	f := aibotFrame{Headers: aibotHeaders{ReqID: "R"}}
	if got := (aibotCallback{}).key(f); got != "req:R" {
		t.Errorf("key %q", got)
	}
}

func FuzzAIBotRead(f *testing.F) {
	f.Add([]byte(`{"conn":"c","at":1,"frame":{"cmd":"aibot_msg_callback","headers":{"req_id":"R"},"body":{"msgid":"m","chatid":"g","chattype":"group","from":{"userid":"u"},"msgtype":"text","text":{"content":"@b x"},"quote":{"msgtype":"text","text":{"content":"q"}}}}}`))
	f.Add([]byte(`{"frame":{"cmd":"aibot_event_callback","headers":{"req_id":"R"},"body":{"from":{"userid":"u"},"msgtype":"event","event":{"eventtype":"enter_chat"}}}}`))
	d, err := NewAIBot(AIBotSettings{ID: "i", Secret: "s", Memory: &shelf{}, Phrases: PhrasesInTests}, &failing{}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, ok, err := d.Read(body)
		if !ok || err != nil {
			return
		}
		if _, _, known := aibotChat(m.Address.Conversation); !known || m.Address.Door != AIBotName {
			t.Errorf("nobody can answer %+v", m.Address)
		}
		if token := parseAIBotToken(m.Token); token.String() != m.Token {
			t.Errorf("token %q is decoded as %+v", m.Token, token)
		}
	})
}

func FuzzAIBotUnmention(f *testing.F) {
	for _, text := range []string{"@b x", "x @b", "@b x @c 停止 1", "@", "@ @", "x\n@b", "@b\u2005x", "＠b列表"} {
		f.Add(text, "")
	}
	f.Add("@Way Bill x", "Way Bill")
	f.Fuzz(func(t *testing.T, text, name string) {
		names := botName{}.record(text).record("@" + name).known()
		got := unmention(text, names)
		if utf8.ValidString(text) && (len(got) > len(text) || !utf8.ValidString(got)) || strings.TrimSpace(got) != got {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}

func TestAIBotAConnectionKeepsFewCallbacksAndNoText(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	c := &aibotConn{
		refused:     expiring.New[string, struct{}](aibotCallbacksKept, func() time.Time { return now }),
		unconfirmed: expiring.New[string, [sha256.Size]byte](aibotCallbacksKept, func() time.Time { return now }),
	}
	for i := range 3 * aibotCallbacksKept {
		now = now.Add(time.Millisecond)
		c.refuse(strconv.Itoa(i))
		c.leaveUnconfirmed(strconv.Itoa(i), "已签收")
	}
	if c.refused.Len() > aibotCallbacksKept || c.unconfirmed.Len() > aibotCallbacksKept {
		t.Errorf("%d and %d are kept", c.refused.Len(), c.unconfirmed.Len())
	}
	last := strconv.Itoa(3*aibotCallbacksKept - 1)
	if !c.isRefused(last) || !c.mayHave(last, "已签收") || c.mayHave(last, "运输中") || c.mayHave("0", "已签收") {
		t.Error("the last callbacks are forgotten, or the first ones kept")
	}
}
