package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom/wecomtest"
	"waybill/locales"
	"waybill/models"
	"waybill/models/store/storetest"
)

// deafDoor is a door that cannot send, the first times, to operators whom the
// store knows nothing of.
type deafDoor struct {
	handlers.Door
	fails, tries int
}

func (d *deafDoor) Send(context.Context, models.Address, handlers.Reply) error {
	d.tries++
	if d.tries <= d.fails {
		return &models.Wait{After: 2 * time.Second}
	}
	return nil
}

func (d *deafDoor) Post(context.Context, models.Address, string, []byte, models.Moment, models.Moment) (bool, error) {
	return false, errors.New("down")
}

func TestAnAlertThatCannotBeToldIsTriedAgainSomeTimes(t *testing.T) {
	for fails, want := range map[int]int{0: 1, 3: 4, 99: alertTries} {
		synctest.Test(t, func(t *testing.T) {
			words, err := locales.Load("en")
			if err != nil {
				t.Fatal(err)
			}
			d, log := &deafDoor{fails: fails}, slog.New(slog.DiscardHandler)
			o := newOperators(&house{log: log, now: time.Now})
			o.told = handlers.NewOperators(handlers.OperatorsNeeds{
				Chats: []models.Address{{Door: "test"}}, Doors: map[string]handlers.Door{"test": d}, Posts: d, Words: words, Log: log, Now: time.Now,
			})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- o.run(ctx) }()
			for range 3 {
				o.Alert(ctx, handlers.AlertGivenUp, "Door", "test")
			}
			<-time.After(time.Hour)
			cancel()
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			// What is raised again while it fails is tried at once, too.
			if most := want + 2; d.tries < want || d.tries > most {
				t.Errorf("of %d failures: tried %d times, want %d to %d", fails, d.tries, want, most)
			}
		})
	}
}

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
