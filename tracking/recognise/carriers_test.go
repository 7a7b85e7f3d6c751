package recognise

import (
	"os"
	"slices"
	"strings"
	"testing"

	"waybill/models"
)

func table(t *testing.T) *Carriers {
	t.Helper()
	c, err := LoadCarriers()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheFirstCodeOfACellIsSentAndADashIsNone(t *testing.T) {
	c := table(t)
	for _, row := range []struct {
		column  string
		carrier models.Carrier
		want    string
	}{
		{"muzhi", "sf", "shunfeng"},
		{"muzhi", "sto", ""},
		{"kuaidi100", "jt", "jtexpress"},
		{"kuaidi100", "dhl", "dhl"},
		{"kuaidi100", "fedex_cn", "fedexcn"},
		{"kuaidi100", "cainiao", ""},
		{"juhe", "ycgky", "ycky"},
		{"juhe", "jt", ""},
		{"kuaibao", "yto", "yt"},
		{"kuaibao", "zto_freight", "ztky"},
		{"kuaibao.sub", "yto", "ytsd"},
		{"kuaibao.sub", "best", "jt"},
		{"kuaibao.sub", "sf", ""},
		{"muzhi", "nobody", ""},
		{"nowhere", "sf", ""},
	} {
		if got, ok := c.Code(row.column, row.carrier); got != row.want || ok != (row.want != "") {
			t.Errorf("%s calls %s %q, want %q", row.column, row.carrier, got, row.want)
		}
	}
}

func TestCodesAreReadBackAndTheFirstRowWins(t *testing.T) {
	c := table(t)
	for _, row := range []struct {
		column, code string
		want         models.Carrier
	}{
		{"muzhi", "jingdong", "jd"},
		{"muzhi", "ztoglobal", "zto_intl"},
		{"muzhi", "zhongtian", ""},
		{"kuaidi100", "Shunfeng", "sf"},
		{"kuaidi100", "lianbangkuaidi", "fedex_cn"},
		{"kuaidi100", "youzhengguonei", "chinapost_parcel"},
		{"juhe", "db", "deppon"},
		{"juhe", "ycgky", "ycgky"},
		{"kuaibao", "postx", "chinapost_parcel"},
		{"kuaibao", "ht", "best"},
		{"kuaibao.sub", "jt", "jt"},
		{"kuaibao.sub", "-", ""},
		{"muzhi", "", ""},
	} {
		if got, ok := c.ByCode(row.column, row.code); got != row.want || ok != (row.want != "") {
			t.Errorf("%s means %q by %q, want %q", row.column, got, row.code, row.want)
		}
	}
}

func TestEveryCodeOfTheTableIsReadBackAsARowThatSendsIt(t *testing.T) {
	c := table(t)
	for _, column := range []string{"muzhi", "kuaidi100", "juhe", "kuaibao", "kuaibao.sub"} {
		for _, carrier := range c.All() {
			code, ok := c.Code(column, carrier)
			if !ok {
				continue
			}
			back, _ := c.ByCode(column, code)
			if again, _ := c.Code(column, back); again != code {
				t.Errorf("%s: %s sends %q, which is read back as %s", column, carrier, code, back)
			}
		}
	}
}

func TestNamesAsProvidersWriteThem(t *testing.T) {
	c := table(t)
	for name, want := range map[string]models.Carrier{
		"中通快递": "zto", "中通": "zto", "中通速递": "zto", "中通快运": "zto_freight", "中通国际": "zto_intl",
		"顺丰速运": "sf", "顺丰快递": "sf", "顺丰": "sf", "顺丰快运": "sf_freight",
		"圆通速递": "yto", "圆通快递": "yto", "韵达快递": "yunda", "韵达速递": "yunda", "韵达快运": "yunda_freight",
		"极兔速递": "jt", "极兔快递": "jt", "申通快递": "sto", "申通": "sto",
		"京东快递": "jd", "京东物流": "jd", "京东": "jd", "京东快运": "jd_freight",
		"邮政快递包裹": "chinapost_parcel", "中国邮政": "chinapost_parcel", "邮政标准快递": "chinapost_std", "邮政国内": "chinapost_reg",
		"EMS": "ems", "ems": "ems", "EMS快递": "ems", "中国邮政EMS": "ems", "EMS国际": "ems_intl", "邮政速递物流": "ems",
		"百世快递": "best", "百世汇通": "best", "汇通快递": "best", "百世快递(原汇通)": "best", "百世快运": "best_freight",
		"德邦快递": "deppon", "德邦": "deppon", "德邦物流": "deppon_logistics", "德邦快运": "deppon_logistics",
		"安能快递": "ane_express", "安能物流": "ane", "安能快运": "ane",
		"优速快递": "uc", "优速物流": "uc", "天天快递": "ttk", "宅急送快递": "zjs", "壹米滴答": "ymdd", "跨越速运": "kye", "跨越": "kye",
		"丹鸟快递": "danniao", "众邮快递": "zhongyou", "苏宁快递": "suning", "速尔快递": "suer", "云途物流": "yunexpress",
		"DHL": "dhl", "UPS快递": "ups", "FedEx": "fedex", "香港邮政": "hkpost", "顺丰速运有限公司": "sf", "ＥＭＳ": "ems", " 圆通 速递 ": "yto",
		"": "", "快递": "", "物流": "", "某某快递": "", "()": "",
	} {
		if got, ok := c.ByName(name); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestEveryNameOfTheTableIsItsOwnCarrier(t *testing.T) {
	c := table(t)
	for _, carrier := range c.All() {
		if got, _ := c.ByName(c.Name(carrier)); got != carrier {
			t.Errorf("%s is called %s, which is read as %s", carrier, c.Name(carrier), got)
		}
	}
}

func TestWhatPeopleTypeForACarrier(t *testing.T) {
	c := table(t)
	for text, want := range map[string]models.Carrier{
		"順豐": "sf", "圓通速遞": "yto", "郵政": "chinapost_parcel", "雲途物流": "yunexpress", "顺丰": "sf", "sf": "sf", "SF": "sf", "SF Express": "sf", "sf express": "sf", "shunfeng": "sf",
		"中通": "zto", "zto": "zto", "ZTO Express": "zto", "zhongtong": "zto", "zt": "zto",
		"sto": "sto", "shentong": "sto", "yto": "yto", "yuantong": "yto", "yunda": "yunda", "yd": "yunda",
		"极兔": "jt", "J&T": "jt", "jitu": "jt", "JT Express": "jt", "jd": "jd", "JD Logistics": "jd",
		"ems": "ems", "China Post": "chinapost_parcel", "邮政": "chinapost_parcel", "debang": "deppon", "德邦": "deppon",
		"sf freight": "sf_freight", "sf_freight": "sf_freight", "4px": "fourpx", "ztky": "ztky", "hk post": "hkpost",
		"": "", "1": "", "其他": "", "不知道": "",
	} {
		if got, ok := c.Typed(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestTheTableIsTheOneOfTheFile(t *testing.T) {
	file, err := os.ReadFile("carriers.csv")
	if err != nil {
		t.Fatal(err)
	}
	c := table(t)
	if rows := strings.Count(string(file), "\n") - 1; len(c.All()) != rows {
		t.Errorf("%d carriers of %d rows", len(c.All()), rows)
	}
	if c.Name("sf") != "顺丰速运" || c.Name("nobody") != "" {
		t.Errorf("sf is called %q", c.Name("sf"))
	}
	all := c.All()
	all[0] = "changed"
	if slices.Contains(c.All(), "changed") {
		t.Error("a caller changes the table")
	}
}
