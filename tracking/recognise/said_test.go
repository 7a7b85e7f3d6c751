package recognise

import (
	"slices"
	"testing"

	"waybill/models"
)

// The carrier that a text names settles whose number it is, where the shape allows it.
func TestANamedCarrierSettlesWhoseNumberItIs(t *testing.T) {
	for text, want := range map[string]models.Carrier{
		"顺丰300123456703":                                              "sf",
		"780123456789（安能）":                                            "ane",
		"申通的单号是 412345678901":                                         "sto",
		"快递公司：圆通速递\n单号 800123456789012345":                            "yto",
		"800123456789012345\n快递：圆通":                                   "yto",
		"Yunda 1712345678901":                                         "yunda",
		"邮政EMS 1154210775507":                                         "ems",
		"EMS 邮政 9861382054417":                                        "ems",
		"中國郵政 9861382054417":                                          "chinapost_parcel",
		"中通快运 780123456789":                                           "zto_freight",
		"顺丰快运 SF1000000000015":                                        "sf_freight",
		"德邦 1234567890":                                               "deppon",
		"https://www.dhl.com/t?tracking-id=3396337836":                "dhl",
		"https://www.kuaidi100.com/?com=yunda&nu=1712345678901":       "yunda",
		`{"shipperCode":"STO","logisticCode":"412345678901"}`:         "sto",
		"不是顺丰，是中通的 780123456789":                                      "zto",
		"FedEx: your shipment is scheduled for tomorrow 380636585874": "fedex",
	} {
		n := Text(text).Numbers
		if len(n) != 1 || !slices.Equal(n[0].Carriers, []models.Carrier{want}) || !n[0].Sure || !n[0].Named || n[0].Claimed != "" {
			t.Errorf("%q: %+v, want %s", text, n, want)
		}
	}
}

func TestACarrierThatTheShapeExcludesIsNotBelieved(t *testing.T) {
	for text, want := range map[string]struct{ carrier, claimed models.Carrier }{
		"韵达 73123456789012":         {"zto", "yunda"},
		"YT9876543210123（顺丰）":       {"yto", "sf"},
		"快递：中通\n单号：773123456789012": {"sto", "zto"},
		"圆通 YT1234567890123456":     {"yunexpress", "yto"},
		"顺丰和圆通都行 YT9876543210123":   {"yto", ""}, // one of them is it
		"顺丰太贵了\n还好 YT9876543210123": {"yto", ""}, // not said of the number
	} {
		n := Text(text).Numbers
		if len(n) != 1 || !slices.Equal(n[0].Carriers, []models.Carrier{want.carrier}) || !n[0].Sure || n[0].Claimed != want.claimed {
			t.Errorf("%q: %+v, want %s and %q overruled", text, n, want.carrier, want.claimed)
		}
	}
}

func TestWhatIsNoCarriersNameSettlesNothing(t *testing.T) {
	for _, text := range []string{
		"天天都在等 780123456789", "跨越山海 780123456789", "邮政编码 310000 单号 9861382054417",
		"菜鸟驿站 780123456789", "在京东买的 780123456789", "best wishes 780123456789", "不是顺丰 780123456789", "17 780123456789",
	} {
		n := Text(text).Numbers
		if len(n) != 1 || n[0].Sure || n[0].Named {
			t.Errorf("%q: %+v", text, n)
		}
	}
}

func TestACheckDigitStaysDoubtfulWhoeverIsNamed(t *testing.T) {
	for _, text := range []string{"EMS EA123456789CN", "UPS 1Z999AA10123456785"} {
		if n := Text(text).Numbers; len(n) != 1 || n[0].Sure || !n[0].Named {
			t.Errorf("%q: %+v", text, n)
		}
	}
}

func TestForeignCarriersWithoutACodeAreRecognised(t *testing.T) {
	for text, want := range map[string]string{
		"TBA305912345678":                "amazon",
		"Amazon TBM305912345678":         "amazon",
		"RB123456785GB":                  "post.GB",
		"皇家邮政 RB123456785GB":             "post.GB",
		"EE123456785JP":                  "post.JP",
		"C12345678901234":                "ontrac",
		"DPD 15501234567890":             "dpd",
		"GLS parcel 50123456789":         "gls",
		"1Z999AA10123456784":             "",
		"420941079205557843506823531520": "",
		"SF1000000000015":                "",
	} {
		n := Text(text).Numbers
		if len(n) != 1 || n[0].Foreign != want || want != "" && (len(n[0].Carriers) > 0 || n[0].Sure) {
			t.Errorf("%q: %+v, want %q", text, n, want)
		}
	}
}

