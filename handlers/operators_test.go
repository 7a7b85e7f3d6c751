package handlers

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

const (
	muzhiSpent = "⚠️ muzhi's quota is spent."
	juheSpent  = "⚠️ juhe's quota is spent."
)

// replica is the operators' alarm in one more process.
func (o *office) replica(posts Posts) *Operators {
	return NewOperators(OperatorsNeeds{
		Chats: []models.Address{{Door: "test", Room: "boss"}, {Door: "closed", Room: "x"}, {Door: "test", Room: "deputy"}},
		Doors: map[string]Door{"test": o.door}, Posts: posts, Words: o.words, Log: slog.New(slog.NewTextHandler(o.log, nil)), Now: o.clock,
	})
}

// spent alerts that a quota is spent.
func (o *office) spent(operators *Operators, provider string) {
	o.t.Helper()
	if err := operators.Alert(o.t.Context(), AlertQuota, "Provider", provider); err != nil {
		o.t.Fatal(err)
	}
}

// hear checks what the operators have heard since the last time, in any order.
func (o *office) hear(want ...string) {
	o.t.Helper()
	o.sweep()
	got := o.door.said()
	o.door.mu.Lock()
	o.door.sent = nil
	o.door.mu.Unlock()
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		o.t.Fatalf("the operators heard %q, want %q", got, want)
	}
}

func TestOperatorsAreAlertedOnceInTenMinutesOverAllReplicas(t *testing.T) {
	o := newOffice(t)
	one, two := o.replica(o.store), o.replica(o.store)
	o.spent(one, "muzhi")
	o.spent(one, "muzhi")
	o.spent(two, "muzhi")
	o.spent(two, "juhe")
	o.hear("boss: "+muzhiSpent, "deputy: "+muzhiSpent, "boss: "+juheSpent, "deputy: "+juheSpent)
	o.pass(10*time.Minute - time.Millisecond)
	o.spent(one, "muzhi")
	o.spent(two, "muzhi")
	o.hear()
	o.pass(time.Millisecond)
	o.spent(two, "muzhi")
	o.spent(one, "muzhi")
	o.hear("boss: "+muzhiSpent, "deputy: "+muzhiSpent)
}

func TestAnAlertThatNobodyCanSendNowIsSentOnceWhenSomebodyCan(t *testing.T) {
	o := newOffice(t)
	alarm, away := o.replica(o.store), true
	o.door.wrong = func(room string, _ Reply) error {
		if away && room == "boss" {
			return &models.Wait{After: 2 * time.Second}
		}
		return nil
	}
	for range 12 {
		o.spent(alarm, "muzhi")
		o.sweep()
		o.pass(10 * time.Minute)
	}
	o.hear(slices.Repeat([]string{"deputy: " + muzhiSpent}, 12)...)
	away = false
	o.pass(time.Minute)
	o.hear("boss: " + muzhiSpent)
}

func TestWhatIsToldDailyIsToldOnceADayOverAllReplicas(t *testing.T) {
	o := newOffice(t)
	for day := range 3 {
		for hour := range 24 {
			for i, alarm := range []*Operators{o.replica(o.store), o.replica(o.store)} {
				if err := alarm.Daily(t.Context(), "near:muzhi", AlertNear, "Provider", "muzhi", "Used", 80+hour+i, "Budget", 100); err != nil {
					t.Fatal(err)
				}
			}
			o.sweep()
			o.pass(time.Hour)
		}
		got := o.door.said()
		if day == 0 && len(got) != 4 || day > 0 && len(got) != 2 { // the first one has two dates
			t.Fatalf("in 24 hours the operators heard %q", got)
		}
		o.hear(got...)
	}
}

// broken is a store that takes nothing.
type broken struct{}

func (broken) Post(context.Context, models.Address, string, []byte, models.Moment, models.Moment) (bool, error) {
	return false, errors.New("down")
}

func TestWithoutTheStoreOperatorsAreToldFromHereOrAgain(t *testing.T) {
	o := newOffice(t)
	alarm, away := o.replica(broken{}), true
	o.door.wrong = func(room string, _ Reply) error {
		if away && room == "boss" {
			return &models.Wait{After: 2 * time.Second}
		}
		return nil
	}
	var wait *models.Wait
	if err := alarm.Alert(t.Context(), AlertQuota, "Provider", "muzhi"); !errors.As(err, &wait) || strings.Contains(err.Error(), "boss") {
		t.Fatalf("got %v", err)
	}
	o.hear("deputy: " + muzhiSpent)
	away = false
	o.spent(alarm, "muzhi")
	o.spent(alarm, "muzhi")
	o.hear("boss: "+muzhiSpent, "deputy: "+muzhiSpent)
	if !bytes.Contains(o.log.Bytes(), []byte("level=WARN")) {
		t.Errorf("the log has %s", o.log)
	}
}
