package models_test

import (
	"testing"

	"waybill/models"
)

func TestPhonesAreMasked(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a mobile", "派件员张三，电话13812345678，请保持畅通", "派件员张三，电话138****5678，请保持畅通"},
		{"a mobile in brackets", "快递员李四(13912345678)正在派件", "快递员李四(139****5678)正在派件"},
		{"with blanks", "电话 138 1234 5678", "电话 138 **** 5678"},
		{"with dashes", "电话 138-1234-5678。", "电话 138-****-5678。"},
		{"in another grouping", "1381 234 5678", "138* *** 5678"},
		{"with the country", "+8613812345678、0086 13812345678、86-13812345678", "+86138****5678、0086 138****5678、86-138****5678"},
		{"in full width", "电话：１３８１２３４５６７８", "电话：１３８****５６７８"},
		{"with another dash", "138—1234—5678", "138—****—5678"},
		{"two of them", "13812345678/13987654321", "138****5678/139****4321"},
		{"a word of Latin letters before it", "Tel13812345678 tel:13812345678", "Tel138****5678 tel:138****5678"},
		{"a landline", "网点电话0571-87654321", "网点电话0571-8*****21"},
		{"a landline of seven digits", "0319-7654321", "0319-7****21"},
		{"a landline in brackets", "(010)87654321，（021）8765 4321", "(010)8*****21，（021）8*** **21"},
		{"a landline with a blank", "0571 87654321", "0571 8*****21"},
		{"a landline in one run", "057187654321 01087654321", "05718*****21 0108*****21"},
		{"a landline's extension", "0571-87654321转802", "0571-8*****21转***"},
		{"a landline of Taiwan", "02-2345-6789、(04)23456789", "02-2***-**89、(04)2*****89"},
		{"a mobile of Taiwan", "0912-345-678 0912345678", "0912-***-678 0912***678"},
		{"a phone of Hong Kong", "+852 9123 4567", "+852 **** **67"},
		{"a phone of elsewhere", "+44 20 7946 0958", "+44 2* **** **58"},
		{"a virtual number", "虚拟号18400001234-5678", "虚拟号184****1234-****"},
		{"a virtual number to be connected", "18400001234转5678，18400001234 轉 5678", "184****1234转****，184****1234 轉 ****"},
		{"a virtual number in other forms", "18400001234#5678 18400001234,5678 18400001234ext.5678 18400001234分机5678", "184****1234#**** 184****1234,**** 184****1234ext.**** 184****1234分机****"},
		{"a town's number behind its word", "联系电话：87654321", "联系电话：8*****21"},
		{"a town's number behind a courier's name", "快递员：张小三(8765432)", "快递员：张小三(8****32)"},
		{"a virtual number of a company", "电话 95013312345678", "电话 9***********78"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := models.MaskPhones(c.text); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := models.MaskPhones(c.want); got != c.want {
				t.Errorf("masked again it is %s", got)
			}
		})
	}
}

func TestWhatIsNoPhoneStays(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"a masked mobile", "电话138****5678"},
		{"a mobile masked in another way", "138 **** 5678，1380013XXXX"},
		{"a masked virtual number", "184****0000-1234"},
		{"hotlines", "客服电话95338，400-811-1111，4008111111，800-820-8820，客服热线：95543"},
		{"a waybill of fifteen digits", "运单773138123456789已揽收"},
		{"a waybill with letters", "SF1381234567890，JDVA13812345678，YT13812345678"},
		{"a code for the pickup", "凭取件码 12-3-4567 到菜鸟驿站取件"},
		{"a long code behind a courier's word", "请联系快递员，取件码12345678"},
		{"a date and a time", "2026-11-28 12:30:45 联系收件人"},
		{"a date without dashes", "预计20261128送达"},
		{"a flight and a weight", "航班CZ3812 重量12.345"},
		{"few digits", "已到达 3 号库"},
		{"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := models.MaskPhones(c.text); got != c.text {
				t.Errorf("got %s", got)
			}
		})
	}
}

func FuzzMaskPhones(f *testing.F) {
	for _, text := range []string{"电话13812345678转1234", "0571-87654321 分机", "+86(010)87654321", "分机1", "\xff13812345678"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := models.MaskPhones(text)
		if twice := models.MaskPhones(once); twice != once {
			t.Errorf("%q is masked to %q, and that to %q", text, once, twice)
		}
	})
}
