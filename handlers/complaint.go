package handlers

import (
	"context"
	"slices"

	"waybill/internal/pattern"
	"waybill/models"
)

// complaintIs matches what a person has to see to, in simplified and traditional
// Chinese, then in English: complaints, refunds, urging, addresses, what was lost,
// broken, missing or wrong, compensation, invoices.
var complaintIs = pattern.New(`(?i)` +
	`[投申客][诉訴]|[举舉][报報]|差[评評]|维权|維權|曝光|消[协協费費]|1231[58]|(态度|態度|服务|服務).{0,4}(差|恶劣|惡劣|不好|烂|爛)|太(坑|差劲|差勁|过分|過分)|[骗騙]子|假[货貨]|冒牌` +
	`|退(款|货|貨|钱|錢|费|費|换|換|差[价價]|全款)|[仅僅]退|不想要了|(不想|不)要这个了|(取消|退掉?|撤销|撤銷).{0,4}[订訂][单單]` +
	`|(?:换|換)(货|貨|一个|一個|个新|個新|一件|一双|一雙|尺[码碼]|[码碼号號]|颜色|顏色|个颜色|個顏色|款)` +
	`|催(一|催|件|[单單]|下|快|派|促|他|她|它|[发發]|[货貨]|啊|呀|吧|[\s\p{P}]|$)|[帮幫].{0,3}催|加急|([赶趕][紧緊]|[赶趕]快|[尽盡]快|快[点點]|早[点點]).{0,4}([发發]|派|送|寄|安排|[处處]理|解[决決])` +
	`|(改|更改|修改|变更|變更|更正|换|換)(个|個|一下|下)?.{0,4}(地址|收件人|收货人|收貨人)|地址.{0,6}(错|錯|改|换|換|不[对對])|改(派|送|寄)|[送寄]错(地|了)|送錯(地|了)|[拦攔]截|召回|[转轉]寄` +
	`|[丢丟](件|失|了|包|的|[货貨])|弄[丢丟]|[遗遺]失|[丢丟]掉了|(快递|快遞|包裹|快件|[货貨]|[东東]西|件).{0,4}(不[见見]了|[丢丟]|没了|沒了|找不到|被偷|被人拿|失[踪蹤])|找不到(我的)?(快递|快遞|包裹|快件|件)` +
	`|破[损損了掉洞]|[损損][坏壞毁毀]|(?:坏|壞)(了|的|掉|件)|[压壓摔碰砸挤擠][坏壞碎烂爛扁]|碎了|[烂爛]了|裂[了开開]|漏[了液水]|[变變](质|質|形|味)|[发發]霉|浸?[湿濕]了|瑕疵` +
	`|[赔賠]|索[偿償]|[补補](偿|償|差|[发發]|寄)|保[价價]` +
	`|[发發]票|[开開]票|收据|收據|专票|專票` +
	`|少(件|了|[发發寄]|一[件个個双雙盒包瓶]|[给給])|缺(件|[货貨]|了)|漏[发發寄]|[错錯][发發寄]|[发發寄送拿](错|錯)|[空][包盒]|([货貨]|[东東]西|商品|[颜顏]色|尺[码碼]|[数數]量).{0,3}不([对對]|符|一样|一樣)|[没沒][发發](全|完|[齐齊])` +
	`|售[后後]|[质質](量|保).{0,4}([问問][题題]|差|不好|不行)|保修|(不能用|用不了|打不[开開])` +
	`|([虚虛]假|假|私自|擅自|自己|莫名|提前).{0,2}[签簽]收|[签簽]收.{0,12}([没沒]有?(收到|拿到|[见見]到|看到|取到)|不是我|[谁誰])|[谁誰].{0,6}[签簽]收|[没沒不]有?(送到?[货貨]?上[门門]|[打通]?[电電][话話]|通知)|不(肯|愿意|願意|[给給]).{0,3}(送|派)|[乱亂](放|扔|[丢丟])|拒[绝絕]派送` +
	`|([给給帮幫]我|想|要|能|可以|申[请請])退(了|掉|[吗嗎吧呀\s\p{P}]|$)|[无無]理由|退差|[价價]保|多收|多扣|[运運][费費][险險]|(想|要|能|可以)[换換]([吗嗎吧\s\p{P}]|$)` +
	`|改([约約期]|[时時][间間])|改(到|成|为|為).{0,6}(送|派|自提|自取|上[门門])|(延[迟遲后後]|推[迟遲]|[暂暫][缓緩]).{0,3}[派送]|放.{0,2}([门門]口|前台|物业|物業|保安|管理室)|(不在家|家[里裡][没沒]人)|(能|可以|要|[给給]|[请請]|[帮幫]).{0,6}送(到家|[货貨]?上[门門])` +
	`|(我|想|要|能|可以|怎[么麼]).{0,3}拒收|拒收(怎|[吗嗎吧可行])|少.{0,2}[东東]西|[里裡裏]面?(少|缺|[没沒]有?[东東]西|是?空)|(送到|送[给給]|寄到)(了)?[别別]人|冒[领領]|被(人|[别別]人|[谁誰]).{0,4}[领領拿取签簽偷]|拿[错錯]|[领領][错錯]` +
	`|不接[电電][话話]|([联聯]([系络絡]|繫)|打)不(上|通)|([帮幫]|[请請]|麻[烦煩]|可以).{0,5}([联聯]([系络絡]|繫)|[尽盡]快)|[洒灑]了|拆[过過封]|[开開]封[过過]|[签簽]收.{0,6}[但可却卻].{0,5}[没沒不]|[不非]是?(本人|我).{0,2}[签簽]收` +
	`|\bcomplain\w*|\brefund\w*|\b(money|cash) back\b|\bchargeback\b|\bcancel (my|the|this|an) (order|purchase)\b` +
	`|\b(return|exchange|replace|swap|send back)\b.{0,12}\b(it|this|that|them|these|item|items|order|goods|product|shoes|size|colou?r)\b|\breplacement\b` +
	`|\b(damaged|broken|smashed|crushed|torn|leak(ed|ing|s)?|cracked|shattered|defective|faulty|spoiled|dented|ruined|soaked)\b` +
	`|\b(lost|stolen|vanished|disappeared)\b|\bwent missing\b|\bmissing\b.{0,16}\b(item|items|part|parts|piece|pieces|parcel|package|order|from)\b|\b(item|items|part|parts|parcel|package|order)\b.{0,16}\bmissing\b` +
	`|\bcompensat\w*|\b(file|make|open|submit) a claim\b|\bclaims? (form|department|compensation)\b|\binsurance claim\b|\binvoice\b|\breceipt\b` +
	`|\bwrong (item|items|thing|size|colou?r|product|order|address|parcel|package|place|house|person|door|name)\b|\bnot (what i ordered|as described)\b` +
	`|\b(change|update|correct|edit|fix|redirect|reroute|different|new)\b.{0,24}\b(delivery |shipping )?address\b|\b(redirect|reroute|intercept)\b` +
	`|\b(hurry|expedite|speed (it |this |things )?up|rush)\b|\bdeliver\w*.{0,12}\b(faster|sooner|asap|quicker)\b` +
	`|\b(says?|marked|shows?|show(n|ing)|status)\b.{0,16}\bdelivered\b.{0,40}\b(not|never|nothing|don|didn|haven|hasn|isn|wasn|without)|\bdelivered\b.{0,24}\b(but|yet)\b.{0,24}\b(not|never|nothing|haven|hasn|didn|don)|\bnever (arrived|received|got|came|showed)\b|\bwho signed\b` +
	`|\b(can|could|please)\b.{0,6}\bcancel (it|this|that)\b|\b(want|like|need|going|have) to (return|exchange|swap)\b|\bsend\b.{0,10}\bback\b|\bcontents? (is |are |was |were )?missing\b|\b(manager|supervisor)\b|\b(bad|poor|worst) service\b` +
	`|\breschedul\w*|\bchange\b.{0,16}\bdelivery (date|time|day|slot)\b|\bleave (it|them|my|the)\b.{0,16}\b(at|with|by|in|outside)\b|\bhold (my|the|it)\b|\b(arrived|came|was|been|delivered) (open|opened|empty)\b` +
	`|\b(not|never|did ?n['’]?t|have ?n['’]?t)\b.{0,24}\b(but|though|yet)\b.{0,24}\bdelivered\b|\b(someone|somebody)( else)? (took|stole|signed|has)\b|\bwrong one\b|\btoo slow\b|\btak(es|ing) forever\b` +
	`|\b(scam|fraud|fake|counterfeit|rude|unacceptable|terrible|awful|bad review|one[- ]star)\b|\bquality (problem|issue)\b|\bdoes ?n['’]?t work\b`)