func TestTyposSayWhatWasProbablyMeant(t *testing.T) {
	for text, want := range map[string]Typo{
		"单号:YT987654321O123":                        {"YT987654321O123", "YT9876543210123"},
		"SF69O0305135444":                           {"SF69O0305135444", "SF6900305135444"},
		"快递 YT98765432l0123":                        {"YT98765432L0123", "YT9876543210123"},
		"FS1000000000015":                           {"FS1000000000015", "SF1000000000015"},
		"TY9876543210123":                           {"TY9876543210123", "YT9876543210123"},
		"5F1000000000015":                           {"5F1000000000015", "SF1000000000015"},
		"单号 77312345678O012":                        {"77312345678O012", "773123456780012"},
		"EE12345678SCN EE1234S6785CN RB12345678OCN": {},
		"运单号：SF100000000001":                        {"SF100000000001", ""},
		"YT98765432101234":                          {"YT98765432101234", ""},
		"订单号：YT98765432101234":                      {},
		"https://a.example/YT987654321O123":         {},
	} {
		got := Text(text)
		var first Typo
		if len(got.Typos) > 0 {
			first = got.Typos[0]
		}
		if first != want || len(got.Numbers) > 0 {
			t.Errorf("%q: %+v and %+v, want %+v", text, got.Typos, got.Numbers, want)
		}
		if _, ok := ruleFor(first.Likely); first.Likely != "" && !ok {
			t.Errorf("%q: %s fits no rule", text, first.Likely)
		}
	}
}

func TestNumbersBrokenOrSpelledAreReadWhole(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"broken over two lines under a label":       {"单号：7312345678\n9012", "73123456789012"},
		"broken behind letters":                     {"YT98765\n43210123", "YT9876543210123"},
		"broken, one carrier's rule alone":          {"7731234567\n89012", "773123456789012"},
		"a tail on the next line is no rest of it":  {"SF1000000000015\n1234", "SF1000000000015"},
		"not when the next line says more":          {"单号：73123456\n789012 号楼", "73123456"},
		"not two lines that could be anything":      {"300123\n456789", ""},
		"not a phone on the next line":              {"单号：12345678\n13800138000", "12345678"},
		"spelled":                                   {"快递单号: 7 7 3 0 0 0 0 0 0 0 0 0 0 1 7", "773000000000017"},
		"in uneven groups under a label":            {"单号：77 312 3456 789 012", "773123456789012"},
		"of 30 digits":                              {"4209 4107 9205 5578 4350 6823 5315 20", "420941079205557843506823531520"},
		"a meeting in groups":                       {"Meeting ID: 412 345 678 901", ""},
		"a moment behind a colon is not a number's": {"10:7312 3456 7890 12", ""},
	} {
		t.Run(name, func(t *testing.T) { wantNumbers(t, c.text, c.want) })
	}
}

// A tail that is given above several numbers, or said of all, is for all of them.
func TestATailIsGivenToTheNumbersThatItIsSaidOf(t *testing.T) {
	for text, want := range map[string][2]string{
		"尾号1212\nSF1000000000015\n73123456789012":                          {"1212", "1212"},
		"SF1000000000015 尾号1212\n73123456789012":                           {"1212", ""},
		"SF1000000000015\n73123456789012 尾号1212":                           {"", "1212"},
		"SF1000000000015、73123456789012，尾号都是1212":                          {"1212", "1212"},
		"SF1000000000015\n电话138****1212\n73123456789012\n13800003434":      {"1212", "3434"},
		"SF1000000000015 78627****7588\n73123456789012":                    {"", ""}, // of a masked number
		"SF1000000000015 尾号0015\n73123456789012 尾号9012":                    {"", ""}, // their own ends
		"SF1000000000015\n收件人 13800001212 寄件人 13800003434\n73123456789012": {"1212", ""},
	} {
		n := Text(text).Numbers
		if len(n) != 2 || n[0].Tail != want[0] || n[1].Tail != want[1] {
			t.Errorf("%q: %+v, want %v", text, n, want)
		}
	}
}

func TestPlacesStayWhenATextIsSimplified(t *testing.T) {
	last := ""
	for at := 0; at < len(scripts); at += 6 {
		from, to := scripts[at:at+3], scripts[at+3:at+6]
		if from <= last || simple(from) != to || simplify("a"+from+"b") != "a"+to+"b" {
			t.Errorf("%s becomes %s, want %s, after %s", from, simple(from), to, last)
		}
		last = from
	}
	if s := simplify("丰巢 \xe4\xb8 abc 茶"); s != "丰巢 \xe4\xb8 abc 茶" {
		t.Errorf("%q", s)
	}
}
