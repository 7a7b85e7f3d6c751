package recognise

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestNumbersAreFoundWhereverTheyStand(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"alone":                                     {"SF1000000000015", "SF1000000000015"},
		"in lower case":                             {"sf1000000000015", "SF1000000000015"},
		"in full width":                             {"ＳＦ１００００００００００１５", "SF1000000000015"},
		"with zero-width characters inside":         {"SF1000\u200b0000\ufeff00015", "SF1000000000015"},
		"glued to Chinese text":                     {"我的快递SF1000000000015到哪了", "SF1000000000015"},
		"in the query of an address":                {"https://a.example/q?com=sf&nu=SF1000000000015&x=1", "SF1000000000015"},
		"under mailNo":                              {"http://a.example/?mailNo=73123456789012", "73123456789012"},
		"under a key with a prefix":                 {"http://a.example/?lastMailNo=12345678", "12345678"},
		"under waybill":                             {"http://a.example/?waybill=73123456789012", "73123456789012"},
		"under a key, of no known shape":            {"http://a.example/?waybill_no=12345678", "12345678"},
		"under a key with an escape before it":      {"http://a.example/?nu=%2012345678", "12345678"},
		"listed in an address, escaped":             {"http://a.example/?nums=12345678%2C23456789", "12345678 23456789"},
		"listed in an address":                      {"http://a.example/?nums=12345678,23456789", "12345678 23456789"},
		"behind a label":                            {"单号：12345678", "12345678"},
		"behind a traditional label":                {"運單號碼：12345678", "12345678"},
		"behind a label and a verb":                 {"快递单号是12345678", "12345678"},
		"in a question about it":                    {"帮我查下这个号：73123456789012", "73123456789012"},
		"added up":                                  {"SF1000000000015+73123456789012", "SF1000000000015 73123456789012"},
		"behind a label in brackets":                {"【运单号】12345678", "12345678"},
		"under a label":                             {"物流单号：\n12345678", "12345678"},
		"behind an English label":                   {"Tracking No.: 12345678", "12345678"},
		"listed behind a label":                     {"单号:12345678、23456789，34567890", "12345678 23456789 34567890"},
		"in bold":                                   {"**SF1000000000015**", "SF1000000000015"},
		"several, in order":                         {"YT9876543210123和SF1000000000015", "YT9876543210123 SF1000000000015"},
		"twice, told once":                          {"SF1000000000015 SF1000000000015", "SF1000000000015"},
		"with a piece's suffix":                     {"JDVA00000000015-1-1-", "JDVA00000000015"},
		"after an order number":                     {"订单号：123456789012 运单号：773123456789012", "773123456789012"},
		"called an order, but marked by letters":    {"订单号：SF1000000000015", "SF1000000000015"},
		"unknown letters in a sentence on parcels":  {"我的快递KY4000123456789到哪了", "KY4000123456789"},
		"unknown letters, nothing else on the line": {"你好\nKY4000123456789\n谢谢", "KY4000123456789"},
		"with a dash between":                       {"73123456789012-73123456789013", "73123456789012 73123456789013"},
		"unknown letters behind a carrier's name":   {"帮忙查下跨越KY4000123456789急用", "KY4000123456789"},
		"numbered in a list":                        {"1.780123456789\n2.780123456790", "780123456789 780123456790"},
	} {
		t.Run(name, func(t *testing.T) { wantNumbers(t, c.text, c.want) })
	}
}

func TestGroupsJoinIntoOneNumber(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"letters set off by a blank":         {"SF 1000000000015", "SF1000000000015"},
		"letters set off by a dash":          {"SF-1000-0000-00015", "SF1000000000015"},
		"groups of four":                     {"SF1000 0000 0001 5", "SF1000000000015"},
		"groups, then a tail":                {"SF 1000 0000 00015 1234", "SF1000000000015"},
		"digits that one carrier's rule has": {"773-0000-0000-0015", "773000000000015"},
		"even groups of a shared length":     {"444 123 456 789", "444123456789"},
		"postal":                             {"RB 123 456 785 GB", "RB123456785GB"},
		"not when a group is a number":       {"7731 234567890123", "234567890123"},
		"not when a group is a phone":        {"7731 13800138000", ""},
		"not over two blanks":                {"SF1000  0000  00015", ""},
		"not over a line's end":              {"SF1000\n0000\n00015", ""},
		"not over mixed separators":          {"7312-3456 7890-12", ""},
		"not when a group is left over":      {"7312 3456 7890 12 77", ""},
		"not uneven ones of a shared length": {"44 7911 123456", ""},
		"not a book":                         {"978-7-111-12345-6", ""},
		"not a pair that misses a digit":     {"SF100000000001 5 件", ""},
		"not a moment":                       {"2026 1122 1030", ""},
		"not an order's pieces":              {"220813-773123456789012", ""},
	} {
		t.Run(name, func(t *testing.T) { wantNumbers(t, c.text, c.want) })
	}
}

