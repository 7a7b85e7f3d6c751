package scan

import (
	"slices"
	"testing"

	"waybill/models"
)

func TestRefineStatusReadsTheCarriersWords(t *testing.T) {
	for text, want := range map[string]models.Status{
		// signed
		"快件已签收，签收人是【本人】，感谢使用":                             models.Delivered,
		"投递并签收，签收人：单位收发章":                                 models.Delivered,
		"【上海市】已签收，签收人凭取货码签收，如有疑问请电联：139****0000，您的快递已经妥投": models.Delivered,
		"您的包裹已签收！签收人在【菜鸟驿站】领取":                            models.Delivered,
		"快件已被取出，欢迎再次使用丰巢":                                 models.Delivered,
		"客户已从驿站取件成功":                                      models.Delivered,
		"已签收,签收人:门卫":                                      models.Delivered,
		"派送成功":                                            models.Delivered,
		// only sounds like signed
		"快件正在派送中，请您准备签收（快递员 王师傅，电话 139****0000）": models.OutForDelivery,
		"正在派件，请保持电话畅通，签收前请检查外包装":                 models.OutForDelivery,
		"快件到达【杭州网点】，等待签收":                        models.InTransit,
		"快件未签收，客户不在家":                            models.FailedAttempt,
		"因签收人不在，派送失败，将再次派送":                      models.FailedAttempt,
		"签收失败，电话无人接听":                            models.FailedAttempt,
		"派件不成功：客户要求改期":                           models.FailedAttempt,
		"投递未成功，未妥投":                              models.FailedAttempt,
		"签收未成功，请联系快递员":                           models.FailedAttempt,
		// signed for between carriers
		"快件被【京东快递】签收":         models.InTransit,
		"快件已由【杭州转运中心】签收":      models.InTransit,
		"快件已由【申通快递】签收，正在中转":   models.InTransit,
		"【杭州余杭网点】已签收，签收人是本人":  models.Delivered,
		"快件已由【张三】签收":          models.Delivered,
		"快件已被【幸福里菜鸟驿站】签收，请取件": models.ReadyForPickup,
		// waits somewhere
		"快件已存放至【阳光小区菜鸟驿站】，请及时取件": models.ReadyForPickup,
		"已投入丰巢快递柜，取件码已发送":        models.ReadyForPickup,
		"快件已由【妈妈驿站】代签收":          models.ReadyForPickup,
		"【驿站】已代收，请凭取件码取件":        models.ReadyForPickup,
		"快件已送达【兔喜生活】驿站":          models.ReadyForPickup,
		"已放至前台":   models.ReadyForPickup,
		"您的包裹待取件": models.ReadyForPickup,
		// on the way to somebody
		"【杭州】的张三正在第1次派件": models.OutForDelivery,
		"快件到达网点，将再次派送":   models.InTransit,
		// not even collected
		"商家已发货，等待快递揽收": models.Pending,
		"待快递员上门取件":     models.Pending,
		// never will be
		"运单已作废": models.Cancelled,
		"【杭州市】【杭州网点】的极兔小哥正在派件":        models.OutForDelivery,
		"正在派送至【菜鸟驿站】":                 models.OutForDelivery,
		"快件交给王师傅，正在派送途中（若已签收请忽略）":     models.OutForDelivery,
		"正在投递,投递员:李师傅":                models.OutForDelivery,
		"已到达派件网点，准备派送":                models.InTransit,
		"【泉州市】快件离开【福建营销部】已发往【泉州派送中心】": models.InTransit,
		// turned round
		"收件人拒收，快件退回中":    models.Returning,
		"客户拒收":           models.Rejected,
		"收件人拒签该快件":       models.Rejected,
		"收件人拒绝签收":        models.Rejected,
		"快件正在退回寄件人途中":    models.Returning,
		"退回签收，寄件人已签收":    models.Returned,
		"快件退回签收":         models.Returned,
		"快件已退回至寄件人，退件签收": models.Returned,
		"退签成功":           models.Returned,
		"退件签收失败":         models.InTransit,
		"快件退件已签收":        models.Returned,
		"退回寄件人，寄件人签收":    models.Returned,
		"退回已取消，正在派送":     models.OutForDelivery,
		"【退货组】正在派件":      models.OutForDelivery,
		"已取消退回，快件发往【北京】": models.InTransit,
		// beginnings
		"【泉州市】【福建营销部】(189****0)的舒宝(189****0)已揽收": models.Collected,
		"商品已下单，等待揽收":                             models.Pending,
		"快递员已接单，即将上门揽收":                          models.Pending,
		"郴州市国际快件监管中心已收件":                         models.Collected,
		"【深圳揽收部】已收寄":                             models.Collected,
		"快递员上门取件成功":                              models.Collected,
		"顺丰速运 已收取快件":                             models.Collected,
		"【广州互换局】已出口互换局，离开":                       models.InTransit,
		"快件在【深圳集散中心】完成分拣，运输":                     models.InTransit,
		// trouble
		"快件滞留，延误派送":        models.Exception,
		"外包装破损":            models.Exception,
		"收件地址不详，无法派送":      models.Exception,
		"外包装无破损，已装车发往【北京】": models.InTransit,
		"【进口海关】清关异常":       models.Exception,
		"送交出口海关":           models.Customs,
		"清关完成，海关放行":        models.Customs,
		"运单已取消":            models.Cancelled,
		"感谢您使用本公司的服务":      models.Unknown,
		"":                 models.Unknown,
		"   ":              models.Unknown,
		"如需退回请联系客服，快件已发往【上海转运中心】": models.InTransit,
	} {
		if got := RefineStatus(models.Unknown, text); got != want {
			t.Errorf("%q reads as %s, want %s", text, got, want)
		}
	}
}

