package handlers

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"waybill/models"
	"waybill/tracking"
)

// reads is a Store and a Detector that count what is read.
type reads struct {
	Store
	Detector
	mu sync.Mutex
	of map[string]int
}

func (r *reads) read(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of[what]++
}

func (r *reads) Question(ctx context.Context, chatID, arrivalID int64, now models.Moment) (models.Question, bool, error) {
	r.read("question")
	return r.Store.Question(ctx, chatID, arrivalID, now)
}

func (r *reads) Followed(ctx context.Context, chatID int64, all bool) ([]models.Followed, error) {
	r.read("follows")
	return r.Store.Followed(ctx, chatID, all)
}

func (r *reads) CountLive(ctx context.Context, chatID int64) (int, error) {
	r.read("count")
	return r.Store.CountLive(ctx, chatID)
}

func (r *reads) Tails(ctx context.Context, parcelID int64) ([]models.Tail, error) {
	r.read("tails")
	return r.Store.Tails(ctx, parcelID)
}

func (r *reads) TailAttempts(ctx context.Context, chatID int64, number string, now models.Moment) (models.TailAttempts, error) {
	r.read("tries")
	return r.Store.TailAttempts(ctx, chatID, number, now)
}

func (r *reads) ByNumber(ctx context.Context, number string) ([]models.Parcel, error) {
	r.read("parcels")
	return r.Store.ByNumber(ctx, number)
}

func (r *reads) Detect(ctx context.Context, number string) ([]models.Carrier, bool) {
	r.read("carriers")
	return r.Detector.Detect(ctx, number)
}

// reading is one message to the world, and how often something was read for it.
func (w *world) reading(t *testing.T, text string) (said string, of map[string]int) {
	t.Helper()
	c := w.conversation()
	r := &reads{Store: w.store, Detector: c.settings.Detector, of: map[string]int{}}
	c.settings.Store, c.settings.Detector = r, r
	m := Message{Text: text, Addressed: true, From: "a"}
	if data, tapped := strings.CutPrefix(text, "tap "); tapped {
		m = Message{Happening: Tapped, Button: data, Addressed: true, From: "a"}
	}
	replies, err := c.Handle(t.Context(), w.chat("a", false), m)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(shown(replies), "\n"), r.of
}

func TestAMessageReadsNothingTwice(t *testing.T) {
	for name, c := range map[string]struct {
		before []string
		text   string
	}{
		"five numbers":                      {nil, "YT1000000000017 YT1000000000025 YT1000000000033 YT1000000000058 YT1000000000074"},
		"a number with its tail":            {nil, locked + " 1234"},
		"a tail, compared with a right one": {[]string{locked + " 1234"}, locked + " 9999"},
		"an answer":                         {[]string{locked + " SF1000000000023"}, "1234"},
		"an answer by command":              {[]string{locked}, "/tail 1234"},
		"a command instead of an answer":    {[]string{"YT1000000000017", "忘记我"}, "列表"},
		"bare stop":                         {[]string{"YT1000000000017 YT1000000000074"}, "停止"},
		"stop, answered":                    {[]string{"YT1000000000017 YT1000000000074", "停止"}, "2"},
		"stop all":                          {[]string{"YT1000000000017 YT1000000000074"}, "停止 全部"},
		"stop all, answered":                {[]string{"YT1000000000017 YT1000000000074", "停止 全部"}, "是"},
		"a name of two words":               {[]string{"YT1000000000017 妈妈 的茶"}, "详情 妈妈 的茶"},
		"a list of finished ones":           {[]string{"YT1000000000058"}, "列表"},
		"an export":                         {[]string{locked}, "导出"},
		"nothing in particular":             {[]string{locked}, "你好"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			for _, text := range c.before {
				w.says(t, "a", text)
			}
			_, of := w.reading(t, c.text)
			for what, n := range of {
				if n > 1 && what != "parcels" && what != "carriers" {
					t.Errorf("%s: read %d times", what, n)
				}
			}
		})
	}
}

func TestAnAnswerGoesOnWhereItsQuestionStopped(t *testing.T) {
	for name, c := range map[string]struct{ before, text, want string }{
		"a tail":                      {locked, "1234", "北京转运中心"},
		"a wrong tail":                {locked, "9999", "还能试 2 次"},
		"a carrier's row":             {"431000000001", "1", "申通快递 431000000001"},
		"a carrier's name":            {"431000000001", "韵达", "韵达快递 431000000001"},
		"a carrier that wants a tail": {"781000000001", "1", "中通快递 781000000001 要核对手机尾号"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			w.says(t, "a", c.before)
			said, of := w.reading(t, c.text)
			if !strings.Contains(said, c.want) {
				t.Errorf("it brings %q", said)
			}
			if of["parcels"] != 0 || of["carriers"] != 0 || of["question"] != 1 {
				t.Errorf("read %v; the number is known, and its carrier", of)
			}
		})
	}
}