func TestOtherThingsAreNoNumbers(t *testing.T) {
	for name, text := range map[string]string{
		"mobile":                           "13800138000",
		"mobile with country code":         "+8613800138000 008613800138000 8613800138000",
		"mobile in groups":                 "138-0013-8000 138 0013 8000 +86 138 0013 8000",
		"mobile behind a label":            "单号：13800138000",
		"landline":                         "010-12345678 0571-88888888 057188888888 (0755)12345678",
		"service line":                     "400-123-4567 4001234567 95338",
		"foreign phone":                    "+886 912 345 678 +447911123456",
		"pickup code":                      "3-2-5012 8-4-1007 12-3-45678 取件码123456",
		"price":                            "¥123456789012 123456789012元 123456789012.50 $123456789012",
		"price in full width":              "￥123456789012",
		"other documents' labels":          "QQ群：123456789012 腾讯会议 123456789012 取票码 123456789012 提货单号 123456789012 批次 123456789012",
		"date":                             "20261122 2026-11-22 2026-11-22 10:00:00 2026/11/22 单号:20261122",
		"timestamp":                        "20261122100000 202611221000 261122100000",
		"Unix time":                        "1795312800 1795312800123",
		"order by its length":              "1234567890123456789",
		"order by its label":               "订单号：123456789012 订单编号 773123456789012",
		"orders in a list":                 "订单号：123456789012、123456789013",
		"Pinduoduo's order":                "220813-123456789012345",
		"identity card":                    "110101199003070037 11010119900307003X",
		"bank card":                        "6222021234567890128 6222 0212 3456 7890 128",
		"unlabelled digits of no rule":     "12345678 1234567890 123456789012345",
		"coupon by its label":              "券码：123456789012",
		"card by its label":                "会员号码：780123456789 账号 780123456789",
		"shop's item":                      "https://item.taobao.com/item.htm?id=612345678901 item.jd.com/100012043978.html",
		"mail address":                     "780123456789@qq.com",
		"UUID":                             "550e8400-e29b-41d4-a716-446655440000",
		"hash":                             "9f86d081884c7d659a2feaa0c55ad015",
		"masked number":                    "78627****758 SF1000****0015",
		"number in a longer run":           "XSF1000000000015 SF10000000000150 SF1000000000015A 1SF1000000000015",
		"digits in a longer run":           "7731234567890123456 A773123456789012 773123456789012B",
		"letters of another script":        "éSF1000000000015 SF1000000000015ж",
		"too short behind a label":         "单号:1234567",
		"account glued to its digits":      "QQ1234567890 wx13800138000",
		"letters, but not of a number":     "iPhone15ProMax RTX4090",
		"order that begins with letters":   "DD20261122001234",
		"two numbers with nothing between": "YT1000000000013SF1000000000015 单号:YT1000000000013SF1000000000015 EA100000003CN73123456789012",
		"letters behind another's label":   "取件码 AB123456789",
	} {
		t.Run(name, func(t *testing.T) { wantNumbers(t, text, "") })
	}
}

