package handlers

import (
	"strings"
	"testing"

	"waybill/models"
	"waybill/models/seal"
	"waybill/tracking"
)

const locked = "SF1000000000015" // opened by 1234

// says is one message to the world, and what comes back.
func (w *world) says(t *testing.T, conversation, text string) string {
	t.Helper()
	replies, err := w.conversation().Handle(t.Context(), w.chat(conversation, false), Message{Text: text, Addressed: true, From: conversation})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(shown(replies), "\n")
}

func showsTrace(said string) bool { return strings.Contains(said, "北京转运中心") }

func TestAProvedTailOpensForASecondChatWithoutACall(t *testing.T) {
	w := newWorld(t, "zh-CN")
	if said := w.says(t, "a", locked+" 1234"); !showsTrace(said) {
		t.Fatalf("the right tail brings %q", said)
	}
	calls := w.asked(locked)
	if said := w.says(t, "b", locked+" 1234"); !showsTrace(said) {
		t.Errorf("the second chat sees %q", said)
	}
	if got := w.asked(locked); got != calls {
		t.Errorf("it cost %d calls", got-calls)
	}
}

func TestASecondChatWithoutATailSeesNothing(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", locked+" 1234")
	for _, text := range []string{locked, "/track " + locked, "详情 " + locked, "列表"} {
		if said := w.says(t, "b", text); showsTrace(said) || strings.Contains(said, "运输中") {
			t.Errorf("%q shows %q", text, said)
		}
	}
}

func TestGuessingEndsAfterThreeTriesEvenWithTheRightTail(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", locked+" 1234")
	for _, tail := range []string{"1111", "2222", "3333"} {
		w.says(t, "b", locked+" "+tail)
	}
	calls := w.asked(locked)
	for _, tail := range []string{"4444", "1234"} {
		if said := w.says(t, "b", locked+" "+tail); showsTrace(said) || !strings.Contains(said, "尾号") {
			t.Errorf("after three wrong ones another brings %q", said)
		}
	}
	if got := w.asked(locked); got != calls {
		t.Errorf("tries that are spent cost %d calls", got-calls)
	}
}

func TestUnfollowingGivesNoNewTries(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "b", locked+" 1111")
	w.says(t, "b", locked+" 2222")
	w.says(t, "b", "停止 "+locked)
	w.says(t, "b", locked+" 3333")
	if said := w.says(t, "b", locked+" 1234"); showsTrace(said) {
		t.Errorf("a fourth try brings %q", said)
	}
	w.pass(24 * 3600e9)
	if said := w.says(t, "b", locked+" 1234"); !showsTrace(said) {
		t.Errorf("the next day the right tail brings %q", said)
	}
}

func TestTenWrongTailsAWaybillAreEnough(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for i, conversation := range []string{"a", "b", "c", "d"} {
		for j := range 3 {
			if i*3+j < attemptsOfWaybill {
				w.pass(6 * 3600e9 / 10)
				count(t, w, conversation)
			}
		}
	}
	if said := w.says(t, "fresh", locked+" 1234"); showsTrace(said) {
		t.Errorf("an eleventh try brings %q", said)
	}
}

// count notes a wrong try without asking anybody.
func count(t *testing.T, w *world, conversation string) {
	t.Helper()
	_, reserved, err := w.store.ReserveTailAttempt(t.Context(), w.chat(conversation, false).ID, locked, attemptsOfChat, attemptsOfWaybill, models.At(w.clock()))
	if err != nil || !reserved {
		t.Fatal(reserved, err)
	}
}

func TestComparingCountsWhileTheProviderIsOut(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", locked+" 1234")
	w.scripts[locked].err = tracking.ErrUnavailable
	for _, tail := range []string{"1111", "2222", "3333"} {
		if said := w.says(t, "b", locked+" "+tail); showsTrace(said) {
			t.Fatalf("%s opens it", tail)
		}
	}
	if said := w.says(t, "b", locked+" 1234"); showsTrace(said) {
		t.Error("whoever asks while the provider is out may guess for ever")
	}
}

func TestAnAnswerWithoutARecordProvesNoTail(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.scripts[locked].err = tracking.ErrNoRecord
	w.says(t, "a", locked+" 9999")
	follow, ok := w.followOf(t, "a", locked)
	if !ok || follow.TailState != models.TailUntried {
		t.Fatalf("followed %v with the tail in state %v", ok, follow.TailState)
	}
	w.scripts[locked].err = nil
	w.pass(floor)
	if said := w.says(t, "b", locked+" 9999"); showsTrace(said) {
		t.Errorf("a tail that nobody has proved opens %q", said)
	}
}

func TestAWrongTailDoesNotTakeAwayWhatAnotherHasOpened(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", locked+" 1234")
	w.says(t, "a", locked+" 9999")
	w.pass(floor)
	if said := w.says(t, "a", locked); !showsTrace(said) {
		t.Errorf("after a wrong tail it shows %q", said)
	}
}