// noComplaint matches what only looks like one: what is lost is a number or a code,
// or the words describe a thing (退货的鞋).
var noComplaint = pattern.New(`(?i)([单單][号號]|[号號][码碼]|手[机機]|[尾]?[号號]|短信|取件[码碼]|[码碼]).{0,4}([丢丟]了|不[见見]了|找不到|没了|沒了)` +
	`|^[^我你您想要能吗嗎怎帮幫请請]{0,6}(退[货貨]|[换換][货貨]|破[损損]|[坏壞])的[\p{Han}]{1,4}$|\blost (the |my |a )?(tracking )?(number|code|phone)\b|\breceipt of\b`)

// complains says that a text wants what only a person can do about an order or a
// parcel: a complaint, a refund, urging, another address, a lost, broken or missing
// piece, compensation, an invoice.
func complains(text string) bool {
	text = fold(text)
	return complaintIs.MatchString(text) && !noComplaint.MatchString(text) && !isCourierText(text)
}

// pleaIs matches what makes a sentence to somebody out of a complaint's word,
// which alone may be a parcel's name.
var pleaIs = pattern.New(`(?i)[我你您吗嗎呢?？!！]|怎|咋|[帮幫]|[请請]|麻[烦煩]|能不能|可以|可不可|想|要|投[诉訴]|了$|\b(i|i['’]?m|my|you|your|please|how|can|could|want|need)\b`)

