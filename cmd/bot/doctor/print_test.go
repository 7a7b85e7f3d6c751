package doctor

import (
	"strings"
	"testing"

	"waybill/cmd/bot/config"
	"waybill/handlers/console"
)

func samples() [][]Result {
	return [][]Result{
		good("settings", "complete"),
		bad("wecom_kf", "takes the secret, but there is no customer-service account; make one in the admin console (应用管理 → 微信客服), and come back to this"),
		care("kuaidi100", "is told to push to an https address"), good("kuaidi100", "answers"),
	}
}

func TestATerminalGetsOneTableThatFits(t *testing.T) {
	d := New(config.Settings{}, nil, nil, nil, nil)
	for _, columns := range []int{48, 80, 200} {
		var out strings.Builder
		if ok, err := d.print(Screen{Out: &out, Columns: columns}, samples()...); ok || err != nil {
			t.Errorf("ok %t, %v", ok, err)
		}
		text := out.String()
		for _, want := range []string{"thing        state  ", "settings     ok     complete\n", "wecom_kf     FIX    takes the secret", "kuaidi100    ok     is told", "             ok     answers\n", "\n1 of 4 to fix.\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%d columns: no %q in\n%s", columns, want, text)
			}
		}
		for line := range strings.SplitSeq(text, "\n") {
			if console.Columns(line) > columns {
				t.Errorf("%d columns: %q is wider", columns, line)
			}
		}
	}
}

// A terminal of 30 columns is a phone's, or half of one that is split.
func TestLongAddressesAndNarrowTerminalsFit(t *testing.T) {
	d := New(config.Settings{}, nil, nil, nil, nil)
	long := bad("muzhi", `cannot be reached: Get "https://chawuliu.market.alicloudapi.com/query?kddh=a-number-of-nobody": no such host; 检查网络和地址 WAYBILL_MUZHI_URL`)
	for _, columns := range []int{30, 40, 50, 60, 80} {
		var out strings.Builder
		if _, err := d.print(Screen{Out: &out, Columns: columns}, append(samples(), long)...); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if console.Columns(line) > columns {
				t.Errorf("%d columns: %q is wider", columns, line)
			}
		}
		joined := strings.Join(strings.Fields(out.String()), "")
		for _, r := range append(samples(), long) {
			for _, want := range r {
				if !strings.Contains(joined, strings.Join(strings.Fields(want.mark()+want.Text), "")) {
					t.Errorf("%d columns: %s %q is not all in\n%s", columns, want.mark(), want.Text, out.String())
				}
			}
		}
	}
}

func TestColoursSayHowItIs(t *testing.T) {
	var out strings.Builder
	d := New(config.Settings{}, nil, nil, nil, nil)
	if _, err := d.print(Screen{Out: &out, Columns: 80, Colours: true}, samples()...); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[32mok     \x1b[0mcomplete", "\x1b[31;1mFIX    \x1b[0m", "\x1b[33mok     \x1b[0mis told", "\x1b[31;1m1 of 4 to fix.\x1b[0m"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %q", want, out.String())
		}
	}
}

func TestAPipeGetsALineForEachResult(t *testing.T) {
	var out strings.Builder
	d := New(config.Settings{}, nil, nil, nil, nil)
	ok, err := d.print(Screen{Out: &out}, good("settings", "complete"), care("kuaidi100", "answers"))
	if want := "ok   settings  complete\nok   kuaidi100 answers\n"; !ok || err != nil || out.String() != want {
		t.Errorf("ok %t, %v, %q", ok, err, out.String())
	}
}

func TestWhatPeopleCanLookAtIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		settings config.Settings
		want     []string
	}{
		"nothing": {config.Settings{}, []string{"dashboard off: WAYBILL_ADMIN_TOKEN", "pages off: WAYBILL_PUBLIC_URL"}},
		"all": {
			config.Settings{AdminToken: "t", PublicURL: "https://a.example", HTTPAddr: ":8080", Telegram: config.Telegram{Token: "t"}},
			[]string{"dashboard on, at http://127.0.0.1:8080/admin and https://a.example/admin", "pages parcels' pages are linked at https://a.example/p/", "mini app Telegram's menu button opens https://a.example/app"},
		},
		"without https": {
			config.Settings{AdminToken: "t", PublicURL: "http://127.0.0.1:1", HTTPAddr: "127.0.0.1:1", Telegram: config.Telegram{Token: "t"}},
			[]string{"dashboard on", "pages parcels' pages are linked at http://127.0.0.1:1/p/…, without https", "mini app off"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := New(c.settings, nil, nil, nil, nil).checkPages()
			if len(got) != len(c.want) {
				t.Fatalf("%+v", got)
			}
			for i, r := range got {
				if !r.OK || !strings.HasPrefix(r.Part+" "+r.Text, c.want[i]) {
					t.Errorf("%+v, want %s", r, c.want[i])
				}
			}
		})
	}
}
