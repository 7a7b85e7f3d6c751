package scan

import (
	"strings"
	"testing"

	"waybill/models"
)

func TestTheCityOfAScan(t *testing.T) {
	for text, want := range map[string]string{
		"【西安市】快件离开【西安雁塔网点】已发往【长沙转运中心】": "西安",
		"【长沙市】快件已签收":              "长沙",
		"[长沙市]快件已到达":              "长沙",
		"快件到达【长沙岳麓网点】":            "长沙",
		"快件到达长沙岳麓网点":              "长沙",
		"离开齐齐哈尔转运中心":              "齐齐哈尔",
		"长沙转运中心 已收入":              "长沙",
		"【广东省深圳市南山区】已揽收":          "深圳",
		"【广东深圳公司】已收件":             "深圳",
		"【昆山市】已揽收":                "昆山",
		"已在【乌鲁木齐市】揽收":             "乌鲁木齐",
		"【北京朝阳网点】派件中":             "北京",
		"【吉林省吉林市】已揽收":             "吉林",
		"【臺北市】已送達":                "臺北",
		"快件已发往【长沙转运中心】":           "",
		"快件已发往长沙转运中心":             "",
		"下一站【武汉转运中心】":             "",
		"【山东营业部】已揽收":              "",
		"【阳光小区菜鸟驿站】已存放":           "",
		"【朝阳区】派件中":                "",
		"【南京路网点】派件中":              "",
		"【中山路营业部】":                "",
		"【华联超市】代收":                "",
		"【河南阳光花园】派件":              "",
		"您的订单已下单":                 "",
		"【德国】到达法兰克福国际邮件互换局":       "",
		"Arrived at Changsha hub": "",
		"":                        "",
	} {
		if got := cityOf(models.Event{Text: text}); got != want {
			t.Errorf("%q is in %q, want %q", text, got, want)
		}
	}
	for place, want := range map[string]string{"长沙市": "长沙", "浙江,杭州市,上城区": "杭州", "湖南省长沙市岳麓区": "长沙", "昆山市": "昆山", "网点": ""} {
		if got := cityOf(models.Event{Place: place, Text: "已到达【西安】"}); got != want && (want != "" || got != "西安") {
			t.Errorf("place %q is %q, want %q", place, got, want)
		}
	}
}

func TestARouteIsReadOutOfBothEnds(t *testing.T) {
	way := func(newestFirst ...string) []models.Event {
		var events []models.Event
		for _, text := range newestFirst {
			events = append(events, models.Event{Text: text})
		}
		return events
	}
	first := []string{"【西安市】已揽收", "您的订单已提交"}
	for name, c := range map[string]struct {
		events   []models.Event
		status   models.Status
		from, to string
	}{
		"on the way":                      {way(append([]string{"【武汉市】到达"}, first...)...), models.InTransit, "西安", ""},
		"out for delivery":                {way(append([]string{"【长沙市】正在派件"}, first...)...), models.OutForDelivery, "西安", "长沙"},
		"thanks without a place":          {way(append([]string{"感谢使用", "【长沙市】已签收"}, first...)...), models.Delivered, "西安", "长沙"},
		"the last place is where it left": {way("正在派件", "快件离开【杭州转运中心】", "【西安市】已揽收"), models.OutForDelivery, "西安", ""},
		"on its way back":                 {way("【西安市】退回中", "【西安市】已揽收"), models.Returning, "西安", ""},
		"rejected":                        {way("【长沙市】拒收", "【西安市】已揽收"), models.Rejected, "西安", "长沙"},
		"no places":                       {way("Delivered", "Picked up"), models.Delivered, "", ""},
		"nothing":                         {nil, models.Delivered, "", ""},
	} {
		if from, to := Route(c.events, c.status); from != c.from || to != c.to {
			t.Errorf("%s: from %q to %q, want %q and %q", name, from, to, c.from, c.to)
		}
	}
}

func TestTheTableOfCitiesHasNamesOfTwoToFiveCharacters(t *testing.T) {
	n := 0
	for name := range strings.FieldsSeq(cities) {
		n++
		if size := len([]rune(name)); size < 2 || size > longestCity {
			t.Errorf("%q has %d characters", name, size)
		}
		if !isCity(name) {
			t.Errorf("%q is not found: the table must be sorted", name)
		}
	}
	if n < 340 {
		t.Errorf("%d names", n)
	}
}

func BenchmarkRoute(b *testing.B) {
	var events []models.Event
	for range 10 {
		events = append(events, models.Event{Text: "【长沙市】快件到达【长沙转运中心】，快件已发往【长沙岳麓网点】"})
	}
	for b.Loop() {
		Route(events, models.Delivered)
	}
}