func TestWhatIsRefusedIsFollowedOnlyWithATail(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", locked)
	if _, ok := w.followOf(t, "a", locked); ok {
		t.Error("the chat follows a parcel for which it has given no tail")
	}
	w.scripts[locked].err = tracking.ErrUnavailable
	w.says(t, "a", "1234")
	if f, ok := w.followOf(t, "a", locked); !ok || f.TailState != models.TailUntried {
		t.Errorf("while the provider is out: followed %v, tail %v", ok, f.TailState)
	}
}

func TestAFullChatCostsNoCall(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, number := range []string{"JT1000000000018", "JT1000000000026", "JT1000000000034", "JT1000000000042", "JT1000000000059", "JT1000000000067"} {
		w.says(t, "a", number)
	}
	if said := w.says(t, "a", "YT1000000000017"); !strings.Contains(said, "YT1000000000017") || !strings.Contains(said, "6") {
		t.Errorf("a full chat is told %q", said)
	}
	w.says(t, "b", "YT1000000000058")
	if said := w.says(t, "a", "YT1000000000058"); !strings.Contains(said, "已签收") {
		t.Errorf("a finished parcel takes no place, but brings %q", said)
	}
	if w.asked("YT1000000000017") != 0 {
		t.Error("a parcel that cannot be followed was asked about")
	}
}

func TestAKeptTailThatIsWrongIsTriedOnce(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "/tail 9999")
	for range 4 {
		if said := w.says(t, "a", locked); !strings.Contains(said, "手机") {
			t.Errorf("asking again brings %q", said)
		}
	}
	if got := w.asked(locked); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
	if said := w.says(t, "a", "1234"); !showsTrace(said) {
		t.Errorf("the right tail brings %q", said)
	}
}

func TestFollowingCountsAsDeliveredWhatTheReplyShows(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	f, ok := w.followOf(t, "a", "YT1000000000017")
	if !ok || f.DeliveredSeq != 2 || f.Pending() {
		t.Errorf("followed %v, delivered %d, pending %d; want 2 delivered and nothing pending", ok, f.DeliveredSeq, f.PendingSeq)
	}
}

func (w *world) followOf(t *testing.T, conversation, number string) (models.Follow, bool) {
	t.Helper()
	parcels, err := w.store.ByNumber(t.Context(), number)
	if err != nil || len(parcels) != 1 {
		t.Fatalf("parcels: %v, %v", parcels, err)
	}
	f, ok, err := w.store.FollowOf(t.Context(), w.chat(conversation, false).ID, parcels[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return f, ok
}

func TestAnExportHoldsEverythingButTails(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "/tail 1234")
	w.says(t, "a", locked+" 1234 茶叶")
	w.says(t, "a", "SF1000000000023")
	replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Text: "导出", Addressed: true})
	if err != nil || len(replies) != 2 || replies[0].File == nil {
		t.Fatalf("%v, %v", replies, err)
	}
	body := string(replies[0].File.Body)
	for _, want := range []string{locked, "茶叶", "北京转运中心", `"conversation": "a"`, `"phone_tail": "set"`, "SF1000000000023", `"about": "tail"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the export lacks %s:\n%s", want, body)
		}
	}
	if strings.Contains(body, `"1234"`) {
		t.Error("the export shows the tail")
	}
}

// loseKey goes on with another key, as after the first one is lost.
func (w *world) loseKey(t *testing.T) {
	t.Helper()
	keys, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	w.keys = keys
	w.restart()
}

func TestATailThatNoKeyOpensIsAskedForAgain(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", locked+" 1234")
	w.loseKey(t)
	w.pass(3 * floor)
	if said := w.says(t, "a", locked); !strings.Contains(said, "读不出来") || !strings.Contains(said, "手机") || showsTrace(said) {
		t.Fatalf("asked about it, it says %q", said)
	}
	if said := w.says(t, "a", "1234"); !showsTrace(said) {
		t.Fatalf("the tail given again brings %q", said)
	}
	w.pass(3 * floor)
	if said := w.says(t, "a", locked); !showsTrace(said) || strings.Contains(said, "手机") {
		t.Fatalf("and later %q", said)
	}
}

func TestARememberedTailStandsInForOneThatNoKeyOpens(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", locked+" 1234")
	w.loseKey(t)
	w.says(t, "a", "尾号 1234")
	w.pass(3 * floor)
	if said := w.says(t, "a", locked); !showsTrace(said) {
		t.Fatalf("it says %q", said)
	}
}

func TestARememberedTailThatNoKeyOpensIsAskedForAgain(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "尾号 1234")
	w.loseKey(t)
	if said := w.says(t, "a", locked); !strings.Contains(said, "手机") || showsTrace(said) {
		t.Fatalf("asked about a new parcel, it says %q", said)
	}
	if said := w.says(t, "a", "提醒"); strings.Contains(said, "记着一个") {
		t.Fatalf("the settings say %q", said)
	}
	if said := w.says(t, "a", locked+" 1234"); !showsTrace(said) {
		t.Fatalf("the tail given again brings %q", said)
	}
}
