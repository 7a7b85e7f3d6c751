package main

import (
	"net/http"
	"testing"

	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
)

func TestTheDoctorChecksWeComWithoutAnybodyNoticing(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF|byApp|byAIBot|byRobot)
	addr := "WAYBILL_HTTP_ADDR=" + freeAddress(t)
	got := runBot(t, "", append(f.env, addr), "doctor")
	if got.code != 0 || !containsAll(got.out, []string{
		"ok   wecom_kf", account, "https://YOUR-HOST/wecom/kf", "ok   wecom_app", "app " + wecomtest.AppAgent, "/wecom/app", "ok   wecom_aibot", "ok   wecom_robot", "仓库",
	}) {
		t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
	}
	b := f.begin(addr)
	if err := f.aibot.WaitConnected(f.ctx); err != nil {
		t.Fatal(err)
	}
	got = runBot(t, "", append(f.env, addr, "WAYBILL_PUBLIC_URL=https://bot.example"), "doctor")
	if got.code != 0 || !containsAll(got.out, []string{"answers the check", "https://bot.example/wecom/kf", "or is not the one of its replicas that connects"}) {
		t.Errorf("beside a bot that runs: exit code %d\n%s%s", got.code, got.out, got.err)
	}
	got = runBot(t, "", append(f.env, addr, "WAYBILL_WECOM_KF_TOKEN=another"), "doctor")
	if got.code != 1 || !containsAll(got.out, []string{"FIX  wecom_kf", "restart it with these settings"}) {
		t.Errorf("beside a bot with other settings: exit code %d\n%s%s", got.code, got.out, got.err)
	}
	if sent, subscribed := f.we.Sent(""), f.aibot.Frames("aibot_subscribe"); len(sent) != 0 || len(subscribed) != 1 {
		t.Errorf("the doctor is heard: %v, %v", sent, subscribed)
	}
	if err := f.aibot.Kick(); err != nil {
		t.Fatal(err)
	}
	b.ready(http.StatusServiceUnavailable)
	if got = runBot(t, "", append(f.env, addr), "doctor"); got.code != 1 || !containsAll(got.out, []string{"FIX  wecom_aibot"}) {
		t.Errorf("beside a bot that was thrown out: exit code %d\n%s%s", got.code, got.out, got.err)
	}
	b.stop()
}

func TestTheDoctorSaysWhatToMendAtWeCom(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set   string
		fault wecomtest.Fault
		says  []string
	}{
		"a wrong secret of customer service": {"WAYBILL_WECOM_KF_SECRET=another-secret", wecomtest.Fault{}, []string{"FIX  wecom_kf", "WAYBILL_WECOM_KF_SECRET"}},
		"a wrong secret of the app":          {"WAYBILL_WECOM_APP_SECRET=another-secret", wecomtest.Fault{}, []string{"FIX  wecom_app", "WAYBILL_WECOM_APP_SECRET"}},
		"another company":                    {"WAYBILL_WECOM_CORP_ID=ww9", wecomtest.Fault{}, []string{"FIX  wecom_kf", "FIX  wecom_app", "WAYBILL_WECOM_CORP_ID"}},
		"another app's secret":               {"WAYBILL_WECOM_APP_AGENT_ID=1000009", wecomtest.Fault{}, []string{"FIX  wecom_app", "WAYBILL_WECOM_APP_AGENT_ID"}},
		"one app for both doors":             {"WAYBILL_WECOM_KF_AGENT_ID=" + wecomtest.AppAgent, wecomtest.Fault{}, []string{"FIX  wecom_app", "make an app for each"}},
		"nobody there":                       {"WAYBILL_WECOM_API_URL=http://" + freeAddress(t), wecomtest.Fault{}, []string{"FIX  wecom_kf", "FIX  wecom_app", "WAYBILL_WECOM_API_URL"}},
		"an address that is not trusted": {
			"", wecomtest.Fault{Path: "kf/account/list", Code: 60020, Text: "not allow to access from your ip, from ip: 192.0.2.7"}, []string{"FIX  wecom_kf", "192.0.2.7", "企业可信IP"},
		},
		"an app that may not":        {"", wecomtest.Fault{Path: "kf/account/list", Code: 48002, Text: "api forbidden"}, []string{"FIX  wecom_kf", "可调用接口的应用"}},
		"an API that knows less":     {"", wecomtest.Fault{Path: "agent/get", Status: 404}, []string{"ok   wecom_app", "shows when something is sent"}},
		"something that nobody knew": {"", wecomtest.Fault{Path: "agent/get", Code: 99999, Text: "odd"}, []string{"FIX  wecom_app", "99999"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF|byApp)
			if c.fault.Path != "" {
				f.we.Fail(c.fault)
			}
			got := runBot(t, "", append(f.env, c.set), "doctor")
			if !containsAll(got.out, c.says) || containsAll(got.out, []string{"another-secret"}) {
				t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
			}
		})
	}
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF)
	for accounts, says := range map[string]string{
		`{"errcode":0,"account_list":[]}`: "there is no customer-service account",
		`{"errcode":0,"account_list":[{"open_kfid":"wk1","name":"a","manage_privilege":false}]}`: "none of the 1 accounts",
	} {
		f.we.Fail(wecomtest.Fault{Path: "kf/account/list", Body: accounts})
		if got := runBot(t, "", f.env, "doctor"); got.code != 1 || !containsAll(got.out, []string{"FIX  wecom_kf", says}) {
			t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
		}
	}
}
