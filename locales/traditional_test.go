package locales_test

import "testing"

func TestCarriersWordsAreWrittenAsTheirReadersWrite(t *testing.T) {
	bundle := load(t, "zh-CN")
	for _, c := range []struct{ name, lang, text, want string }{
		{"Taiwan reads Traditional", "zh-TW", "【武汉市】快件已到达武汉阳光小区菜鸟驿站", "【武漢市】快件已到達武漢陽光小區菜鳥驛站"},
		{"and Taiwan's words", "zh-TW", "软件信息发送中", "軟體資訊傳送中"},
		{"codes, phones and numbers stay", "zh-TW", "货架K39021，凭 3-2-5012 取件，电话13800138000，YT1000000000013", "貨架K39021，憑 3-2-5012 取件，電話13800138000，YT1000000000013"},
		{"Traditional stays", "zh-TW", "貨件轉運中，台中轉運站發往高雄", "貨件轉運中，台中轉運站發往高雄"},
		{"what has two forms is decided by the words around it", "zh-TW", "干线运输，签收后请开发票", "幹線運輸，簽收後請開發票"},
		{"English stays", "zh-TW", "Out for delivery", "Out for delivery"},
		{"the mainland reads it as it is", "zh-CN", "已到达武汉", "已到达武汉"},
		{"Traditional too", "zh-CN", "已到達台中", "已到達台中"},
		{"who reads English sees the carrier's words", "en", "已到达武汉", "已到达武汉"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 { // the second time it is remembered
				if got := bundle.For(c.lang).Written(c.text); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
		})
	}
}

func BenchmarkWritten(b *testing.B) {
	bundle := load(b, "zh-CN")
	taiwan := bundle.For("zh-TW")
	for b.Loop() {
		taiwan.Written("【武汉市】快件已到达武汉阳光小区菜鸟驿站")
	}
}
