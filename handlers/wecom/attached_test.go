package wecom_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill/handlers"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// shared is what a customer sends, and what the door reads of it.
type shared struct {
	kind     string
	content  map[string]any
	attached string // "": it holds no text
}

func TestWhatCustomersSendAndDidNotWrite(t *testing.T) {
	inner, err := json.Marshal(map[string]any{"merged_msg": wecomtest.Forwarded("老张的记录", "单号 YT1000000000013")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]shared{
		"forwarded chats":      {"merged_msg", wecomtest.Forwarded("群聊的聊天记录", "到哪了？", "顺丰 SF1000000000015"), "群聊的聊天记录\n到哪了？\n顺丰 SF1000000000015"},
		"chats in chats":       {"merged_msg", map[string]any{"title": "记录", "item": []any{map[string]any{"msgtype": "merged_msg", "msg_content": string(inner)}}}, "记录\n老张的记录\n单号 YT1000000000013"},
		"chats as objects":     {"merged_msg", map[string]any{"item": []any{map[string]any{"msgtype": 1, "msg_content": map[string]any{"content": "SF1000000000015"}}}}, "SF1000000000015"},
		"chats as text":        {"merged_msg", map[string]any{"item": []any{map[string]any{"msg_content": "SF1000000000015"}}}, "SF1000000000015"},
		"a card in chats":      {"merged_msg", map[string]any{"item": []any{map[string]any{"msg_content": `{"link":{"title":"物流","desc":"YT1000000000013","url":""}}`}}}, "物流\nYT1000000000013"},
		"a mini program":       {"miniprogram", map[string]any{"title": "物流详情", "appid": "wx1", "pagepath": "pages/detail.html?nu=YT1000000000013&from=kf"}, "物流详情\npages/detail.html?nu=YT1000000000013&from=kf"},
		"a page in a page":     {"miniprogram", map[string]any{"title": "菜鸟", "pagepath": "pages/web?url=https%253A%252F%252Fm.example%252F%253FmailNo%253DYT1000000000013"}, "菜鸟\npages/web?url=https://m.example/?mailNo=YT1000000000013"},
		"a link":               {"link", map[string]any{"title": "我的包裹", "desc": "圆通 YT1000000000013", "url": "https://example.org/?nu=SF1000000000015"}, "我的包裹\n圆通 YT1000000000013\nhttps://example.org/?nu=SF1000000000015"},
		"an order":             {"channels_shop_order", map[string]any{"order_id": "3710000000012345678", "product_titles": "茶叶", "state": "已发货", "price_wording": "¥9"}, "茶叶\n订单号：3710000000012345678"},
		"a product":            {"channels_shop_product", map[string]any{"product_id": "10000000123456", "title": "明前茶", "sales_price": "990"}, "明前茶"},
		"a video's card":       {"channels", map[string]any{"sub_type": 1, "nickname": "茶", "title": "新茶上市"}, "新茶上市"},
		"a broken escape":      {"link", map[string]any{"title": "", "url": "https://x.example/%zz?nu=SF1000000000015"}, "https://x.example/%zz?nu=SF1000000000015"},
		"a business card":      {"business_card", map[string]any{"userid": "LiLei"}, ""},
		"a place":              {"location", map[string]any{"latitude": 30.1, "longitude": 120.1, "name": "西湖", "address": "龙井路1号"}, ""},
		"a voice":              {"voice", map[string]any{"media_id": "m"}, ""},
		"a video":              {"video", map[string]any{"media_id": "m"}, ""},
		"a picture of nothing": {"image", map[string]any{}, ""},
		"a note":               {"note", map[string]any{}, ""},
		"empty chats":          {"merged_msg", map[string]any{"title": "", "item": []any{}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			w.run()
			w.we.Share(account, customer, c.kind, c.content)
			w.fetch()
			m := w.received()[0]
			want := handlers.Said
			if c.attached == "" {
				want = handlers.Wordless
			}
			if diff := cmp.Diff(c.attached, m.Attached); diff != "" || m.Text != "" || m.Happening != want || !m.Addressed {
				t.Errorf("%+v (-want +got):\n%s", m, diff)
			}
		})
	}
}

func TestAQuoteInATextIsAttached(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Say(account, customer, "「小店：顺丰速运 SF1000000000015\n🚚 运输中」\n- - - - - - - - - - - - - - -\n这个到哪了")
	w.we.Say(account, customer, "「茶叶」到哪了")
	w.fetch()
	got := w.received()
	if got[0].Text != "这个到哪了" || got[0].Attached != "小店：顺丰速运 SF1000000000015\n🚚 运输中" {
		t.Errorf("%+v", got[0])
	}
	if got[1].Text != "「茶叶」到哪了" || got[1].Attached != "" {
		t.Errorf("%+v", got[1])
	}
}

func TestForwardedChatsWithoutEndAreReadInPart(t *testing.T) {
	w := begin(t)
	w.run()
	long := strings.Repeat("很长的聊天", 400)
	w.we.Share(account, customer, "merged_msg", wecomtest.Forwarded("记录", long, long, long, "SF1000000000015"))
	deep := any("SF1000000000015")
	for range 100 {
		deep = []any{map[string]any{"item": deep}}
	}
	w.we.Share(account, customer, "merged_msg", map[string]any{"title": "深", "item": deep})
	w.fetch()
	got := w.received()
	if n := len(got[0].Attached); n > 16*1024 || !strings.Contains(got[0].Attached, "SF1000000000015") {
		t.Errorf("%d bytes", n)
	}
	if got[1].Attached != "深" {
		t.Errorf("%q", got[1].Attached)
	}
}

func TestWhatHoldsNoTextIsLeftToTheServicerWhoServes(t *testing.T) {
	w := met(t)
	w.we.SetState(account, customer, wecomtest.StateHuman)
	e := &echo{}
	for _, happening := range []handlers.Happening{handlers.Said, handlers.Tapped, handlers.Wordless} {
		m := handlers.Message{Address: ofCustomer, Happening: happening, Token: "m:1"}
		if replies, err := w.kf.Handler(e).Handle(within(t), models.Chat{Address: ofCustomer}, m); err != nil || len(replies) != 0 {
			t.Errorf("%q: %v, %v", happening, replies, err)
		}
	}
}
