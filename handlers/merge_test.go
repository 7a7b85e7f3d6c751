package handlers

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/models"
)

// countedDoor is a platform that counts messages: it puts so many replies into one.
type countedDoor struct {
	*fakeDoor
	most int
	got  []Reply
}

func (d *countedDoor) Merge(rs []Reply) (Reply, int) {
	n := min(d.most, len(rs))
	one := rs[0]
	for _, r := range rs[1:n] {
		one.Blocks = append(append([]Block(nil), one.Blocks...), r.Blocks...)
		one.Buttons = nil
		if r.For == Urgent {
			one.For = Urgent
		}
	}
	return one, n
}

func (d *countedDoor) Send(ctx context.Context, to models.Address, r Reply) error {
	err := d.fakeDoor.Send(ctx, to, r)
	if err == nil {
		d.got = append(d.got, r)
	}
	return err
}

// refuses is a platform's no to every message with a word in it.
func refuses(word string) func(string, Reply) error {
	return func(_ string, r Reply) error {
		if strings.Contains(r.Text(), word) {
			return models.ErrRefused
		}
		return nil
	}
}

func TestPlainTextIsCutWhereTheStyledOneWas(t *testing.T) {
	look := Reply{
		Blocks:  []Block{{{{Text: "a", Style: Strong}, {Text: "b", Style: Code}}, {{Text: "c"}}}, {{}}, {{{Text: "d", Style: Link, URL: "https://x.org"}}}},
		Buttons: [][]Button{{{Text: "e", Data: "f"}}}, Token: "g", For: Urgent, Lang: "en",
	}
	plain := Reply{Blocks: []Block{{{{Text: "ab"}}, {{Text: "c"}}}, {{{Text: ""}}}, {{{Text: "d"}}}}, Token: "g", For: Urgent, Lang: "en"}
	if diff := cmp.Diff(plain, bare(look)); diff != "" {
		t.Error(diff)
	}
}

// parcels is a chat's news of some parcels, each with one scan: the number.
func (w *world) parcels(numbers ...string) []models.News {
	var all []models.News
	for i, number := range numbers {
		n := w.news("a")
		n.Parcel.Number, n.Follow.ID, n.Parcel.ID = number, int64(i+1), int64(i+1)
		all = append(all, n)
	}
	return all
}

// tellAll tells everything, as the scheduler does.
func tellAll(t *Teller, news []models.News) (told []int, errs []error) {
	for len(news) > 0 {
		n, err := t.Tell(context.Background(), news)
		told, errs = append(told, n), append(errs, err)
		news = news[n:]
	}
	return told, errs
}

func TestNewsOfSeveralParcelsIsOneMessageWhereMessagesAreCounted(t *testing.T) {
	w := newWorld(t, "zh-CN")
	door := &countedDoor{fakeDoor: newFakeDoor(), most: 9}
	news := w.parcels("YT1", "YT2", "YT3")
	news[1].Urgent = true
	told, err := newTeller(w, door, &alarm{}).Tell(t.Context(), news)
	if told != 3 || err != nil || len(door.got) != 1 {
		t.Fatalf("told %d, %v, in %d messages", told, err, len(door.got))
	}
	got := door.got[0]
	if got.For != Urgent || got.Lang != "zh-CN" {
		t.Errorf("sent for %q in %q", got.For, got.Lang)
	}
	for _, n := range news {
		if !strings.Contains(got.Text(), n.Parcel.Number) {
			t.Errorf("%s is not in it", n.Parcel.Number)
		}
	}
}

func TestElsewhereEveryParcelHasItsOwnMessage(t *testing.T) {
	w := newWorld(t, "en")
	var occasions []Occasion
	door := newFakeDoor()
	door.wrong = func(_ string, r Reply) error {
		occasions = append(occasions, r.For)
		if r.Lang != "en" || len(r.Buttons) == 0 {
			t.Errorf("in %q with %d rows of buttons", r.Lang, len(r.Buttons))
		}
		return nil
	}
	news := w.parcels("YT1", "YT2")
	news[0].Urgent = true
	told, _ := tellAll(newTeller(w, door, &alarm{}), news)
	if len(told) != 2 || len(door.said()) != 2 || occasions[0] != Urgent || occasions[1] != News {
		t.Errorf("told %v: %q for %q", told, door.said(), occasions)
	}
}

func TestATextThatIsRefusedTakesNoOtherParcelAlong(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, bad := range []string{"YT1", "YT2", "YT3", "YT4", "YT5"} {
		door, heard := &countedDoor{fakeDoor: newFakeDoor(), most: 9}, &alarm{}
		door.wrong = refuses(bad)
		told, errs := tellAll(newTeller(w, door, heard), w.parcels("YT1", "YT2", "YT3", "YT4", "YT5"))
		said := strings.Join(door.said(), "\n")
		if strings.Contains(said, bad) || strings.Count(said, "YT") != 4 {
			t.Errorf("%s is bad: told %v, %q", bad, told, said)
		}
		refused := 0
		for i, err := range errs {
			if errors.Is(err, models.ErrRefused) {
				refused++
				if told[i] != 1 {
					t.Errorf("%s is bad: %d parcels share its fate", bad, told[i])
				}
			}
		}
		if refused != 1 || len(heard.keys) != 1 {
			t.Errorf("%s is bad: refused %d times, the operators heard %v", bad, refused, heard.keys)
		}
	}
}

