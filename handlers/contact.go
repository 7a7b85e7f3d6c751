package handlers

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/internal/pattern"
	"waybill/models"
	"waybill/tracking/recognise"
)

// reach is a carrier's hotline and official page in one line; nil when neither is known.
func (r renderer) reach(c models.Carrier) Line {
	contact := r.contact(c)
	if !contact.Known() {
		return nil
	}
	line := Line{{Text: "☎️ " + strings.TrimRight(r.carrier(c)+" "+contact.Hotline, " ")}}
	return append(line, r.official(" · ", contact)...)
}

// askThem says whom to ask, and how; nil when nobody knows how.
func (r renderer) askThem(c models.Carrier) Line {
	contact := r.contact(c)
	switch {
	case contact.Hotline != "":
		line := Line{{Text: r.say("contact.call", "Carrier", r.carrier(c), "Hotline", contact.Hotline)}}
		return append(line, r.official(" ", contact)...)
	case contact.Page != "":
		return append(Line{{Text: r.say("contact.look", "Carrier", r.carrier(c))}}, r.official(" ", contact)...)
	}
	return nil
}

func (r renderer) official(before string, contact recognise.Contact) Line {
	if contact.Page == "" {
		return nil
	}
	return Line{{Text: before}, {Text: r.say("contact.page"), Style: Link, URL: contact.Page}}
}

// trouble is what somebody can do about a parcel that does not arrive as it should,
// and whom to ask; nil when all is well.
func (r renderer) trouble(p models.Parcel) Block {
	key, ask := advice(p)
	var block Block
	if key != "" {
		block = r.sentence(key)
	}
	if !ask {
		return block
	}
	if line := r.askThem(p.Carrier); line != nil {
		block = append(block, line)
	}
	return block
}

// advice is the key of what somebody can do about a parcel, "" without any, and whether
// its carrier had better be asked.
func advice(p models.Parcel) (key string, ask bool) {
	switch {
	case unconfirmed(p):
		return "advice.unconfirmed", true
	case !p.Live():
		return "", false
	case p.Status.Problem():
		return "advice." + string(p.Status), true
	}
	return "", p.Noticed&models.NoticedStuck != 0
}

var (
	asksNumber = pattern.New(`(?i)(电话|電話|热线|熱線|hotline|phone number|contact number|customer (service|care)|官网|官網|官方网站|官方網站|网址|網址|网站|網站|(official|web) ?(site|page)|website` +
		`|\b(who|whom) (do|can|should|could) i (call|contact|ask|phone)|\bhow (do|can|could) i (call|contact|reach|phone)\b` +
		`|^\S{0,8}客服[\s\p{P}]*$|\b(courier|driver)['’]?s?\b.{0,8}\b(phone|number)\b|\b(phone|number) (of|for) the (courier|driver)\b|^\W*contact( (info|details|them|the carrier))?\W*$)`)
	aboutTails  = pattern.New(`(?i)尾号|尾號|末四|后四|後四|四位|last four|\d{4}`)
	asksCourier = pattern.New(`(?i)(快递员|快遞員|派件员|派件員|配送员|配送員|送货员|送貨員|外送员|外送員|宅配员|宅配員|物流士|司机|司機|小哥|骑手|騎手|师傅|師傅|courier|driver)`)
	mobile      = pattern.New(`(?:^|\D)(1[3-9]\d{9}|1[3-9]\d-\d{4}-\d{4})(?:\D|$)`)
)

// longestContactQuestion is how many characters such a question has; what is longer
// tells a story.
const longestContactQuestion = 40

// asksContact says that a text asks for somebody's phone number or for a site.
func asksContact(text string) bool {
	text = fold(text)
	return asksNumber.MatchString(text) && !aboutTails.MatchString(text) && utf8.RuneCountInString(text) <= longestContactQuestion
}

// contacts answers who can be called: the carrier that the text names, else those of
// the chat's live parcels. A courier's phone stands in the scans only.
func (t *turn) contacts(ctx context.Context, text string) ([]Reply, error) {
	if c, ok := t.carrierIn(text); ok {
		return t.contactsOf([]models.Carrier{c}), nil
	}
	rows, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	if asksCourier.MatchString(text) {
		if blocks, err := t.courierPhones(ctx, rows); blocks != nil || err != nil {
			return []Reply{{Blocks: blocks}}, err
		}
	}
	carriers := carriersOf(rows)
	if len(carriers) == 0 {
		return t.render.reply("contact.which"), nil
	}
	reply := t.contactsOf(carriers)
	if asksCourier.MatchString(text) {
		reply[0].Blocks = append([]Block{t.render.sentence("contact.no_courier")}, reply[0].Blocks...)
	}
	return reply, nil
}

// carriersOf are the carriers of some parcels, each once.
func carriersOf(rows []models.Followed) []models.Carrier {
	var carriers []models.Carrier
	for _, f := range rows {
		if c := f.Parcel.Carrier; c != "" && !slices.Contains(carriers, c) {
			carriers = append(carriers, c)
		}
	}
	return carriers
}

func (t *turn) contactsOf(carriers []models.Carrier) []Reply {
	var block Block
	for _, c := range carriers {
		if line := t.render.reach(c); line != nil {
			block = append(block, line)
		} else {
			block = append(block, t.render.sentence("contact.unknown", "Carrier", t.render.carrier(c))...)
		}
	}
	return []Reply{{Blocks: []Block{block}}}
}

// courierPhones are the newest scans that hold a mobile phone, of parcels that the
// chat may see; nil when there is none.
func (t *turn) courierPhones(ctx context.Context, rows []models.Followed) ([]Block, error) {
	newest, err := t.newestScans(ctx, rows)
	if err != nil {
		return nil, err
	}
	var blocks []Block
	for _, f := range rows {
		if e, has := newest[f.Parcel.ID]; has && f.Follow.Opens(f.Parcel) && mobile.MatchString(e.Text) {
			blocks = append(blocks, append(Block{t.render.head(f.Parcel, f.Follow.Name)}, t.render.event(models.Folded{Event: e, Times: 1})...))
		}
	}
	if blocks == nil {
		return nil, nil
	}
	return append([]Block{t.render.sentence("contact.courier")}, blocks...), nil
}

// newestScans reads the newest scan of each row, by the parcel's id, in one query.
func (t *turn) newestScans(ctx context.Context, rows []models.Followed) (map[int64]models.Event, error) {
	ids := make([]int64, len(rows))
	for i, f := range rows {
		ids[i] = f.Parcel.ID
	}
	newest, err := t.store.NewestScans(ctx, ids)
	return newest, wrap("read newest scans", err)
}

// longestCarrierName is how many Chinese characters a carrier's name has at most.
const longestCarrierName = 6

// carrierIn is the carrier that a text names: 我想要圆通的客服电话, the SF hotline.
func (t *turn) carrierIn(text string) (models.Carrier, bool) {
	for word := range strings.FieldsFuncSeq(fold(text), func(c rune) bool { return !unicode.IsLetter(c) && c != '&' }) {
		run := []rune(word)
		if !unicode.Is(unicode.Han, run[0]) {
			if c, ok := t.settings.Carriers.Typed(word); ok {
				return c, true
			}
		}
		for from := range run {
			for to := min(len(run), from+longestCarrierName); to > from+1; to-- {
				if !unicode.Is(unicode.Han, run[from]) {
					break
				}
				if c, ok := t.settings.Carriers.Typed(string(run[from:to])); ok {
					return c, true
				}
			}
		}
	}
	return "", false
}
