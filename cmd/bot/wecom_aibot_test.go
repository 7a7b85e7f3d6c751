package main

import (
	"net/http"
	"testing"

	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
)

func TestOperatorsHearOnceThatTheirAIBotIsNotLetIn(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byApp|byAIBot)
	f.we.Member(member)
	f.env = append(f.env, "WAYBILL_ADMIN_CHATS=wecom_app:"+member, "WAYBILL_WECOM_AIBOT_SECRET=a-wrong-secret")
	for range 2 { // the next process does not say so again
		b := f.begin()
		b.ready(http.StatusServiceUnavailable)
		for refused := len(f.aibot.Refused()); len(f.aibot.Refused()) < refused+2 && f.ctx.Err() == nil; {
			b.get("/readyz")
		}
		f.gets(member, "⚠️", wecomtest.AIBotID, "853000")
		b.stop()
	}
	if n := f.count(member, "⚠️"); n != 1 {
		t.Errorf("they hear it %d times", n)
	}
	f.discreet("a-wrong-secret")
}
