package recognise

import (
	"testing"
	"unicode/utf8"
)

// chatLines are lines of 60 characters as people and couriers write them,
// about every second one with a number.
func chatLines() []string {
	lines := []string{
		"你好，我前天在你们店里买的那件羽绒服到现在还没有收到货，麻烦帮我看一下现在到哪里了，大概什么时候能送到我家里？",
		"【菜鸟驿站】您的中通快递包裹（运单号73123456789012）已到阳光花园3号楼驿站，请凭取件码8-4-1007及时领取，如有疑问请咨询店家。",
		"我的快递SF1000000000015到哪了？昨天晚上显示已经到杭州转运中心了，今天一整天都没有更新，是不是丢件了啊，急用",
		"好的收到，那就麻烦你们了，等包裹到了以后我再确认一下尺码合不合适，如果不合适的话我还是要换货的，谢谢老板",
		"【顺丰速运】您的快件SF1000000000015已由快递员张三（13800138000）派送，取件后请当面验收，签收请出示取件码。",
		"SF1000000000015 1234 妈妈的茶叶",
		"明天上午10:30在公司三楼会议室开会，请大家提前准备好2026年第四季度的总结材料，会议号123-456-789，密码1234，不要迟到",
		"https://www.kuaidi100.com/chaxun?com=shunfeng&nu=SF1000000000015&from=share 点击链接查看物流信息",
		"您尾号1234的储蓄卡11月22日10:30消费支出人民币8999.00元，活期余额12345.67元。如非本人操作请致电95588。【工商银行】",
		"单号是 YT9876543210123 圆通的，寄给王女士，电话13900139000，地址浙江省杭州市西湖区文三路123号4幢502室",
		"单号：780123456789、780123456790、780123456791，都是中通的，一共三个包裹，麻烦帮忙查一下到哪里了",
		"这个月的房租一共3500元，水费86.5元，电费120.3元，物业费200元，合计3906.8元，转到我微信上就行了，谢谢你啦",
		"RB123456785GB 这个是从英国寄过来的国际邮件，已经半个月没有消息了，请问是卡在海关了吗？需要我提供身份证信息吗？",
		"哈哈哈哈哈太好笑了，周末要不要一起去看电影，听说最近上映的那部片子评分特别高，叫上小李他们一起呗，我请客哦",
	}
	filler := []rune("，麻烦帮忙看一下这个包裹现在走到哪里了，大概什么时候可以送到，家里一直有人，谢谢你们，辛苦了，祝生意兴隆万事如意，改天再来")
	for i, line := range lines {
		if short := 60 - utf8.RuneCountInString(line); short > 0 {
			lines[i] = line + string(filler[:short])
		} else {
			lines[i] = string([]rune(line)[:60])
		}
	}
	return lines
}

// BenchmarkRecognise reads chat lines of 60 characters and encodes what it
// found, as `bot recognise` does; lines/s is what one core does.
func BenchmarkRecognise(b *testing.B) {
	lines := chatLines()
	var buf []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		buf = Text(lines[i%len(lines)]).AppendJSON(buf[:0])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
