package config

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// wecomKF and wecomApp are a whole door's settings.
func wecomKF(more ...string) []string {
	return append([]string{"WECOM_CORP_ID=ww1", "WECOM_KF_AGENT_ID=1000003", "WECOM_KF_SECRET=kf-secret", "WECOM_KF_TOKEN=t", "WECOM_KF_AES_KEY=" + aesKey}, more...)
}

func wecomApp(more ...string) []string {
	return append([]string{"WECOM_CORP_ID=ww1", "WECOM_APP_AGENT_ID=1000002", "WECOM_APP_SECRET=app-secret", "WECOM_APP_TOKEN=t", "WECOM_APP_AES_KEY=" + aesKey}, more...)
}

// tracked is an environment with a provider and no other door.
func tracked(lines ...string) map[string]string {
	return from(append([]string{"MUZHI_APPCODE=c"}, lines...)...)
}

func TestMistakesInWeComsSettingsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		environ map[string]string
		want    []string
	}{
		"customer service alone":               {tracked(wecomKF()...), nil},
		"the app alone":                        {tracked(wecomApp()...), nil},
		"the aibot alone, of no corporation":   {tracked("WECOM_AIBOT_ID=b", "WECOM_AIBOT_SECRET=s"), nil},
		"all of them":                          {tracked(append(wecomKF(wecomApp()...), "WECOM_AIBOT_ID=b", "WECOM_AIBOT_SECRET=s", "WECOM_GROUP_WEBHOOKS=仓库=k-1,客服 二=k_2.")...), nil},
		"one app for both doors":               {tracked(append(wecomKF(wecomApp()...), "WECOM_APP_AGENT_ID=1000003")...), nil},
		"a corporation alone":                  {enough("WECOM_CORP_ID=ww1"), nil},
		"a corporation and no door":            {tracked("WECOM_CORP_ID=ww1"), []string{"TELEGRAM_TOKEN"}},
		"group robots and no door":             {tracked("WECOM_GROUP_WEBHOOKS=a=k"), []string{"TELEGRAM_TOKEN"}},
		"group robots beside a door":           {enough("WECOM_GROUP_WEBHOOKS=a=k"), nil},
		"half of customer service":             {tracked("WECOM_KF_SECRET=s"), []string{"WECOM_CORP_ID", "WECOM_KF_AGENT_ID", "WECOM_KF_AES_KEY", "WECOM_KF_TOKEN"}},
		"half of both":                         {tracked("WECOM_KF_AGENT_ID=1", "WECOM_APP_TOKEN=t"), []string{"WECOM_CORP_ID", "WECOM_KF_SECRET", "WECOM_KF_TOKEN", "WECOM_KF_AES_KEY", "WECOM_APP_AGENT_ID", "WECOM_APP_SECRET", "WECOM_APP_AES_KEY"}},
		"an app of no corporation":             {tracked(wecomApp("WECOM_CORP_ID=")...), []string{"WECOM_CORP_ID"}},
		"an aibot without a secret":            {tracked("WECOM_AIBOT_ID=b"), []string{"WECOM_AIBOT_SECRET"}},
		"an aibot without an id":               {tracked("WECOM_AIBOT_SECRET=s"), []string{"WECOM_AIBOT_ID"}},
		"an agent id that is no number":        {tracked(wecomKF("WECOM_KF_AGENT_ID=kf")...), []string{"WECOM_KF_AGENT_ID"}},
		"an AES key that is too short":         {tracked(wecomApp("WECOM_APP_AES_KEY=" + aesKey[1:])...), []string{"WECOM_APP_AES_KEY"}},
		"an AES key that is too long":          {tracked(wecomKF("WECOM_KF_AES_KEY=" + aesKey + "=")...), []string{"WECOM_KF_AES_KEY"}},
		"a secret with a line break":           {tracked(wecomKF("WECOM_KF_SECRET=a\nb")...), []string{"WECOM_KF_SECRET"}},
		"robots of one name":                   {enough("WECOM_GROUP_WEBHOOKS=Ab=k,aB=l"), []string{"WECOM_GROUP_WEBHOOKS"}},
		"a robot without a key":                {enough("WECOM_GROUP_WEBHOOKS=a="), []string{"WECOM_GROUP_WEBHOOKS"}},
		"a robot without a name":               {enough("WECOM_GROUP_WEBHOOKS==k"), []string{"WECOM_GROUP_WEBHOOKS"}},
		"a robot without both":                 {enough("WECOM_GROUP_WEBHOOKS=a"), []string{"WECOM_GROUP_WEBHOOKS"}},
		"a robot with a whole address":         {enough("WECOM_GROUP_WEBHOOKS=a=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"), []string{"WECOM_GROUP_WEBHOOKS"}},
		"a robot called off":                   {enough("WECOM_GROUP_WEBHOOKS=Off=k"), []string{"WECOM_GROUP_WEBHOOKS"}},
		"a robot called off in Chinese":        {enough("WECOM_GROUP_WEBHOOKS=关 灯=k"), []string{"WECOM_GROUP_WEBHOOKS"}},
		"a robot whose name is a tale":         {enough("WECOM_GROUP_WEBHOOKS=" + strings.Repeat("仓", 33) + "=k"), []string{"WECOM_GROUP_WEBHOOKS"}},
		"bare http to the world":               {tracked(wecomKF("WECOM_API_URL=http://a.example")...), []string{"WECOM_API_URL"}},
		"a faster clock towards WeCom":         {tracked(wecomKF("MUZHI_URL=http://127.0.0.1:1", "POLL_SPEED=9")...), []string{"POLL_SPEED"}},
		"a faster clock towards a double":      {tracked(wecomKF("MUZHI_URL=http://127.0.0.1:1", "POLL_SPEED=9", "WECOM_API_URL=http://[::1]:2/")...), nil},
		"a lower floor, the aibot is at WeCom": {tracked(wecomKF("MUZHI_URL=http://127.0.0.1:1", "MIN_INTERVAL=1s", "WECOM_API_URL=http://[::1]:2", "WECOM_AIBOT_ID=b", "WECOM_AIBOT_SECRET=s")...), []string{"MIN_INTERVAL"}},
		"a lower floor, the aibot is a double": {tracked("MUZHI_URL=http://127.0.0.1:1", "MIN_INTERVAL=1s", "WECOM_AIBOT_ID=b", "WECOM_AIBOT_SECRET=s", "WECOM_AIBOT_URL=ws://localhost:3"), nil},
		"a lower floor, robots are WeCom's":    {emulators("MIN_INTERVAL=1s", "WECOM_GROUP_WEBHOOKS=a=k"), []string{"MIN_INTERVAL"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.environ, vendors())
			if diff := cmp.Diff(sorted(c.want), named(err)); diff != "" {
				t.Errorf("settings named (-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

func TestGroupRobotsAreReadByName(t *testing.T) {
	s, err := Read(enough("WECOM_GROUP_WEBHOOKS= 仓库 = 693a-91f6 ,客服 二=k_2.,"), vendors())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"仓库": "693a-91f6", "客服 二": "k_2."}
	if got := s.WeCom.Robots(); !maps.Equal(got, want) {
		t.Errorf("robots %v", got)
	}
}

func TestTheAibotsAddressIsUsedWhole(t *testing.T) {
	const address = "ws://127.0.0.1:9/a/path/"
	s, err := Read(tracked("WECOM_AIBOT_ID=b", "WECOM_AIBOT_SECRET=s", "WECOM_AIBOT_URL="+address), vendors())
	if err != nil || s.WeCom.AibotURL != address {
		t.Errorf("%s, %v", s.WeCom.AibotURL, err)
	}
}

func TestCustomersAreGreetedAsTheSettingsSay(t *testing.T) {
	s, err := Read(enough("SHOP_NAME= 小满茶铺 ", `WECOM_KF_WELCOME=欢迎光临\n有事您说`), vendors())
	if err != nil || s.ShopName != "小满茶铺" || s.WeCom.KFWelcome != "欢迎光临\n有事您说" {
		t.Errorf("%q, %q, %v", s.ShopName, s.WeCom.KFWelcome, err)
	}
	_, err = Read(enough("SHOP_NAME="+strings.Repeat("店", 31), "WECOM_KF_WELCOME="+strings.Repeat("好", 342)), vendors())
	if err == nil || !strings.Contains(err.Error(), "WAYBILL_SHOP_NAME: want a name of at most 30") || !strings.Contains(err.Error(), "WAYBILL_WECOM_KF_WELCOME: want a greeting of at most 1024") {
		t.Errorf("%v", err)
	}
	if _, err := Read(enough("SHOP_NAME="+strings.Repeat("店", 30), "WECOM_KF_WELCOME="+strings.Repeat("好", 341)), vendors()); err != nil {
		t.Errorf("the longest: %v", err)
	}
}

func TestNoMistakeInWeComsSettingsShowsASecret(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, line := range []string{
		"WECOM_GROUP_WEBHOOKS=" + secret, "WECOM_GROUP_WEBHOOKS=a=" + secret + "/", "WECOM_GROUP_WEBHOOKS=" + secret + "=",
		"WECOM_GROUP_WEBHOOKS=a=" + secret + ",a=" + secret, "WECOM_GROUP_WEBHOOKS=" + secret + "=仓库", "WECOM_KF_AES_KEY=" + secret,
		"WECOM_APP_AGENT_ID=" + secret, "WECOM_APP_SECRET=" + secret + " x", "WECOM_AIBOT_URL=" + secret,
	} {
		if _, err := Read(enough(line), vendors()); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%.24s…: mistakes show a secret, or there are none: %v", line, err)
		}
	}
}

func TestWeComsSecretsMayStandInFiles(t *testing.T) {
	folder := t.TempDir()
	var lines []string
	for i, line := range append(wecomKF(), "WECOM_AIBOT_ID=b", "WECOM_AIBOT_SECRET=s", "WECOM_GROUP_WEBHOOKS=a=k") {
		name, value, _ := strings.Cut(line, "=")
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(i, err)
		}
		lines = append(lines, name+"_FILE="+file)
	}
	s, err := Read(tracked(lines...), vendors())
	if err != nil {
		t.Fatal(err)
	}
	var on []string
	for _, d := range s.Doors() {
		on = append(on, d.Name)
	}
	if diff := cmp.Diff([]string{"wecom_kf", "wecom_aibot", "wecom_robot"}, on); diff != "" || string(s.WeCom.KF.AESKey) != aesKey {
		t.Errorf("doors (-want +got):\n%s", diff)
	}
}
