package handlers

import (
	"testing"

	"waybill/models"
)

func TestTheCodeForAPickupIsFoundInAScansWords(t *testing.T) {
	for text, want := range map[string]string{
		"快件已到【阳光小区菜鸟驿站】，取件码 3-2-5012，请及时领取": "3-2-5012",
		"请凭8-4-1007到站领取":                           "8-4-1007",
		"包裹已入库，货架号：6-2-1031，请来站取件":                 "6-2-1031",
		"您有1个快递还没取走，放在货架B03":                       "B03",
		"已存入丰巢柜，取件码为「83920117」":                    "83920117",
		"已投递至智能柜，取货码【K39021】":                      "K39021",
		"Ready at the locker. Pickup code: 7Q4K12": "7Q4K12",
		"Your parcel is ready, code K39021":        "K39021",
		"包裹到站，2-3-4412，超时收费":                       "2-3-4412",
		"貨架號 12-3-401，請憑證件領取":                      "12-3-401",
		"您的验证码 123456，请勿告诉他人":                      "",
		"Verification code 123456":                 "",
		"Postal code 100020, Beijing":              "",
		"凭 13800138000 联系快递员取件":                    "",
		"请凭取件码领取":                                  "",
		"凭身份证取件，营业时间 09-21":                        "",
		"2026-11-27 16:45 已到站":                     "",
		"运单 773000000000017 已签收":                   "",
	} {
		from, to := pickupCode(text)
		if got := text[from:to]; got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestTheStationAndThePlaceOfAScanAreRead(t *testing.T) {
	for _, c := range []struct{ text, at, station, place string }{
		{"【武汉市】快件已到达【武汉阳光小区菜鸟驿站】，取件码 3-2-5012", "", "武汉阳光小区菜鸟驿站", "武汉阳光小区菜鸟驿站"},
		{"您的包裹已到云栖苑菜鸟驿站，请凭取件码领取", "", "云栖苑菜鸟驿站", ""},
		{"邮件已投递至【滨江社区邮政便民站】，请凭码自取", "杭州市", "滨江社区邮政便民站", "滨江社区邮政便民站"},
		{"快件已放入丰巢柜", "深圳", "丰巢柜", "深圳"},
		{"快件已暂存", "福田兔喜超市", "福田兔喜超市", "福田兔喜超市"},
		{"【西安市】快件离开【西安转运中心】，发往【长沙转运中心】", "", "", "西安转运中心"},
		{"【九江】已装车，车辆前往长沙星沙", "", "", "九江"},
		{"貨件轉運中，下一站【高雄】", "台中", "", "台中"},
		{"In transit to next facility", "", "", ""},
	} {
		e := models.Event{Text: c.text, Place: c.at}
		if got := stationOf(e); got != c.station {
			t.Errorf("%q waits at %q, want %q", c.text, got, c.station)
		}
		if got := placeOf(e); got != c.place {
			t.Errorf("%q was made at %q, want %q", c.text, got, c.place)
		}
	}
}

func TestAScanIsCutToOneLineAndNeverInsideANumber(t *testing.T) {
	for _, c := range []struct {
		text, want string
		width      int
	}{
		{"长沙岳麓网点 正在派件", "长沙岳麓网点 正在派件", 40},
		{"快件已到达武汉阳光小区菜鸟驿站", "快件已到达…", 12},
		{"快递员张三 13800138000 正在派件", "快递员张三…", 18},
		{"派件员王师傅（13800138000）正在派件", "派件员王师傅…", 22},
		{"13800138000138001380001380001380", "138001380…", 10},
		{"Out for delivery from the depot", "Out for delivery…", 21},
		{"", "", 5},
	} {
		if got := cut(c.text, c.width); got != c.want {
			t.Errorf("%q in %d: got %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
