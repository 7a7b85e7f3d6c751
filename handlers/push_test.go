package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"waybill/models"
)

func TestTheNameOfARobotOpensAnArgument(t *testing.T) {
	turn := &turn{settings: Settings{Robots: []string{"Ops", "Ops night", "仓库", "仓库群", "2"}}}
	for _, c := range []struct{ args, robot, rest string }{
		{"Ops 2", "Ops", "2"},
		{"ops 2 3", "Ops", "2 3"},
		{"OPS", "Ops", ""},
		{"Ops　２", "Ops", "２"},
		{"Ops night 2", "Ops night", "2"},
		{"Ops nightly 2", "Ops", "nightly 2"},
		{"Opsy 2", "", ""},
		{"仓库群2", "仓库群", "2"},
		{"仓库群２", "仓库群", "２"},
		{"仓库 2", "仓库", "2"},
		{"仓库员 2", "", ""},
		{"2 3", "2", "3"},
		{"off 2", pushOff, "2"},
		{"关 2", pushOff, "2"},
		{"關閉 2", pushOff, "2"},
		{"off", pushOff, ""},
		{"", "", ""},
		{"2仓", "", ""},
	} {
		if robot, rest, ok := turn.robotIn(c.args); robot != c.robot || rest != c.rest || ok != (c.robot != "") {
			t.Errorf("%q is robot %q and %q (%v), want %q and %q", c.args, robot, rest, ok, c.robot, c.rest)
		}
	}
}

// keeper is a store that keeps no robots.
type keeper struct {
	Store
	err error
}

func (k keeper) PushTo(context.Context, int64, int64, string, models.Moment) error { return k.err }

func TestAPushThatCannotBeKeptIsNotPromised(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door, w.robots = "wecom_app", []string{"仓库群"}
	w.says(t, "a", "YT1000000000017")
	say := func(kept error) ([]Reply, error) {
		c := w.conversation()
		c.settings.Store = keeper{w.store, kept}
		return c.Handle(t.Context(), w.chat("a", false), Message{Text: "推送 仓库群 1", Addressed: true})
	}
	if _, err := say(errors.New("down")); err == nil {
		t.Error("a failure of the store is no failure")
	}
	replies, err := say(fmt.Errorf("push to robot: %w", models.ErrNotFound))
	if err != nil || len(replies) != 1 || replies[0].Text() != "没有在关注 YT1000000000017。" {
		t.Errorf("a parcel that was let go meanwhile: %v, %v", replies, err)
	}
}

func TestAnExportNamesTheRobots(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door, w.robots = "wecom_app", []string{"仓库群"}
	for _, text := range []string{"YT1000000000017", "推送 仓库群 1"} {
		w.says(t, "a", text)
	}
	replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Text: "导出", Addressed: true})
	if err != nil || len(replies) != 2 || replies[0].File == nil {
		t.Fatal(replies, err)
	}
	var got exported
	if err := json.Unmarshal(replies[0].File.Body, &got); err != nil || len(got.Parcels) != 1 || got.Parcels[0].PushTo != "仓库群" {
		t.Errorf("exported %+v, %v", got.Parcels, err)
	}
	if said := w.says(t, "a", "列表"); !strings.Contains(said, "仓库群") {
		t.Errorf("afterwards the list says %q", said)
	}
}