func TestTailAndName(t *testing.T) {
	for name, c := range map[string]struct{ text, tail, name string }{
		"tail and name":                      {"SF1000000000015 1234 妈妈的茶叶", "1234", "妈妈的茶叶"},
		"tail alone":                         {"SF1000000000015 1234", "1234", ""},
		"name alone":                         {"SF1000000000015 妈妈的茶叶", "", "妈妈的茶叶"},
		"full-width, name as it was written": {"SF1000000000015　１２３４　茶叶（红）", "1234", "茶叶（红）"},
		"name keeps its case":                {"sf1000000000015 iPhone 壳", "", "iPhone 壳"},
		"behind a label":                     {"单号: SF1000000000015 1234 茶叶", "1234", "茶叶"},
		"in a numbered list":                 {"2. SF1000000000015 茶叶", "", "茶叶"},
		"behind a comma":                     {"SF1000000000015，1234", "1234", ""},
		"behind a colon":                     {"SF1000000000015:1234", "1234", ""},
		"on the next line":                   {"SF1000000000015\n1234", "1234", ""},
		"called a tail":                      {"SF1000000000015手机尾号1234的包裹", "1234", ""},
		"called the last four":               {"SF1000000000015，电话后四位是１２３４", "1234", ""},
		"in brackets":                        {"SF1000000000015（尾号1234）", "1234", ""},
		"no tail: five digits":               {"SF1000000000015 12345", "", ""},
		"no tail: money":                     {"SF1000000000015 1234.50", "", ""},
		"no tail: a year":                    {"SF1000000000015 2026-11-22", "", ""},
		"no tail: a year in words":           {"SF1000000000015，2026年", "", ""},
		"no tail: more groups":               {"SF1000000000015 1234 5678", "", ""},
		"no tail: the next line says more":   {"SF1000000000015\n1234 号楼", "", ""},
		"no tail: a pickup code":             {"SF1000000000015取件码1234", "", ""},
		"the last four of a phone":           {"SF1000000000015 13800138000", "8000", ""},
		"no name: glued to the number":       {"SF1000000000015妈妈的茶叶", "", ""},
		"no name: something stands before":   {"我的 SF1000000000015 茶叶", "", ""},
		"no name: twenty-one characters":     {"SF1000000000015 " + strings.Repeat("茶", 21), "", ""},
		"twenty characters":                  {"SF1000000000015 " + strings.Repeat("茶", 20), "", strings.Repeat("茶", 20)},
		"no name: a question":                {"SF1000000000015 到哪了？", "", ""},
		"no name: whose phone it is":         {"SF1000000000015 张三 138 0013 8000", "8000", ""},
		"no name: it is the next line":       {"SF1000000000015\n茶叶", "", ""},
		"name ends at the next number":       {"SF1000000000015 茶叶 单号:YT9876543210123 书", "", "茶叶"},
		"no name: and":                       {"SF1000000000015 和 YT9876543210123", "", ""},
		"a tail called one behind the name":  {"SF1000000000015 妈妈的茶叶，手机尾号１２３４", "1234", "妈妈的茶叶"},
		"a tail behind the name":             {"SF1000000000015 茶叶 1234", "1234", "茶叶"},
		"the first tail counts":              {"SF1000000000015 1234 茶叶 尾号5678", "1234", "茶叶"},
		"no name: it was copied along":       {"运单号：SF1000000000015 复制", "", ""},
		"no name: a question without a mark": {"SF1000000000015 怎么还没到", "", ""},
		"no name: an amount":                 {"SF1000000000015 8.50元", "", ""},
		"a tail called one in English":       {"SF1000000000015, last 4 digits 1234", "1234", ""},
		"no name: impatience":                {"SF1000000000015 急急急！", "", ""},
		"no name: the next one's label":      {"SF1000000000015 包裹2：YT9876543210123", "", ""},
		"no name: the next one's ordinal":    {"SF1000000000015 第二个 YT9876543210123", "", ""},
		"a tail in brackets, then a name":    {"SF1000000000015 (1234) 茶叶", "1234", "茶叶"},
		"brackets that belong to the name":   {"SF1000000000015 1234 茶叶（红）", "1234", "茶叶（红）"},
		"all of it in brackets":              {"「SF1000000000015 1234 茶叶」", "1234", "茶叶"},
		"a link that ends before digits":     {"SF1000000000015 http:// -1234", "", ""},
		"a label without a name":             {"备注 SF1000000000015", "", ""},
		"a name that is called one":          {"单号: SF1000000000015 尾号: 1234 备注: 茶叶", "1234", "茶叶"},
		"behind a pictogram":                 {"📦 SF1000000000015 1234 茶叶", "1234", "茶叶"},
		"behind a Chinese ordinal":           {"十二、SF1000000000015 茶叶", "", "茶叶"},
		"no tail: money behind a blank":      {"SF1000000000015 1234 元", "", ""},
		"a tail before a word like a unit":   {"SF1000000000015 1234 元宵", "1234", "元宵"},
		"a tail before an amount":            {"SF1000000000015 1234 2箱苹果", "1234", "2箱苹果"},
		"no name: how many":                  {"SF1000000000015 1234 x2", "1234", ""},
		"name ends at the next one's mark":   {"①SF1000000000015 茶叶②YT9876543210123", "", "茶叶"},
		"no name: a question in English":     {"SF1000000000015 where is it", "", ""},
		"no name: an order to look":          {"SF1000000000015 查快递", "", ""},
		"no name: why":                       {"SF1000000000015 为什么不动", "", ""},
		"emoji to the end":                   {"SF1000000000015 ❤️妈妈❤️", "", "❤️妈妈❤️"},
		"emoji":                              {"SF1000000000015 🎁👨‍👩‍👧", "", "🎁👨‍👩‍👧"},
	} {
		t.Run(name, func(t *testing.T) {
			n := Text(c.text).Numbers[0]
			if n.Number != "SF1000000000015" || n.Tail != c.tail || n.Name != c.name {
				t.Errorf("%q: tail %q and name %q, want %q and %q", c.text, n.Tail, n.Name, c.tail, c.name)
			}
		})
	}
}

