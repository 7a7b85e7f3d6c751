package main

import (
	"net/http"
	"strings"
	"testing"

	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

func TestAMemberTalksToTheApp(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF|byApp)
	b := f.begin("WAYBILL_MUZHI_DETECT_PATH=")
	if status, right, err := f.we.Verify(f.ctx, "app", wecomtest.Delivery{}); err != nil || status != 200 || !right {
		t.Errorf("the check of the URL: %d, %t, %v", status, right, err)
	}
	f.delivers(f.we.MemberDoes(member, "enter_agent", ""))
	f.gets(member, "单号")
	f.writes(open) // so that both doors have their token
	f.gets(customer, open, "运输中")
	twice := f.we.MemberSays(member, open+" 鞋")
	f.delivers(twice)
	f.delivers(twice)
	f.gets(member, open, "鞋", "运输中")
	f.types("368000000012")
	offer := f.gets(member, "368000000012", "[1]", "申通")
	choice := strings.TrimSpace(before(offer.Text, "] 申通"))
	f.we.Revoke(42001)
	f.types(choice[len(choice)-1:])
	f.gets(member, "368000000012", "运输中")
	f.types("列表")
	f.gets(member, "1.", "2.", open, "368000000012")
	f.types("备注 " + open + " 妈妈的茶叶") // which scan is newer is the emulation's business
	f.gets(member, "妈妈的茶叶", open)
	f.types("详情 " + open)
	f.gets(member, "妈妈的茶叶", "已揽收")
	f.types("停止 368000000012")
	f.gets(member, "不再", "368000000012")
	f.types("推送 仓库 1")
	f.gets(member, "群机器人")
	if n := f.count(member, open, "鞋", "我盯着"); n != 1 {
		t.Errorf("a message that came twice is answered %d times", n)
	}
	b.stop()
	f.unblamed(42001)
	f.discreet(open, "368000000012")
	if n := f.we.Calls()["gettoken"]; n != 3 && n != 4 { // two apps; what expired is replaced where it was needed
		t.Errorf("%d tokens were fetched", n)
	}
}

// before is what stands before a mark.
func before(text, mark string) string {
	left, _, _ := strings.Cut(text, mark)
	return left
}

func TestAStaffGroupAsksAndIsTold(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		f := newWeComTestbed(t, dsn, brisk, byAIBot|byRobot)
		f.env = append(f.env, "WAYBILL_WECOM_CORP_ID=") // neither needs it
		b := f.begin()
		b.ready(http.StatusOK)
		if err := f.aibot.WaitConnected(f.ctx); err != nil {
			t.Fatal(err)
		}
		f.mentions(open)
		if s := f.reads(open, "运输中"); s.Cmd != "aibot_respond_msg" || !s.Finish {
			t.Errorf("the answer is %+v", s)
		}
		f.mentions("推送 仓库 1")
		f.reads("仓库", open)
		// A parcel this fast may be delivered before it is asked about again.
		news := f.reads(open, "正在派件")
		if news.Cmd != "aibot_send_msg" || !strings.Contains(news.Content, "派送中") && !strings.Contains(news.Content, "已签收") {
			t.Errorf("news is %+v", news)
		}
		f.gets(robotKey, open, "正在派件")
		b.kill()
		b = f.begin()
		if err := f.aibot.WaitConnected(f.ctx); err != nil {
			t.Fatal(err)
		}
		f.reads(open, "签收人")
		if s := f.gets(robotKey, open, "签收人"); s.Kind != "markdown" {
			t.Errorf("the robot says %+v", s)
		}
		if n := f.count(robotKey, open, "签收人"); n > 2 {
			t.Errorf("the robot says it %d times", n)
		}
		b.stop()
		f.unblamed()
		f.discreet(open)
	})
}

func TestOneReplicaAtATimeSpeaksToWeCom(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, storetest.ServerKind()), "1", byKF|byApp|byAIBot)
	first := f.begin()
	if err := f.aibot.WaitConnected(f.ctx); err != nil {
		t.Fatal(err)
	}
	second := f.begin() // which WeCom's callbacks reach from now on
	second.ready(http.StatusOK)
	f.writes(open)
	f.gets(customer, open, "运输中")
	f.types(open)
	f.gets(member, open, "运输中")
	f.mentions(open)
	f.reads(open, "运输中")
	calls := f.we.Calls()
	if calls["gettoken"] != 2 || calls["kf/sync_msg"] != 1 || len(f.aibot.Frames("aibot_subscribe")) != 1 {
		t.Errorf("calls %v, %d subscriptions", calls, len(f.aibot.Frames("aibot_subscribe")))
	}
	first.stop()
	f.writes("YT1000000000021")
	f.gets(customer, "YT1000000000021", "运输中")
	if err := f.aibot.WaitFrames(f.ctx, "aibot_subscribe", 2); err != nil {
		t.Fatal("nobody takes the connection over")
	}
	f.mentions("YT1000000000021")
	f.reads("YT1000000000021", "运输中")
	second.stop()
	if n := f.we.Calls()["gettoken"]; n != 2 {
		t.Errorf("%d tokens were fetched", n)
	}
	f.unblamed()
}

func TestASignalEndsTheLongConnectionInTimeAndNothingIsForgotten(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byAIBot)
	b := f.begin("WAYBILL_MUZHI_DETECT_PATH=")
	if err := f.aibot.WaitConnected(f.ctx); err != nil {
		t.Fatal(err)
	}
	f.mentions("帮助")
	f.reads("列表", "要 @我")
	f.apis.Break("muzhi", sandbox.Slow)
	f.mentions(open)
	f.asks()
	b.stop()
	f.apis.Break("muzhi", sandbox.Healthy)
	b = f.begin("WAYBILL_MUZHI_DETECT_PATH=")
	f.reads(open)
	b.stop()
	f.unblamed()
}

func TestOperatorsHearInWeCom(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF|byApp)
	b := f.begin("WAYBILL_ADMIN_CHATS=wecom_app:" + member)
	f.we.Member(member)
	f.types("/usage")
	f.gets(member, "今天的账")
	f.apis.Break("muzhi", sandbox.Refused)
	f.types(open)
	f.gets(member, "muzhi", "⚠️")
	f.we.ChangeSecret(wecomtest.KFAgent, "another-secret")
	f.writes(open)
	f.gets(member, "⚠️", wecomtest.KFAgent)
	if n := f.we.Calls()["gettoken"]; n > 3 {
		t.Errorf("a refused secret is tried again: %d tokens are asked for", n)
	}
	b.stop()
	f.discreet(open)
}
