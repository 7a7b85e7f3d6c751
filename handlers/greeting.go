package handlers

import (
	"context"
	"strings"

	"waybill/internal/pattern"
	"waybill/models"
)

// Data of the buttons under a greeting, at doors whose Traits say that there may be
// humans.
const (
	ButtonHuman = "g:human" // asks for a human; the door answers it
	buttonTrack = "g:track" // how to have a parcel looked up
	buttonList  = "g:list"  // the chat's parcels
)

// Humans tells whether somebody serves a chat's customers now.
type Humans interface {
	Serves(ctx context.Context, a models.Address) bool
}

// humanServes says that whoever asks for a human now will get one.
func (t *turn) humanServes(ctx context.Context) bool {
	humans := t.settings.Humans[t.chat.Door]
	return t.traits().Humans && (humans == nil || humans.Serves(ctx, t.chat.Address))
}

func (t *turn) humanButton() Button {
	return Button{Text: t.render.say("shop_menu.human"), Data: ButtonHuman}
}

// greetCustomer greets whoever opens a chat with the shop, in the shop's own words
// where it has some, with a menu of what can be done.
func (t *turn) greetCustomer(ctx context.Context) ([]Reply, error) {
	live, err := t.store.CountLive(ctx, t.chat.ID)
	if err != nil {
		return nil, wrap("count parcels", err)
	}
	reply := t.render.reply("greeting.new", "Shop", t.settings.ShopName)
	switch {
	case t.settings.Welcome != "":
		reply = []Reply{{Blocks: []Block{written(t.settings.Welcome)}}}
	case live > 0:
		reply = t.render.reply("greeting.back", "Shop", t.settings.ShopName, "Count", live)
	}
	reply[0].Buttons = t.shopMenu(ctx)
	return reply, nil
}

// written is a block of the lines of a text.
func written(text string) Block {
	var b Block
	for line := range strings.SplitSeq(text, "\n") {
		b = append(b, Line{{Text: line}})
	}
	return b
}

// shopMenu is what a customer may press: a parcel, the list, and a human while one serves.
func (t *turn) shopMenu(ctx context.Context) [][]Button {
	rows := [][]Button{{
		{Text: t.render.say("shop_menu.track"), Data: buttonTrack},
		{Text: t.render.say("shop_menu.list"), Data: buttonList},
	}}
	if t.humanServes(ctx) {
		rows = append(rows, []Button{t.humanButton()})
	}
	return rows
}

// tappedShopMenu does what a button of the menu says.
func (t *turn) tappedShopMenu(ctx context.Context, data string) ([]Reply, error) {
	switch data {
	case buttonTrack:
		return t.render.reply("greeting.how", "Number", example), nil
	case buttonList:
		return t.list(ctx, false)
	}
	return t.toast("button_old"), nil
}

// typedShopMenu is the data of the menu's button that a customer types instead of
// pressing it; false when the text is none of them.
func (t *turn) typedShopMenu(text string) (data string, ok bool) {
	if !t.traits().Humans {
		return "", false
	}
	switch plainWord(text) {
	case plainWord(t.render.say("shop_menu.track")), "查快递", "查快遞", "查包裹":
		return buttonTrack, true
	case plainWord(t.render.say("shop_menu.list")):
		return buttonList, true
	}
	return "", false
}

// greetingIs matches a text that is nothing but a greeting, or asks whether anybody
// is there.
var greetingIs = pattern.New(`(?i)^(` +
	`[亲親]+|(老板|老闆|店家|卖家|賣家|掌柜|掌櫃|客服|小二|小姐姐|美女|帅哥|帥哥)` +
	`|(?:你|您)们?們?好|你好|哈[喽啰囉嘍罗羅]|嗨+|嘿+|[哈]?hello|hallo|halo|hi+|hey+|yo|greetings` +
	`|(早上?|上午|中午|下午|晚上?)好|早安|午安|晚安好|早` +
	`|在的?(吗|嗎|嘛|么|麼|不在|不|没|沒|线吗|線嗎)+|有(人|谁|誰)?(在)?(吗|嗎|嘛|么|麼|没有?|沒有?)|有人(在)?|还在吗|還在嗎|人(在|呢)` +
	`|goodmorning|goodafternoon|goodevening|morning|afternoon|anyone(there|here|home|around)?|anybody(there|here|home|around)?|areyouthere|youthere|isanyone(there|here)|isanybody(there|here)|hithere|hellothere|howareyou` +
	`|[啊呀哦喔呢哈吧的了]+)+$`)

// greets says that a text only greets, or asks whether anybody is there.
func greets(text string) bool {
	letters := lettersOf(text)
	return letters != "" && greetingIs.MatchString(letters) && !particleIs.MatchString(letters)
}

// greetBack answers a greeting with what can be done here.
func (t *turn) greetBack(ctx context.Context) []Reply {
	if !t.traits().Humans {
		return t.render.reply("hello.plain")
	}
	replies := t.render.reply("hello.customer")
	replies[0].Buttons = t.shopMenu(ctx)
	return replies
}