func TestNumbersOfOneMessageKeepTheirOwnNames(t *testing.T) {
	got := Text("SF1000000000015 1234 茶叶\r\nYT9876543210123\r\n３. 73123456789012 书").Numbers
	want := []string{"茶叶", "", "书"}
	for i, n := range got {
		if n.Name != want[i] {
			t.Errorf("number %d is called %q, want %q", i+1, n.Name, want[i])
		}
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	for text, want := range map[string][]Reason{
		"订单号：123456789012":                        {Order},
		"1234567890123456789":                     {Order},
		"220813-123456789012345":                  {Order},
		"13800138000 SF1000000000015":             {Phone},
		"11010119900307003X":                      {IDCard},
		"6222021234567890128":                     {BankCard},
		"13800138000 13900139000 订单 123456789012": {Phone, Order},
		"SF100000000001":                          {Mistyped},
		"YT1OOOOOO000013":                         {Mistyped},
		"YT10000000000l3 怎么查不到":                   {Mistyped},
		"YT1000000000013SF1000000000015":          {Mistyped},
		"TT手机壳 取件码 SF100001 你好":                   nil,
		"https://a.example/SF100000000001":        nil,
		"你好":                                      nil,
	} {
		if got := Text(text).Refused; !slices.Equal(got, want) {
			t.Errorf("%q is refused for %v, want %v", text, got, want)
		}
	}
}

func TestTwentyNumbersAreReadAndTheRestCounted(t *testing.T) {
	var text strings.Builder
	for i := range 25 {
		fmt.Fprintf(&text, "SF10000000000%02d\n", i)
	}
	text.WriteString("SF1000000000024 SF1000000000003")
	got := Text(text.String())
	if len(got.Numbers) != MaxNumbers || got.More != 5 {
		t.Errorf("%d numbers and %d more, want %d and 5", len(got.Numbers), got.More, MaxNumbers)
	}
}

func TestWhatFollowsTrackIsANumberWhateverItLooksLike(t *testing.T) {
	got := Text("123456 1234 茶叶")
	if len(got.Numbers) != 0 {
		t.Fatalf("without /track: %v", got.Numbers)
	}
	n := Tracked(" 123456 1234 茶叶").Numbers
	if len(n) != 1 || n[0].Number != "123456" || n[0].Tail != "1234" || n[0].Name != "茶叶" {
		t.Errorf("got %+v", n)
	}
	if n := Tracked("茶叶 123456").Numbers; len(n) != 0 {
		t.Errorf("a number that does not open the text: %+v", n)
	}
	if n := Tracked(strings.Repeat("0", longest+1)).Numbers; len(n) != 0 {
		t.Errorf("more characters than any number has: %+v", n)
	}
	if got := Tracked("13800138000"); len(got.Numbers) != 0 || got.Refused[0] != Phone {
		t.Errorf("a phone: %+v", got)
	}
}

func TestRecogniseNumberTakesAnyPlausibleOne(t *testing.T) {
	for text, want := range map[string]string{
		"sf1000000000015":       "SF1000000000015",
		" SF 1000 0000 00015":   "SF1000000000015",
		"１２３４５６":                "123456",
		"12-34-56-78":           "12345678",
		"ABCD1234":              "ABCD1234",
		"1234567890123456789":   "1234567890123456789", // like an order, but it was given as a number
		"12345":                 "",
		"ABCDEF":                "",
		"13800138000":           "",
		"110101199003070037":    "",
		"单号12345678":            "",
		strings.Repeat("1", 35): "",
		"":                      "",
	} {
		n, ok := One(text)
		if n.Number != want || ok != (want != "") {
			t.Errorf("%q is read as %q", text, n.Number)
		}
		if ok && n.Carriers == nil {
			t.Errorf("%q has nil carriers", text)
		}
	}
}

// Whatever a number is glued to, it is not cut out.
func TestNoNumberIsCutOutOfALongerRun(t *testing.T) {
	numbers := []string{"SF1000000000015", "73123456789012", "773123456789012", "780123456789", "RB123456785GB", "YT1234567890123456"}
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.SampledFrom(numbers).Draw(t, "number")
		before := rapid.StringMatching(`[A-Za-z0-9]{0,3}`).Draw(t, "before")
		after := rapid.StringMatching(`[A-Za-z0-9]{0,3}`).Draw(t, "after")
		if before+after == "" {
			return
		}
		for _, n := range Text("快递" + before + number + after + "到了").Numbers {
			if len(n.Number) <= len(number) {
				t.Fatalf("%d characters were read out of a longer run", len(n.Number))
			}
		}
	})
}

