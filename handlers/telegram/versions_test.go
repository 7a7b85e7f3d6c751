package telegram_test

import (
	"errors"
	"testing"

	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
)

// pollOnce polls until everything is confirmed, and stops.
func pollOnce(t *testing.T, api *telegramtest.API, d *telegram.Door) {
	t.Helper()
	stop := run(t, d)
	defer stop()
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
}

func TestAnEditIsStoredOnceAndOnlyWhenSomethingHasChanged(t *testing.T) {
	for name, together := range map[string]bool{"one by one": false, "in one batch": true} {
		t.Run(name, func(t *testing.T) {
			api, in := telegramtest.Serve(t), newInbox()
			d := door(t, api, in)
			poll := func() {
				if !together {
					pollOnce(t, api, d)
				}
			}
			pollOnce(t, api, d) // from here on the kinds are known that the door asks for
			api.Say(7, "YT100000000001")
			poll()
			api.Edit(7, "YT100000000001") // a reaction
			poll()
			api.Edit(7, "YT1000000000013")
			poll()
			api.Edit(7, "YT1000000000013")
			poll()
			api.Edit(7, "YT100000000001") // back again
			pollOnce(t, api, d)
			if got := in.keys(); len(got) != 3 || got[0] != "101" || got[1] != "103" || got[2] != "105" {
				t.Errorf("stored %v", got)
			}
		})
	}
}

func TestAnEditThatCouldNotBeStoredComesAgain(t *testing.T) {
	api, in := telegramtest.Serve(t), newInbox()
	d := door(t, api, in)
	pollOnce(t, api, d)
	api.Say(7, "a")
	pollOnce(t, api, d)
	in.fail(errors.New("the database is down"))
	edit := api.Edit(7, "b")
	stop := run(t, d)
	<-in.stored // of the first message
	<-in.stored
	in.fail(nil)
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
	stop()
	if got := in.keys(); len(got) != 2 || got[1] != "102" || edit != 102 {
		t.Errorf("stored %v", got)
	}
}

func TestAnAlbumIsAnsweredOnce(t *testing.T) {
	for name, c := range map[string]struct {
		captions []string
		stored   int
	}{
		"without words":           {[]string{"", "", ""}, 1},
		"with words at its head":  {[]string{"YT1000000000013", "", ""}, 1},
		"with words to each":      {[]string{"YT1000000000013", "YT1000000000021"}, 2},
		"with a picture too many": {[]string{"", ""}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			api, in := telegramtest.Serve(t), newInbox()
			d := door(t, api, in)
			for i, caption := range c.captions {
				api.SayAs(telegramtest.Said{Chat: 7, Text: caption, Kind: "photo", Album: "1"})
				if i == 0 {
					pollOnce(t, api, d)
				}
			}
			pollOnce(t, api, d)
			if got := in.keys(); len(got) != c.stored {
				t.Errorf("stored %v", got)
			}
		})
	}
}
