package wecom_test

import (
	"slices"
	"testing"

	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

func TestWhatOperatorsAreShownIsAskedWithoutAnybodyNoticing(t *testing.T) {
	w := begin(t)
	accounts, err := w.api.Accounts(within(t), wecomtest.KFAgent, wecomtest.KFSecret)
	if want := []wecom.Account{{ID: account, Name: account, Managed: true}}; err != nil || !slices.Equal(accounts, want) {
		t.Errorf("accounts %v, %v", accounts, err)
	}
	title, taken, err := w.api.Title(within(t), wecomtest.AppAgent, wecomtest.AppSecret)
	if err != nil || !taken || title != "app "+wecomtest.AppAgent {
		t.Errorf("the app is %q, %t, %v", title, taken, err)
	}
	if sent := w.we.Sent(""); len(sent) != 0 {
		t.Errorf("sent: %v", sent)
	}
}

func TestWhyAnAppIsNotLetInHasACode(t *testing.T) {
	w := begin(t)
	w.we.Fail(wecomtest.Fault{Path: "agent/get", Code: wecom.CodeAddress, Text: "not allow to access from your ip, from ip: 192.0.2.7"})
	_, taken, err := w.api.Title(within(t), wecomtest.AppAgent, wecomtest.AppSecret)
	if !taken || wecom.CodeOf(err) != wecom.CodeAddress {
		t.Errorf("an address that is not trusted: %t, %v", taken, err)
	}
	_, taken, err = w.api.Title(within(t), wecomtest.AppAgent, "another-secret")
	if taken || wecom.CodeOf(err) != wecom.CodeSecret {
		t.Errorf("a wrong secret: %t, %v", taken, err)
	}
	_, err = w.api.Accounts(within(t), wecomtest.AppAgent, wecomtest.AppSecret)
	if wecom.CodeOf(err) != wecom.CodeNoPermission {
		t.Errorf("an app that may not: %v", err)
	}
}

func TestAGroupRobotIsADoorThroughWhichNobodyComesIn(t *testing.T) {
	w := begin(t)
	h := hooks(t, w)
	if err := h.Send(within(t), models.Address{Door: h.Name(), Conversation: "仓库"}, text("派送中")); err != nil {
		t.Fatal(err)
	}
	if got := w.texts(robotKey); h.Name() != models.RobotDoor || !slices.Equal(got, []string{"派送中"}) {
		t.Errorf("%s: %q", h.Name(), got)
	}
	if _, something, err := h.Read([]byte("x")); something || err != nil {
		t.Errorf("a robot hears something: %v", err)
	}
}
