package scan

import (
	"testing"

	"waybill/models"
)

func TestALineThatTellsOnlyWhatIsExpectedIsAnEstimate(t *testing.T) {
	for _, text := range []string{
		"预计3小时后送达",
		"预计明天送达",
		"预计11月29日18:00前送达，请耐心等待",
		"您的快件预计今天下午送达。",
		"您的快件预计2026-11-29 18:00前送达，请保持电话畅通",
		"亲，您的包裹正在路上，预计后天到达",
		"快件运输中，预计明日18:00前送达",
		"预计送达时间：2026-11-29 18:00",
		"送达时间预计为11月29日",
		"距离您还有12公里",
		"距您还有3站，预计40分钟后送达",
		"快递员距离收件地址约1.2公里",
		"还剩5单，预计30分钟送到您手中",
		"前面还有8单，请耐心等待",
		"包裹有望于今晚送达",
		"預計明天送達",
		"預計配達時間：11月29日",
		"您的貨物預計11月29日到達，謝謝",
		"Expected delivery: Nov 29 by 9:00pm",
		"Expected delivery by Sunday, 29 November",
		"Estimated delivery date: 2026-11-29",
		"Your package is on its way. Estimated arrival 29 Nov",
		"Scheduled for delivery tomorrow",
		"Arriving tomorrow by 10pm",
		"Your parcel will arrive on Monday",
		"ETA: 2026-11-29 18:00",
		"8 stops away",
		"最快今晚可送到您手上",
		"预计后天到",
		"约40分钟后送达",
		"今日20:00前可送达",
		"最迟11月30日送达",
		"承诺11月29日送达",
		"预计还需2天",
		"派送倒计时：3小时",
		"最快明早能到",
		"包裹正在飞速赶来，剩余8公里",
	} {
		if !IsEstimate(text) {
			t.Errorf("%q is no estimate", text)
		}
	}
}

func TestALineThatSaysWhatHappenedIsAScan(t *testing.T) {
	for _, text := range []string{
		"快件已到达长沙，预计明天送达",
		"快件已到达长沙预计明天送达",
		"【长沙市】快件到达【长沙转运中心】，预计明天送达",
		"【长沙市】【岳麓网点】的李师傅正在派件，预计30分钟后送达",
		"快件离开【西安转运中心】，预计11月29日到达【长沙转运中心】",
		"快递员陈**已接单，预计今日15:00-17:00到您处收件",
		"已揽收，预计后天送达",
		"因天气原因延误，预计推迟一天送达",
		"派送失败，预计明日再次派送",
		"快件今日派送",
		"收件人要求明天送达",
		"今日已送达",
		"货物约20件已到达",
		"快件到达昆明",
		"快件已签收",
		"快件正在派送中",
		"到达目的地网点，快件将很快进行派送",
		"请您准备签收",
		"Arrived at Changsha hub, expected delivery tomorrow",
		"Out for delivery, expected by 9pm",
		"Delayed: new estimated delivery 30 Nov",
		"Delivered",
		"The item is out for delivery.",
		"",
	} {
		if IsEstimate(text) {
			t.Errorf("%q is taken for an estimate", text)
		}
	}
}

func TestAFloatingLineIsTheEstimateAndNoScan(t *testing.T) {
	rows := []Row{
		{Time: "2026-11-28 09:59:00", Event: models.Event{Text: "<b>预计3小时后送达</b>"}},
		{Time: "2026-11-27 16:45:00", Event: models.Event{Text: "快件已到达长沙"}},
		{Time: "2026-11-27 08:00:00", Event: models.Event{Text: "预计28日送达"}},
	}
	got, err := Tidy(rows, true, shanghai(t, "2026-11-28 10:00:00"))
	if err != nil || len(got.Events) != 1 || got.Newest() != "快件已到达长沙" || got.Estimate != "预计3小时后送达" {
		t.Errorf("got %+v, %v", got, err)
	}
}
