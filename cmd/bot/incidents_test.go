package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// boss is a chat of WAYBILL_ADMIN_CHATS.
const boss int64 = 7

// outage makes the tracking API one that closes every connection, or that answers.
func (s *testbed) outage(on bool) { s.down.Store(on) }

func TestAnOutageIsToldOnceAndItsEndOnce(t *testing.T) {
	t.Parallel()
	kinds := storetest.Kinds()
	s := newTestbed(t, storetest.DSN(t, kinds[0]), "3600", sandbox.Options{Appcode: appcode, Speed: 60})
	s.env = append(s.env, "WAYBILL_ADMIN_CHATS=telegram:7")
	b := s.start()
	s.telegram.Say(mother, open)
	s.hears(mother, open)
	s.telegram.Say(boss, "帮助") // a bot cannot write to whom has never written to it
	s.hears(boss, "列表")
	s.outage(true)
	s.hears(boss, "所有快递接口都查不了", "muzhi（没有响应）")
	b.metric(`waybill_incident_active{incident="providers_down"} 1`)
	b.metric(`waybill_provider_up{provider="muzhi"} 0`)
	b.kill() // a restart in the middle of it is no news
	b = s.start()
	b.metric(`waybill_incident_active{incident="providers_down"} 1`)
	s.outage(false)
	s.hears(boss, "快递接口又能查了")
	b.metric(`waybill_incident_active{incident="providers_down"} 0`)
	b.metric(`waybill_provider_up{provider="muzhi"} 1`)
	if code, page := b.get("/metrics"); code != http.StatusOK || !strings.Contains(page, `waybill_door_up{door="telegram"} 1`) {
		t.Errorf("%d %s", code, page)
	}
	b.stop()
	if n := s.times(boss, "快递接口"); n != 2 {
		t.Errorf("the operator hears %d messages: %q", n, s.telegram.Sent(boss))
	}
	for _, line := range []string{`level=WARN msg="incident started" incident=providers_down`, `level=WARN msg="incident ended" incident=providers_down`} {
		if n := strings.Count(s.logs.String(), line); n != 1 {
			t.Errorf("%d lines with %s", n, line)
		}
	}
	s.keepsSecrets(open)
}

// metric waits until a line stands among the metrics.
func (b *bot) metric(line string) {
	b.testbed.Helper()
	for b.testbed.ctx.Err() == nil {
		if _, page := b.get("/metrics"); strings.Contains(page, line+"\n") {
			return
		}
	}
	b.testbed.Fatalf("the metrics never say %s", line)
}

func TestAMessageIsFollowedThroughTheLogByItsID(t *testing.T) {
	t.Parallel()
	kinds := storetest.Kinds()
	s := newTestbed(t, storetest.DSN(t, kinds[0]), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	s.telegram.Say(mother, "小明的快递 "+open+" 到哪了")
	s.hears(mother, open)
	b.metric(`waybill_messages_received_total{door="telegram"} 1`)
	b.metric(`waybill_messages_sent_total{door="telegram",kind="reply"} 1`)
	b.stop()
	log := s.logs.String()
	ids := regexp.MustCompile(`msg="update stored" arrival=(\d+) `).FindAllStringSubmatch(log, -1)
	if len(ids) != 1 {
		t.Fatalf("stored: %q", ids)
	}
	var trail []string
	of := regexp.MustCompile(`arrival=` + ids[0][1] + `( |$)`)
	for line := range strings.Lines(log) {
		if of.MatchString(strings.TrimSpace(line)) {
			trail = append(trail, line)
		}
	}
	all := strings.Join(trail, "")
	for _, step := range []string{
		`msg="update stored"`, `msg="update claimed"`, `msg="update read"`, "as=text", `msg="message understood"`, "as=numbers numbers=1",
		`msg="replies queued"`, `msg="reply sent"`, "outcome=sent took=", `msg="update ended"`,
	} {
		if !strings.Contains(all, step) {
			t.Errorf("the trail has no %s:\n%s", step, all)
		}
	}
	s.keepsSecrets(open, open[2:], "小明")
}