// pleads says that a text complains to somebody: it is no parcel's name.
func pleads(text string) bool { return complains(text) && pleaIs.MatchString(fold(text)) }

// parcelIs matches complaints about a parcel on its way.
var parcelIs = pattern.New(`(?i)快递|快遞|快件|包裹|物流|运单|運單|驿站|驛站|[丢丟]|[签簽]收|派送|配送|催|[送寄]|[拦攔]截|地址|\b(parcels?|packages?|shipments?|deliver\w*|courier|arrived?|address|lost)\b`)

// personIs matches a text that asks for a person to talk to, and nothing else.
var personIs = pattern.New(`(?i)^(我?(想|要|想要|需要)?[请請]?[帮幫]?我?(转|轉|转接|轉接|找|联系|聯繫|聯絡|接))?(人工|真人|活人)(客服|服务|服務|专员|專員)?[吧吗嗎了呀]?$|^(我?(想|要|想要)?)(转|轉|转接|轉接|找)客服[吧吗嗎]?$` +
	`|^((can|could|may) i |i (want|need|would like) to |let me |please )*(speak|talk|chat) (to|with) (a |an |some)?(human|person|someone|somebody|agent|representative)( please)?$|^(human|agent|real person|representative|operator)( please)?$`)

// asksPerson says that a text asks for a person. A door that can hand over to one
// answers it itself, and so do complaints where nobody can be reached.
func asksPerson(text string) bool { return personIs.MatchString(plainWord(text)) }

// complaint answers what a person has to see to: with the way to one first, and
// behind it where the chat's parcels are, if it is about parcels. Where nobody can be
// reached here, the parcels' carriers can be called.
func (t *turn) complaint(ctx context.Context, text string) ([]Reply, error) {
	first := t.needsHuman(ctx)
	if !parcelIs.MatchString(fold(text)) && !asksWhere(text) && !asksPerson(text) {
		return first, nil
	}
	live, err := t.follows(ctx, false)
	if err != nil || len(live) == 0 {
		return first, err
	}
	if !t.humanServes(ctx) {
		carriers := carriersOf(live)
		if named, ok := t.carrierIn(text); ok {
			carriers = []models.Carrier{named}
		}
		first[0].Blocks = append(first[0].Blocks, t.contactsOf(carriers)[0].Blocks...)
	}
	shown, err := t.whereAre(ctx)
	return humanFirst(first, shown), err
}

// needsHuman says that a person has to see to it, and how to reach one.
func (t *turn) needsHuman(ctx context.Context) []Reply {
	if !t.traits().Humans {
		return t.render.reply("complaint.elsewhere")
	}
	if !t.humanServes(ctx) {
		return t.render.reply("complaint.nobody")
	}
	replies := t.render.reply("complaint.human")
	replies[0].Buttons = [][]Button{{t.humanButton()}}
	return replies
}

// mostUnder is how many buttons one message may have at a door that counts them.
const mostUnder = 10

// humanFirst puts the way to a human over other replies, in the same message.
func humanFirst(human, others []Reply) []Reply {
	if len(others) == 0 {
		return human
	}
	first := others[0]
	first.Blocks = slices.Concat(human[0].Blocks, []Block{{{}}}, first.Blocks)
	buttons := slices.Concat(human[0].Buttons, first.Buttons)
	count := 0
	for _, row := range buttons {
		count += len(row)
	}
	if count > mostUnder {
		buttons = human[0].Buttons
	}
	first.Buttons = buttons
	return append([]Reply{first}, others[1:]...)
}

// complainedNumbers puts the way to a human over what is said about the numbers of
// a text that complains, where there may be humans.
func (t *turn) complainedNumbers(ctx context.Context, text string, replies []Reply) []Reply {
	if len(replies) == 0 || !t.traits().Humans || !complains(text) {
		return replies
	}
	return humanFirst(t.needsHuman(ctx), replies)
}
