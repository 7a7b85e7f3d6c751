package recognise

import "strings"

// whoseTail is how long the word is that ends a text, if it says whose phone
// the tail behind it is of: 收方尾号, 机主尾号, 我媳妇手机尾号.
func whoseTail(s string) int {
	return ending(s, "收方 寄方 收件方 寄件方 收货方 发货方 发件人 发货人 机主 号主 对方 联系人 买家 卖家 客户 顾客 预留 登记 绑定 注册 常用 取件人 "+
		"男朋友 女朋友 朋友 男友 女友 老公 老婆 媳妇 先生 太太 女士 小姐 儿子 女儿 同事 室友 舍友 妈 爸 爷 奶 婆 公 姥姥 姥爷 姐 妹 哥 弟 姨 叔 舅 姑 夫 嫂 伯 娘 他 她 人")
}

// isSenders says that the words which announce a tail give it to the sender.
func isSenders(words string) bool {
	for _, who := range [...]string{"寄方", "寄件", "发件", "发货", "卖家", "SENDER"} {
		if strings.Contains(words, who) {
			return true
		}
	}
	return false
}