func TestWithoutCreditEverythingInTheMessageWaits(t *testing.T) {
	w := newWorld(t, "zh-CN")
	door, heard := &countedDoor{fakeDoor: newFakeDoor(), most: 2}, &alarm{}
	door.wrong = func(string, Reply) error { return models.ErrNoCredit }
	told, err := newTeller(w, door, heard).Tell(t.Context(), w.parcels("YT1", "YT2", "YT3"))
	if told != 2 || !errors.Is(err, models.ErrNoCredit) || len(heard.keys) != 0 {
		t.Errorf("told %d, %v, the operators heard %v", told, err, heard.keys)
	}
}

func TestOfSeveralRefusedTailsTheFirstIsAskedFor(t *testing.T) {
	w := newWorld(t, "zh-CN")
	door := &countedDoor{fakeDoor: newFakeDoor(), most: 1}
	news := w.parcels("YT1000000000017", "SF1000000000023", locked)
	for i := range news[1:] {
		notice(models.TailRefused, "")(&news[i+1])
		news[i+1].Follow.TailState = models.TailWrong
	}
	teller := newTeller(w, door, &alarm{})
	if told, err := teller.Tell(t.Context(), news); told != 1 || err != nil {
		t.Fatalf("told %d, %v", told, err)
	}
	if _, open, err := w.store.Question(t.Context(), news[0].Chat.ID, models.At(w.clock())); open || err != nil {
		t.Errorf("something is asked before it is told: %v", err)
	}
	door.most = 9
	if told, err := teller.Tell(t.Context(), news); told != 3 || err != nil {
		t.Fatalf("told %d, %v", told, err)
	}
	q, open, err := w.store.Question(t.Context(), news[0].Chat.ID, models.At(w.clock()))
	if err != nil || !open || len(q.Items) != 1 || q.Items[0].Number != "SF1000000000023" {
		t.Errorf("asked: %+v, %v, %v", q, open, err)
	}
}

func TestNewsThatCannotBePutIntoWordsHoldsNoOtherBack(t *testing.T) {
	w := newWorld(t, "zh-CN")
	unworded := renderer{words: w.words.For()} // without a zone no scan has a time
	news := w.parcels("YT1", "YT2")
	notice(models.Ended, models.EndedSilent)(&news[0])
	for all, want := range map[int]int{0: 1, 1: 0} {
		if replies, err := unworded.newsOf(news[all:]); len(replies) != want || err == nil {
			t.Errorf("%d replies of %d, %v", len(replies), len(news[all:]), err)
		}
	}
}

// counting has the office's platform put so many replies into one message.
func (o *office) counting(most int) {
	o.inbox.Door = &countedDoor{fakeDoor: o.door, most: most}
}

func TestWhatIsLeftOfAnAnswerIsMergedAndGoesOnWhereItStopped(t *testing.T) {
	o := newOffice(t)
	o.counting(2)
	down := true
	o.door.wrong = func(_ string, r Reply) error {
		if down && strings.Contains(r.Text(), "three") {
			return errors.New("connection refused")
		}
		return nil
	}
	o.arrives("a", "one two three four five", "six")
	o.sweep()
	o.sees("a: one\ntwo")
	down = false
	o.pass(time.Second)
	o.sweep()
	o.sees("a: one\ntwo", "a: three\nfour", "a: five", "a: six")
	if n := o.echo.handled("one two three four five"); n != 1 {
		t.Errorf("the message was handled %d times", n)
	}
}

func TestAReplyThatIsRefusedTakesNoOtherAlong(t *testing.T) {
	o := newOffice(t)
	o.counting(9)
	o.door.wrong = refuses("three")
	o.arrives("a", "one two three four")
	o.sweep()
	o.sees("a: one\ntwo", "a: four")
	if len(o.alarm.keys) != 1 || o.alarm.keys[0] != AlertRefused {
		t.Errorf("the operators heard %v", o.alarm.keys)
	}
}

func TestAReplyWithoutCreditWaitsADayAndAlarmsNobody(t *testing.T) {
	o := newOffice(t)
	o.counting(1)
	credit := 1
	o.door.wrong = func(string, Reply) error {
		if credit--; credit < 0 {
			return models.ErrNoCredit
		}
		return nil
	}
	o.arrives("a", "one two")
	o.sweep()
	o.pass(23 * time.Hour)
	credit = 1
	o.sweep()
	o.sees("a: one")
	o.pass(time.Hour)
	o.sweep()
	o.sees("a: one", "a: two")
	if len(o.alarm.keys) != 0 || strings.Contains(o.log.String(), "WARN") || strings.Contains(o.log.String(), "ERROR") {
		t.Errorf("the operators heard %v, the log has %s", o.alarm.keys, o.log)
	}
}

func TestEveryReplySaysWhatItIsWrittenIn(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.conversation()
	for chat, said := range map[string]struct{ text, lang string }{
		"me": {"YT1000000000017 SF1000000000015", "zh-CN"}, "you": {"/lang en", "en"},
	} {
		text, lang := said.text, said.lang
		replies, err := c.Handle(t.Context(), w.chat(chat, false), Message{Text: text, Addressed: true})
		if err != nil || len(replies) == 0 {
			t.Fatal(replies, err)
		}
		for _, r := range replies {
			if r.Lang != lang || r.For != Answer {
				t.Errorf("%q is answered in %q for %q", text, r.Lang, r.For)
			}
		}
	}
}

func TestTheApologySaysWhatItIsWrittenIn(t *testing.T) {
	o := newOffice(t)
	door := &countedDoor{fakeDoor: o.door, most: 1}
	o.inbox.Door = door
	o.echo.broken = func(string) error { return errors.New("broken") }
	o.arrives("a", "poison")
	for range tries {
		o.sweep()
		o.pass(time.Minute)
	}
	if len(door.got) != 1 || door.got[0].Lang != "en" {
		t.Errorf("sent %+v", door.got)
	}
}
