package picture

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill/locales"
	"waybill/models"
)

// now is the moment at which the pictures are drawn.
func now() models.Moment {
	return models.At(time.Date(2026, 11, 28, 9, 30, 0, 0, models.Shanghai))
}

func ago(d time.Duration) models.Moment { return now().Add(-d) }

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

func scanned(hoursAgo int, words string) models.Event {
	return models.Event{Kind: models.Scan, At: ago(hours(hoursAgo) + 7*time.Minute), Text: words}
}

func at(city string, lon, lat float64) models.Stop {
	return models.Stop{City: city, Lon: lon, Lat: lat}
}

func named(cities ...string) []models.Stop {
	var stops []models.Stop
	for _, c := range cities {
		city, ahead := strings.CutPrefix(c, ">")
		stops = append(stops, models.Stop{City: city, Ahead: ahead})
	}
	return stops
}

// plain is a parcel on its way, as most are.
func plain(words *locales.Localizer) models.JourneyPicture {
	return models.JourneyPicture{
		Parcel: models.Parcel{Number: "SF1000000000015", Carrier: "sf", Status: models.InTransit, HeardAt: ago(3 * time.Minute)},
		Name:   "妈妈的茶叶", Carrier: words.Say("carrier.sf"), Status: words.Say("status.in_transit"),
		Took:  words.Say("route.underway", "Duration", words.Say("duration.days", "Count", 2)),
		Stops: named("西安", "郑州", "武汉", ">长沙"),
		Scans: []models.Event{
			scanned(2, "【武汉市】快件离开【武汉吴家山转运中心】，已发往【长沙转运中心】"),
			scanned(7, "【武汉市】快件到达【武汉吴家山转运中心】"),
			scanned(19, "【郑州市】快件离开【郑州航空港集散中心】，已发往【武汉吴家山转运中心】"),
			scanned(25, "【郑州市】快件到达【郑州航空港集散中心】"),
			scanned(49, "【西安市】顺丰速运已收取快件，揽收员王师傅，电话13812345678"),
			scanned(50, "【西安市】您的订单已被网点接单"),
		},
		Lang: words.Tag(), Zone: models.Shanghai, Now: now(),
	}
}

// pictured is a picture that is kept to be compared with.
type pictured struct {
	name string
	make func(t testing.TB) models.JourneyPicture
}

func of(lang string, change func(j *models.JourneyPicture, words *locales.Localizer)) func(t testing.TB) models.JourneyPicture {
	return func(t testing.TB) models.JourneyPicture {
		words := bundle(t).For(lang)
		j := plain(words)
		change(&j, words)
		return j
	}
}

