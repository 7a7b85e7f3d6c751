package handlers

import "testing"

func TestWhatATextBeginsWith(t *testing.T) {
	for text, want := range map[string]Opening{
		"列表": OpensCommand, "列表 全部": OpensCommand, "/list": OpensCommand, "／list": OpensCommand, "/whatever 1": OpensCommand, "停止 1": OpensCommand, "停止1": OpensCommand, "停止 妈妈的茶叶": OpensCommand, "停止": OpensCommand, "stop 2": OpensCommand, "备注 2 茶叶": OpensCommand, "取消静音 2": OpensCommand, "帮助": OpensCommand, "停止 " + example: OpensCommand,
		"english": OpensCommand, "en": OpensCommand, "繁體中文": OpensCommand, "语言 en": OpensCommand, "语言 繁体中文": OpensCommand, "每天 8点半": OpensCommand, "提醒 每天 8点半": OpensCommand, "daily 9:00": OpensCommand, "/news daily 9:00": OpensCommand, "全部停止": OpensCommand, "提醒 全部": OpensCommand,
		"查 " + example: OpensTrack, "/track " + example: OpensCommand,
		example: OpensNumber, example + " 1234 茶叶": OpensNumber, "单号 " + example: OpensNumber, "单号:Q7654321": OpensNumber,
		"助手 " + example: OpensAnswer, "1": OpensAnswer, "1234": OpensAnswer, "是": OpensAnswer, "不要": OpensAnswer, "我的快递到哪了": OpensAnswer, "where is my parcel": OpensAnswer,
		"": OpensNothing, "茶叶": OpensNothing, "你好": OpensNothing, "列表 停止 1": OpensNothing, "查询 列表": OpensNothing, "查询 茶叶": OpensNothing, "详情 列表": OpensNothing, "助手 停止 1": OpensNothing, "Bot /list": OpensNothing, "/": OpensNothing, "帮助 我": OpensNothing, "帮助 english": OpensNothing, "列表 每天 8点": OpensNothing,
	} {
		if got := Opens(text); got != want {
			t.Errorf("%q opens %d, want %d", text, got, want)
		}
	}
}
