package scan

import (
	"os"
	"strings"
	"testing"

	"waybill/models"
)

// ends are statements that end a journey at its receiver, around the place
// where a marker goes: what a marker makes of them may never be "delivered".
func ends() (chinese, english []string) {
	chinese = []string{
		"快件%s签收", "包裹%s由客户签收", "%s妥投", "%s本人签收", "快件%s派送成功", "收件人%s从丰巢取走快件", "%s放在家门口",
		"货物%s送到收件人手中", "%s送达客户", "客户%s领取", "包裹%s交给收件人", "貨件%s配達", "郵件%s投遞成功", "買家%s取貨", "%s由家人代收",
		"收件人%s在驿站自助机出库", "货主%s到货场提清货物", "货主%s自提全部货物", "客户%s验机合格", "收件人%s还是收下",
	}
	english = []string{
		"The parcel %s delivered", "Item %s handed to the addressee", "The shipment %s signed for by the customer",
		"The parcel %s collected by the recipient from the locker", "It %s left at the front door", "The item %s delivered to a neighbour",
	}
	return chinese, english
}

func TestWhatIsOnlyPlannedDeniedOrAskedForIsNotDelivered(t *testing.T) {
	chinese, english := ends()
	for _, text := range chinese {
		for _, marker := range []string{
			"待", "将", "即将", "预计明天", "等待", "准备", "未", "尚未", "还没有", "没有", "未能", "无法", "请", "请您", "如果", "若", "一旦", "是否", "可",
			"需", "将于今日", "稍后", "希望", "無法", "尚未", "預計", "若已", "如您已", "不能", "暂未", "会尽快", "待快递员",
		} {
			refuteDelivered(t, strings.Replace(text, "%s", marker, 1))
		}
	}
	for _, text := range english {
		for _, marker := range []string{
			"will be", "is to be", "could not be", "has not been", "has not yet been", "cannot be", "should be", "may be", "is expected to be",
			"was not", "is due to be", "can be", "is waiting to be", "has yet to be", "must be", "is scheduled to be",
		} {
			refuteDelivered(t, strings.Replace(text, "%s", marker, 1))
		}
		for _, condition := range []string{"If %t, call us", "Once %t, please rate our service", "We will tell you when %t", "Has it been so that %t?", "Unless %t, it goes back"} {
			refuteDelivered(t, strings.Replace(condition, "%t", strings.Replace(text, "%s", "is", 1), 1))
		}
	}
}

// Scans that hold the words of a delivery or of a return and state neither.
func TestWhatSoundsDeliveredIsNot(t *testing.T) {
	raw, err := os.ReadFile("testdata/undelivered.txt")
	if err != nil {
		t.Fatal(err)
	}
	for text := range strings.Lines(string(raw)) {
		refuteDelivered(t, text)
		if got := RefineStatus(models.InTransit, text); got == models.Returned {
			t.Errorf("%q is returned", text)
		}
	}
}

func refuteDelivered(t *testing.T, text string) {
	t.Helper()
	for _, coarse := range []models.Status{models.Unknown, models.InTransit} {
		if got := RefineStatus(coarse, text); got == models.Delivered {
			t.Errorf("%q under %s is delivered", text, coarse)
		}
	}
}

// The same statements, made: what the markers are tried on would be delivered.
func TestWhatIsStatedIsDelivered(t *testing.T) {
	chinese, english := ends()
	for _, text := range chinese {
		if text := strings.Replace(text, "%s", "已", 1); RefineStatus(models.InTransit, text) != models.Delivered {
			t.Errorf("%q is %s", text, RefineStatus(models.InTransit, text))
		}
	}
	for _, text := range english {
		if text := strings.Replace(text, "%s", "was", 1); RefineStatus(models.InTransit, text) != models.Delivered {
			t.Errorf("%q is %s", text, RefineStatus(models.InTransit, text))
		}
	}
}

// An advertisement, an advice or a condition behind a statement changes nothing.
func TestWhatFollowsAStatementDoesNotChangeIt(t *testing.T) {
	stated := map[string]models.Status{
		"快件离开【杭州转运中心】":            models.InTransit,
		"快递员正在派件":                 models.OutForDelivery,
		"快件已存放至菜鸟驿站":              models.ReadyForPickup,
		"快件已签收":                   models.Delivered,
		"收件人电话无人接听，派送失败":          models.FailedAttempt,
		"【广州】清关中":                 models.Customs,
		"包裹已揽收":                   models.Collected,
		"Out for delivery":        models.OutForDelivery,
		"Held at the parcel shop": models.ReadyForPickup,
		"Delivered":               models.Delivered,
	}
	for text, want := range stated {
		for _, behind := range []string{
			"，签收后请给五星好评", "，如已签收请忽略本条", "，感谢您使用本公司的服务，期待再次为您服务", "，如有疑问请致电客服", "，如遇拒收请联系商家",
			"。签收前请检查外包装，破损可拒收", "，如需退货请在小程序申请", "。取件后请评价", "（如您已取件请忽略）", "，若未收到请联系快递员",
			". If you have already received it, please ignore this message", ". Once delivered, please rate us", ". Thank you for using our service",
			". Please contact us if it is damaged", ". You may refuse it if it is damaged",
		} {
			if got := RefineStatus(models.InTransit, text+behind); got != want {
				t.Errorf("%q reads as %s, want %s", text+behind, got, want)
			}
		}
	}
}