func TestRefineStatusKeepsWhatTheProviderKnowsBetter(t *testing.T) {
	for _, c := range []struct {
		coarse models.Status
		text   string
		want   models.Status
	}{
		{models.Delivered, "快件滞留", models.Delivered},
		{models.Rejected, "快件到达【北京】", models.Rejected},
		{models.Returned, "已签收", models.Returned},
		{models.OutForDelivery, "快件到达【杭州网点】", models.OutForDelivery},
		{models.OutForDelivery, "已存放至快递柜", models.ReadyForPickup},
		{models.Collected, "已装车，发往【北京】", models.Collected},
		{models.InTransit, "谢谢", models.InTransit},
		{models.Pending, "谢谢", models.InTransit},
		{models.Pending, "", models.Pending},
		{models.Unknown, "", models.Unknown},
		{"", "已揽收", models.Collected},
	} {
		if got := RefineStatus(c.coarse, c.text); got != c.want {
			t.Errorf("%s with %q became %s, want %s", c.coarse, c.text, got, c.want)
		}
	}
}

// What was told wrongly in the field, and its like.
func TestWhatOnlySoundsLikeMore(t *testing.T) {
	for _, c := range []struct {
		coarse models.Status
		text   string
		want   models.Status
	}{
		{models.InTransit, "货物已交付京东物流", models.Collected},
		{models.Unknown, "货物已交付德邦快递", models.Collected},
		{models.InTransit, "快件已到达城西网点，待客户签收", models.InTransit},
		{models.InTransit, "快件已在驿站保管3天，请尽快签收", models.ReadyForPickup},
		{models.InTransit, "您在幸福里菜鸟驿站寄出的包裹，快递员已取件", models.Collected},
		{models.InTransit, "到达目的地网点，快件将很快进行派送", models.InTransit},
		{models.OutForDelivery, "您已在幸福里菜鸟驿站完成取件，感谢使用菜鸟驿站", models.Delivered},
		{models.InTransit, "【杭州市】邮件投递到幸福里智能包裹柜", models.ReadyForPickup},
		{models.InTransit, "The item is out for delivery.", models.OutForDelivery},
		{models.InTransit, "揽收任务已分配给李四", models.Pending},
		{models.InTransit, "快件已签收，签回单正在返回寄件人途中", models.Delivered},
		{models.InTransit, "退回件派送中", models.Returning},
		{models.OutForDelivery, "取件成功", models.Delivered},
		{models.InTransit, "取件成功", models.Collected},
		{models.OutForDelivery, "揽收任务已分配给李四", models.OutForDelivery},
	} {
		if got := RefineStatus(c.coarse, c.text); got != c.want {
			t.Errorf("%s with %q became %s, want %s", c.coarse, c.text, got, c.want)
		}
	}
}

func TestAScanAloneIsReadOrNot(t *testing.T) {
	for text, want := range map[string]models.Status{
		"快件已签收": models.Delivered, "貨件已送達順豐站，請憑取件碼領取": models.ReadyForPickup, "快件状态更新": models.InTransit,
		"": models.Unknown, "谢谢": models.Unknown, "Thank you": models.Unknown,
	} {
		status, stated := Read(text)
		if status != want || stated != (want != models.Unknown) {
			t.Errorf("%q reads as %s, stated %v, want %s", text, status, stated, want)
		}
	}
}

func FuzzRefineStatus(f *testing.F) {
	for _, text := range []string{"快件已签收", "【【((（签收网点】", "取消取消退回取消", "Delivered (not) [at] 【】)", "签收(取消(退回)网点)站"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := RefineStatus(models.InTransit, text); !slices.Contains(models.Statuses(), got) {
			t.Errorf("%q reads as %q", text, got)
		}
		if got := RefineStatus(models.Delivered, text); got != models.Delivered {
			t.Errorf("%q took a provider's own delivered back: %s", text, got)
		}
	})
}

// The lexicon's names and the grammar's constants are lists of one length.
func TestEveryFeatureHasItsName(t *testing.T) {
	if len(acts()) != int(depart)+1 || 1<<(len(hows())-1) != through || 1<<(len(parties())-1) != parcel {
		t.Error("a name is missing, or one too many")
	}
}

func BenchmarkRefineStatusOverTheLabelledScans(b *testing.B) {
	lines := set(b, "scans.own.jsonl")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l := lines[i%len(lines)]
		RefineStatus(l.Coarse, l.Text)
	}
}

func BenchmarkRefineStatus(b *testing.B) {
	for b.Loop() {
		RefineStatus(models.InTransit, "【杭州市】快件离开【杭州转运中心】已发往【杭州江干四季青网点】，感谢使用")
	}
}