func TestRefreshingAParcelThatWantsATailMeanwhileAsksForIt(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", moving)
	f, ok := w.followOf(t, "a", moving)
	if !ok {
		t.Fatal("it is not followed")
	}
	w.scripts[moving].tail = "1234"
	w.pass(floor)
	if said, _ := w.reading(t, "tap r:"+strconv.FormatInt(f.ParcelID, 10)); !strings.Contains(said, moving+" 要核对手机尾号") {
		t.Errorf("refreshing brings %q", said)
	}
	if said := w.says(t, "a", "1234"); !strings.Contains(said, "杭州转运中心") {
		t.Errorf("the tail brings %q", said)
	}
}

func TestARightTailAndOneThatNobodyHasJudgedTakeNoTry(t *testing.T) {
	for name, c := range map[string]struct {
		before, text string
		fails        error
		taken        int
	}{
		"it brings the trace":             {"", locked + " 1234", nil, 0},
		"it equals a proved one":          {locked + " 1234", locked + " 1234", nil, 0},
		"it is wrong":                     {"", locked + " 9999", nil, 1},
		"it differs from a proved one":    {locked + " 1234", locked + " 9999", tracking.ErrUnavailable, 1},
		"the provider is out":             {"", locked + " 1234", tracking.ErrUnavailable, 0},
		"there is no record":              {"", locked + " 9999", tracking.ErrNoRecord, 0},
		"the remembered one is wrong":     {"/tail 9999", locked, nil, 1},
		"the remembered one is not tried": {"/tail 9999", moving, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			if c.before != "" {
				w.says(t, "b", c.before)
				w.says(t, "a", c.before)
			}
			w.scripts[locked].err = c.fails
			w.pass(floor)
			w.says(t, "a", c.text)
			taken, err := w.store.TailAttempts(t.Context(), w.chat("a", false).ID, locked, models.At(w.clock()))
			if err != nil || taken.OfChat != c.taken {
				t.Errorf("%d tries are taken, %v; want %d", taken.OfChat, err, c.taken)
			}
		})
	}
}

// brokenFollows is a store that cannot keep a follow.
type brokenFollows struct{ Store }

func (brokenFollows) Follow(context.Context, models.Following, models.Moment) (models.Follow, error) {
	return models.Follow{}, context.DeadlineExceeded
}

func TestAMessageThatFailsTakesNoTry(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.conversation()
	c.settings.Store = brokenFollows{w.store}
	chat := w.chat("a", false)
	if _, err := c.Handle(t.Context(), chat, Message{Text: locked + " 1234", Addressed: true}); err == nil {
		t.Fatal("a failure of the store is no failure")
	}
	if taken, err := w.store.TailAttempts(t.Context(), chat.ID, locked, models.At(w.clock())); err != nil || taken != (models.TailAttempts{}) {
		t.Errorf("taken %+v, %v", taken, err)
	}
}

// While the provider is out, a tail is only compared with the right one. Chats
// that guess at the same time must not get more tries for that than one day has.
func TestManyChatsThatGuessAtOnceGetNoMoreTries(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "owner", locked+" 1234")
	w.scripts[locked].err = tracking.ErrUnavailable
	c := w.conversation()
	chats := map[string]models.Chat{}
	for conversation := range strings.SplitSeq("abcdefghijklmnopqrst", "") {
		chats[conversation] = w.chat(conversation, false)
	}
	var mu sync.Mutex
	said := map[string]string{}
	var guessing sync.WaitGroup
	for conversation, chat := range chats {
		guessing.Go(func() {
			replies, err := c.Handle(t.Context(), chat, Message{Text: locked + " 9999", Addressed: true})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			said[conversation] = strings.Join(shown(replies), "\n")
		})
	}
	guessing.Wait()
	spent := slices.DeleteFunc(slices.Collect(maps.Values(said)), func(s string) bool { return !strings.Contains(s, "试错的尾号太多了") })
	if len(spent) != len(chats)-attemptsOfWaybill {
		t.Errorf("%d of %d chats are refused, want all but %d: %q", len(spent), len(chats), attemptsOfWaybill, said)
	}
}