func bundle(t testing.TB) *locales.Bundle {
	t.Helper()
	b, err := locales.Load("zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func status(j *models.JourneyPicture, words *locales.Localizer, s models.Status) {
	j.Parcel.Status, j.Status = s, words.Say("status."+string(s))
}

func pictures() []pictured {
	return []pictured{
		{"transit", of("zh-CN", func(*models.JourneyPicture, *locales.Localizer) {})},
		{"coordinates", of("zh-CN", func(j *models.JourneyPicture, words *locales.Localizer) {
			j.Stops = []models.Stop{
				at("杭州", 120.15, 30.28), at("武汉", 114.31, 30.59), at("郑州", 113.62, 34.75), at("西安", 108.94, 34.34), {City: "成都", Ahead: true},
			}
			j.Scans = append([]models.Event{
				scanned(1, "【西安市】快件离开【西安沣东转运中心】，已发往【成都双流转运中心】"), scanned(5, "【西安市】快件到达【西安沣东转运中心】"),
			}, j.Scans[2:]...)
			j.Estimate = words.Say("estimate", "Estimate", "大约周四到周五")
		})},
		{"dark", of("zh-CN", func(j *models.JourneyPicture, words *locales.Localizer) {
			j.Dark = true
			status(j, words, models.OutForDelivery)
			j.Stops = []models.Stop{
				at("乌鲁木齐", 87.62, 43.83), at("兰州", 103.83, 36.06), at("西安", 108.94, 34.34), at("武汉", 114.31, 30.59), at("广州", 113.26, 23.13),
				at("东莞", 113.75, 23.02), at("深圳", 114.06, 22.55),
			}
			j.Scans[0] = scanned(1, "【深圳市】快件正在派送，快递员李师傅，电话：13987654321，请保持电话畅通，放门口请提前说明")
		})},
		{"delivered", of("zh-CN", func(j *models.JourneyPicture, words *locales.Localizer) {
			status(j, words, models.Delivered)
			j.Took = words.Say("route.took", "Duration", "2 天 4 小时")
			j.Stops = named("西安", "郑州", "武汉", "长沙")
			j.Scans = append([]models.Event{
				scanned(1, "【长沙市】您的快件已由门卫签收，签收点电话0731-88887777转802，感谢使用顺丰，期待再次为您服务"),
				scanned(3, "【长沙市】快件正在派送，虚拟号18400001234-5678"),
			}, j.Scans...)
		})},
		{"problem", of("zh-CN", func(j *models.JourneyPicture, words *locales.Localizer) {
			status(j, words, models.FailedAttempt)
			j.Scans = append([]models.Event{scanned(1, "【长沙市】派送不成功：电话无人接听，改约时间再派送")}, j.Scans...)
			j.Stops = named("西安", "郑州", "武汉", "长沙")
		})},
		{"returned", of("zh-CN", func(j *models.JourneyPicture, words *locales.Localizer) {
			j.Name = ""
			status(j, words, models.Returned)
			j.Took = words.Say("route.took", "Duration", "6 天")
			j.Stops = named("西安", "武汉", "长沙", "武汉", "西安")
		})},
		{"english", of("en", func(j *models.JourneyPicture, words *locales.Localizer) {
			j.Name = "Mum's tea"
			j.Parcel.Number, j.Carrier = "RA123456785CN", "China Post"
			status(j, words, models.Customs)
			j.Stops = named("Shenzhen", "Guangzhou", "Hong Kong", "Frankfurt", ">Saarbrücken")
			j.Scans = []models.Event{
				{Kind: models.Scan, At: ago(hours(5)), Text: "Held by customs for inspection, waiting for the declaration of the recipient", Place: "Frankfurt, DE"},
				{Kind: models.Scan, At: ago(hours(30)), Text: "Departed from the international exchange office", Place: "Guangzhou"},
				{Kind: models.Scan, At: ago(hours(9000)), Text: "Picked up by the courier", Place: "Shenzhen"},
			}
		})},
		{"taiwan", of("zh-TW", func(j *models.JourneyPicture, words *locales.Localizer) {
			j.Name = "媽媽的茶葉"
			status(j, words, models.ReadyForPickup)
			j.Stops = named("西安", "广州", "厦门", "台北")
			j.Scans = append([]models.Event{scanned(1, "快件已到达【台北信义门市】，请凭取件码 12-3-4567 尽快领取，如有疑问请联系 0912-345-678")}, j.Scans...)
		})},
		{"long", of("zh-CN", func(j *models.JourneyPicture, _ *locales.Localizer) {
			j.Name = "给外婆买的那台带加热功能的全自动洗脚盆和两包（一大一小）陈皮，记得提前打电话"
			j.Parcel.Number = "JDVA00012345678901234567890123456789"
			j.Scans[0].Text = strings.Repeat("【武汉市】快件到达【武汉吴家山转运中心】（临时），请您耐心等待；", 6)
			j.Scans[1].Text = "https://example.com/" + strings.Repeat("averylongaddresswithoutanybreak", 5)
		})},
		{"rare", of("zh-CN", func(j *models.JourneyPicture, _ *locales.Localizer) {
			j.Name = "👨‍👩‍👧家🇨🇳的𠮷祥物😀囍㊗️ é 택배"
			j.Scans[0].Text = "【㛃堃镇】𪚥已到 📦✅，冇问题；喆、燚、犇、骉、龘"
		})},
		{"none", of("zh-CN", func(j *models.JourneyPicture, words *locales.Localizer) {
			status(j, words, models.Pending)
			j.Took, j.Stops, j.Scans = "", nil, nil
		})},
		{"many", of("zh-CN", func(j *models.JourneyPicture, _ *locales.Localizer) {
			j.Scans, j.Stops = nil, nil
			for i := range 60 {
				j.Scans = append(j.Scans, scanned(i*3, fmt.Sprintf("【第%d站】快件离开营业部，已发往下一站", 60-i)))
			}
			for i := range 20 {
				j.Stops = append(j.Stops, at(fmt.Sprintf("第%d站", i+1), 88+float64(i)*1.6, 44-float64(i*i%17)*0.9-float64(i)*0.3))
			}
		})},
		{"single", of("zh-CN", func(j *models.JourneyPicture, words *locales.Localizer) {
			status(j, words, models.Collected)
			j.Took = ""
			j.Stops, j.Scans = named("西安"), j.Scans[4:]
		})},
	}
}