// What is read of any text keeps what its types promise.
func TestRecognisedKeepsItsPromises(t *testing.T) {
	pieces := []string{"SF1000000000015", "73123456789012", "1234", " ", "-", "\n", "单号：", "茶叶", "13800138000", "http://", "?nu=", "，", "0000", "ｓｆ", "SF", "/", "*", "订单号"}
	rapid.Check(t, func(t *rapid.T) {
		checkPromises(t, strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "pieces"), ""))
		checkPromises(t, rapid.String().Draw(t, "text"))
	})
}

type failer interface{ Fatalf(string, ...any) }

func checkPromises(t failer, text string) {
	got := Text(text)
	if len(got.Numbers) > MaxNumbers || got.Text != text || got.Numbers == nil {
		t.Fatalf("%d numbers of %d bytes", len(got.Numbers), len(text))
	}
	there := compact(Normalise(text))
	seen := map[string]bool{}
	for _, n := range got.Numbers {
		switch {
		case !strings.Contains(there, n.Number) || seen[n.Number]:
			t.Fatalf("a number is not there, or twice")
		case len(n.Number) < 6 || len(n.Number) > longest || runEnd(n.Number, 0) != len(n.Number):
			t.Fatalf("a number of %d characters", len(n.Number))
		case n.Carriers == nil || n.Sure && len(n.Carriers) != 1:
			t.Fatalf("sure %v of %v", n.Sure, n.Carriers)
		case n.Tail != "" && (len(n.Tail) != 4 || !isDigits(n.Tail)):
			t.Fatalf("a tail of %d characters", len(n.Tail))
		case len([]rune(n.Name)) > 20 || n.Name != strings.TrimSpace(n.Name) || strings.ContainsFunc(n.Name, unicode.IsControl):
			t.Fatalf("name %q", n.Name)
		}
		seen[n.Number] = true
	}
}

func FuzzRecognise(f *testing.F) {
	for block := range strings.SplitSeq(messages, "---") {
		f.Add(block)
	}
	for _, line := range strings.Split(strings.TrimSpace(chatLines), "\n") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkPromises(t, text)
		if n, ok := One(text); ok && len(n.Number) < 6 {
			t.Fatalf("a number of %d characters", len(n.Number))
		}
	})
}

func wantNumbers(t *testing.T, text, want string) {
	t.Helper()
	var got []string
	for _, n := range Text(text).Numbers {
		got = append(got, n.Number)
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%q gives %q, want %q", text, got, want)
	}
}

// What a reader remembers of one text is not in the next one's result.
func TestAReaderReadsEachTextAsIfItWereTheFirst(t *testing.T) {
	var r Reader
	texts := strings.Split(messages, "\n")
	for _, text := range append(texts, strings.Split(chatLines, "\n")...) {
		if got, want := r.Text(text), Text(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}
