package table

import (
	"slices"
	"strings"
	"unicode/utf8"

	"waybill/tracking/recognise"
)

// roleKind is what a column is for.
type roleKind int

const (
	roleNone roleKind = iota
	roleNumber
	roleCarrier
	roleName
	roleTail
)

// role is what a title says of its column; of several columns for the same the one
// with the lowest rank counts.
type role struct {
	kind roleKind
	rank int
}

// unsure is the rank of a title that may also be that of an order's number.
const unsure = 5

// roleOf reads a title, in whatever width, case and characters it is written.
func roleOf(title string) role {
	word := fold(title)
	if word == "" || len([]rune(word)) > 20 {
		return role{}
	}
	for _, read := range []func(string) (role, bool){numberTitle, carrierTitle, nameTitle, tailTitle} {
		if r, ok := read(word); ok {
			return r
		}
	}
	return role{}
}

func numberTitle(word string) (role, bool) {
	number := slices.ContainsFunc([]string{"号", "号码", "编号", "id", "no", "number", "code", "num"}, func(end string) bool { return strings.HasSuffix(word, end) })
	switch word {
	case "单号", "单据号码", "查询单号":
		return role{roleNumber, unsure}, true
	case "number", "numbers", "no", "code":
		return role{roleNumber, unsure + 1}, true
	case "tracking", "waybill", "awb", "trackings", "运单", "追踪码":
		return role{roleNumber, 1}, true
	}
	if !number || strings.Contains(word, "订单") || strings.Contains(word, "order") || strings.Contains(word, "退货") || strings.Contains(word, "手机") || strings.Contains(word, "电话") {
		return role{}, false
	}
	for rank, stem := range []string{"快递", "运单", "物流", "托运", "货运", "tracking", "waybill", "awb", "包裹", "邮件", "面单", "追踪", "跟踪", "配送", "宅配", "consignment", "shipment", "parcel", "package", "发货单", "快件"} {
		if strings.Contains(word, stem) {
			if strings.HasSuffix(word, "公司编号") || strings.HasSuffix(word, "公司代号") || strings.Contains(word, "companyno") {
				return role{}, false
			}
			return role{roleNumber, min(rank, unsure-1)}, true
		}
	}
	return role{}, false
}

func carrierTitle(word string) (role, bool) {
	switch word {
	case "快递公司", "承运商", "物流公司", "快递", "物流", "承运公司", "承运人", "配送公司", "货运公司", "宅配公司", "快递名称", "物流名称", "快递公司名称", "物流公司名称",
		"物流商", "快递商", "物流承运商", "快递品牌", "物流服务商", "快递服务商", "配送商", "carrier", "courier", "carriername", "couriername", "shippingcarrier",
		"carriercode", "shippingcompany", "logisticscompany", "expresscompany", "deliverycompany":
		return role{roleCarrier, 0}, true
	case "快递方式", "物流方式", "配送方式", "发货方式", "运输方式", "快递公司编号", "快递公司代码", "物流公司编号", "shippingmethod":
		return role{roleCarrier, 1}, true
	}
	return role{}, false
}

func nameTitle(word string) (role, bool) {
	words := []string{
		"备注", "包裹备注", "包裹名称", "note", "notes", "remark", "remarks", "memo", "label", "名称", "name", "parcelname",
		"品名", "物品", "物品名称", "商品", "商品名称", "商品名", "商品标题", "宝贝标题", "宝贝名称", "产品", "产品名称", "货品", "货品名称", "货物名称", "托寄物", "托寄物内容", "内容", "内件品名",
		"item", "items", "itemname", "product", "productname", "goods", "title", "description", "content", "contents", "买家备注", "卖家备注", "商家备注",
	}
	at := slices.Index(words, word)
	return role{roleName, at}, at >= 0
}

func tailTitle(word string) (role, bool) {
	switch word {
	case "尾号", "手机尾号", "电话尾号", "手机号后四位", "电话后四位", "手机后四位", "后四位", "末四位", "末四码", "后四码", "手机末四码", "tail", "phonetail", "lastfour", "last4", "phonelast4", "last4digits", "lastfourdigits":
		return role{roleTail, 0}, true
	}
	phone := slices.ContainsFunc([]string{"手机", "电话", "联系方式", "phone", "mobile", "cellphone"}, func(stem string) bool { return strings.Contains(word, stem) }) || word == "tel" || word == "telephone"
	if !phone {
		return role{}, false
	}
	for rank, stems := range [][]string{{"收", "receiver", "recipient", "consignee", "buyer", "买家"}, nil, {"寄", "发件", "发货", "sender", "shipper"}} {
		if stems == nil || slices.ContainsFunc(stems, func(stem string) bool { return strings.Contains(word, stem) }) {
			if sends := strings.Contains(word, "寄") || strings.Contains(word, "发件") || strings.Contains(word, "发货") || strings.Contains(word, "sender") || strings.Contains(word, "shipper"); sends && stems == nil {
				continue
			}
			return role{roleTail, rank + 1}, true
		}
	}
	return role{}, false
}

// simplified pairs the characters of titles that Traditional Chinese writes otherwise
// with those of Simplified Chinese.
const simplified = "單单 號号 碼码 運运 遞递 託托 備备 註注 電电 話话 機机 稱称 訂订 編编 聯联 繫系 係系 貨货 蹤踪 蹟迹 裝装 內内 標标 題题 買买 賣卖 後后 發发 產产 寶宝 貝贝 務务 郵邮 據据 詢询 傳传 輸输 終终 數数 總总 項项 裏里"

// simplify is the Simplified form of a character of titles.
func simplify(r rune) rune {
	for pair := range strings.FieldsSeq(simplified) {
		if other, found := strings.CutPrefix(pair, string(r)); found {
			form, _ := utf8.DecodeRuneInString(other)
			return form
		}
	}
	return r
}

// fold is a title as titles are compared: without blanks, punctuation and what stands
// in brackets, in small letters and Simplified Chinese.
func fold(title string) string {
	title = strings.ToLower(recognise.Normalise(title))
	if at := strings.IndexAny(title, "([【（"); at > 0 {
		title = title[:at]
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n\u00a0*:：#_-.·/\\'’\"", r) {
			return -1
		}
		return simplify(r)
	}, title)
}
