package main

import (
	"net/http"
	"testing"

	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
)

func TestAnAlertReachesTheReplicaThatCanSendItOnceADay(t *testing.T) {
	t.Parallel()
	kinds := storetest.Kinds()
	f := newWeComTestbed(t, storetest.DSN(t, kinds[len(kinds)-1]), "1", byApp|byAIBot|byRobot)
	f.env = append(f.env, "WAYBILL_ADMIN_CHATS=wecom_aibot:group:"+group+",wecom_robot:仓库")
	first := f.begin("WAYBILL_WECOM_APP_AGENT_ID=", "WAYBILL_WECOM_APP_SECRET=", "WAYBILL_WECOM_APP_TOKEN=", "WAYBILL_WECOM_APP_AES_KEY=")
	if err := f.aibot.WaitConnected(f.ctx); err != nil {
		t.Fatal(err)
	}
	f.mentions("帮助")
	f.reads("列表")
	f.we.Member(member)
	f.we.Fail(wecomtest.Fault{Path: "message/send", Code: 60020, Times: -1})
	for range 2 {
		second := f.begin() // which has no connection, and alone has the app
		second.ready(http.StatusOK)
		tried := f.we.Calls()["message/send"]
		f.types("帮助")
		for f.we.Calls()["message/send"] == tried && f.ctx.Err() == nil {
			second.get("/readyz")
		}
		f.reads("⚠️", wecomtest.AppAgent, "60020")
		f.gets(robotKey, "⚠️", wecomtest.AppAgent, "60020")
		second.stop()
	}
	f.mentions(open)
	f.reads(open)
	alerts := 0
	for _, s := range f.aibot.Sent("group:" + group) {
		if containsAll(s.Content, []string{"⚠️", "60020"}) {
			alerts++
		}
	}
	if n := f.count(robotKey, "⚠️", "60020"); alerts != 1 || n != 1 {
		t.Errorf("the group is alerted %d times, the robot's %d times", alerts, n)
	}
	first.stop()
	f.unblamed(60020)
	f.discreet()
}
