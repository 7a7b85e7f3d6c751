package handlers

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseReadsCommandsInEverySpelling(t *testing.T) {
	for text, want := range map[string]command{
		"/list":                  {verbList, ""},
		"/listall":               {verbList, "all"},
		"/stop2":                 {verbStop, "2"},
		"/STOP2@bot":             {verbStop, "2"},
		"/stop2 3":               {verbStop, "2 3"},
		"/unmute1":               {verbUnmute, "1"},
		"/trackSF1000000000015":  {verbTrack, "SF1000000000015"},
		"取消 静音 2":                {verbUnmute, "2"},
		"尾号关":                    {verbTail, "关"},
		"／list":                  {verbList, ""},
		"／ｌｉｓｔ　ａｌｌ":              {verbList, "ａｌｌ"},
		"/LIST all":              {verbList, "all"},
		"/list@WaybillBot all":   {verbList, "all"},
		"/列表":                    {verbList, ""},
		"列表":                     {verbList, ""},
		" 列表。":                   {verbList, ""},
		"列表 全部":                  {verbList, "全部"},
		"列表全部":                   {verbList, "全部"},
		"/stop 2":                {verbStop, "2"},
		"/stop":                  {verbStop, ""},
		"停止":                     {verbStop, ""},
		"停止2":                    {verbStop, "2"},
		"停止２":                    {verbStop, "２"},
		"停止第2个":                  {verbStop, "第2个"},
		"停止 SF1000000000015":     {verbStop, "SF1000000000015"},
		"停止SF1000000000015":      {verbStop, "SF1000000000015"},
		"取消 2":                   {verbCancel, "2"},
		"取消":                     {verbCancel, ""},
		"取消全部":                   {verbCancel, "全部"},
		"取消静音":                   {verbUnmute, ""},
		"取消静音 2":                 {verbUnmute, "2"},
		"静音2":                    {verbMute, "2"},
		"/mute 2":                {verbMute, "2"},
		"/unmute 2":              {verbUnmute, "2"},
		"详情 2":                   {verbDetail, "2"},
		"详情：2":                   {verbDetail, "2"},
		"备注 2 妈妈的茶叶":             {verbName, "2 妈妈的茶叶"},
		"/name 2 Mum's  tea":     {verbName, "2 Mum's  tea"},
		"尾号 1234":                {verbTail, "1234"},
		"尾号１２３４":                 {verbTail, "１２３４"},
		"尾号：1234":                {verbTail, "1234"},
		"/tail off":              {verbTail, "off"},
		"查 SF1000000000015":      {verbTrack, "SF1000000000015"},
		"查SF1000000000015 1234":  {verbTrack, "SF1000000000015 1234"},
		"/track\nSF100":          {verbTrack, "SF100"},
		"语言 en":                  {verbLang, "en"},
		"语言英文":                   {verbLang, "英文"},
		"导出":                     {verbExport, ""},
		"忘记我":                    {verbForget, ""},
		"帮助":                     {verbHelp, ""},
		"帮助？":                    {verbHelp, ""},
		"/help":                  {verbHelp, ""},
		"/start":                 {verbHelp, ""},
		"/START@waybillbot hi":   {verbHelp, "hi"},
		"列表@waybillbot":          {verbList, ""},
		"/停止 1 3":                {verbStop, "1 3"},
		"停止@waybillbot 2":        {verbStop, "2"},
		"/forget":                {verbForget, ""},
		"/push 仓库群 2":            {verbPush, "仓库群 2"},
		"／push off 2":            {verbPush, "off 2"},
		"推送 仓库群 2":               {verbPush, "仓库群 2"},
		"推送 off 2":               {verbPush, "off 2"},
		"推送 关 2":                 {verbPush, "关 2"},
		"推送关 2":                  {verbPush, "关 2"},
		"推送":                     {verbPush, ""},
		"取消推送 2":                 {verbUnpush, "2"},
		"取消 推送 2":                {verbUnpush, "2"},
		"取消推送2":                  {verbUnpush, "2"},
		"/detail SF100000000001": {verbDetail, "SF100000000001"},
	} {
		if got, ok := parse(text); !ok || got != want {
			t.Errorf("%q is read as %+v (%v), want %+v", text, got, ok, want)
		}
	}
}

func TestParseLeavesSentencesAlone(t *testing.T) {
	for _, text := range []string{
		"", "/", "／", "查一下我的快递", "查快递", "取消订单怎么弄", "帮助我写一封信", "列表里有什么", "详情页打不开",
		"/stops", "/listen", "/trackme", "尾号不对", "语言不通", "忘记我吧好吗亲", "静音模式怎么开", "我的列表", "stop", "/nonsense", "/usr/bin", "尾号是1234", "导出一下", "推送通知怎么开", "取消推送通知",
	} {
		if got, ok := parse(text); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestEnglishCommandsNeedNoSlashWhereNothingButRowsFollow(t *testing.T) {
	for text, want := range map[string]command{
		"list": {verbList, ""}, "List all": {verbList, "all"}, "help!": {verbHelp, ""}, "STOP 2": {verbStop, "2"},
		"detail 1-2": {verbDetail, "1-2"}, "ｓｔｏｐ　２": {verbStop, "2"},
		"stop SF1000000000015": {verbStop, "SF1000000000015"},
	} {
		if got, ok := unslashed(text); !ok || got != want {
			t.Errorf("%q is read as %+v (%v), want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "stop it", "list of things", "name of the carrier", "tail of the dog", "forget", "please help", "help 2"} {
		if got, ok := unslashed(text); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestAsksWhere(t *testing.T) {
	for text, want := range map[string]bool{
		"还要多久": true, "還要多久？": true, "到武汉了吗": true, "几号到": true, "is it delivered?": true, "has it arrived": true, "did it arrive?": true, "Where?": true,
		"is it coming today?": true, "when's it coming": true, "what's the status": true, "has my order shipped": true,
		"到底是谁啊": false, "是不是到了吗这个时候": false, "how is it going": false, "has it been raining": false, "where are you from": false, "还要多久才下班": false,
		"我的快递到哪了": true, "我的快递到哪儿了？": true, "快递呢": true, "到哪了": true, "到哪儿了": true, "到哪里了": true,
		"包裹到了吗": true, "查一下我的快递": true, "查快递": true, "帮我看看物流": true, "物流信息": true, "我的快递": true,
		"我的快递什么时候到": true, "快递怎么还没到": true, "where is my parcel": true, "Where's my package?": true,
		"any news about my order": true, "my packages?": true, "status of my shipment": true, "track my parcel": true,
		"when will my delivery arrive": true, "any updates?": true, "news": true,
		"怎么还没到啊！！！": true, "什么时候能到": true, "到哪了呀亲": true, "还没收到": true, "多久到": true, "物流怎么不动了": true,
		"我昨天下的单什么时候发货呀": true, "还没到吗": true, "到了没": true, "怎么不动了": true, "好几天没更新了": true, "没收到啊": true, "我的东西呢": true,
		"快遞呢": true, "怎麼還沒到啊": true, "什麼時候會到": true, "到哪裡了": true, "還沒收到": true, "多久會到": true, "包裹到了嗎": true, "物流怎麼不動了": true,
		"where's my stuff": true, "still not here": true, "Still hasn’t arrived!!": true, "it hasn't come yet": true, "where is it": true,
		"when will it arrive": true, "how long will it take": true, "still waiting": true,
		"我还没到家": false, "看到了吗": false, "收到": false, "收到了谢谢": false, "什么时候下班": false, "怎么收费": false, "多久更新一次": false, "你是机器人吗": false,
		"还没想好": false, "怎么用": false, "没收到验证码": false, "不是": false, "how does this work": false, "what can you do": false,
		"are you still there": false, "that is not what I want": false, "how long do you keep it": false,
		"你好": false, "今天天气不错": false, "快递员很好": false, "hello": false, "thanks": false,
		"我在公司": false, "package main": false,
	} {
		if got := asksWhere(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestRowsIn(t *testing.T) {
	for text, want := range map[string][]int{
		"2": {2}, "２": {2}, "1 3": {1, 3}, "1,3": {1, 3}, "1、3": {1, 3}, "1-3": {1, 2, 3}, "1~2": {1, 2}, "2到4": {2, 3, 4},
		"第2个": {2}, "2号": {2}, "#2": {2}, "1和3": {1, 3}, "第一个": {1}, "第十件": {10}, "第十二个": {12}, "第三十": {30}, "第九十九号": {99},
		"": nil, "0": nil, "-1": nil, "3-1": nil, "1-99999999": nil, "SF1000000000015": nil, "两个": nil, "1 x": nil, "一个": nil, "第个": nil, "第十十": nil, "第百": nil, "第一二": nil,
	} {
		got, ok := rowsIn(text)
		if ok != (want != nil) || len(got) != len(want) {
			t.Errorf("%q: %v, %v; want %v", text, got, ok, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	}
}

func TestTailIn(t *testing.T) {
	for _, c := range []struct {
		text   string
		strict bool
		want   string
	}{
		{"1234", true, "1234"},
		{"１２３４", true, "1234"},
		{" 1234。", true, "1234"},
		{"尾号1234", true, ""},
		{"尾号是1234", false, "1234"},
		{"后四位 1234 谢谢", false, "1234"},
		{"13800001234", false, "1234"},
		{"订单里留的手机是1234", false, "1234"},
		{"快递上写的尾号 1234 这个", false, "1234"},
		{"运单尾号0102", false, ""},
		{"单号的后四位是 0102", false, ""},
		{"取件码 1234", false, ""},
		{"2025年买的", false, ""},
		{"1299 元的那件", false, ""},
		{"0017到哪了", false, ""},
		{"where is 0017", false, ""},
		{"the order number ends with 0102", false, ""},
		{"123", false, ""},
		{"12345", false, ""},
		{"1234 5678", false, ""},
		{"29900001234", false, ""},
		{"", false, ""},
		{"这句话很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长 1234", false, ""},
	} {
		if got, ok := tailIn(c.text, c.strict); got != c.want && ok || ok != (c.want != "") {
			t.Errorf("%q (%v): %q, %v; want %q", c.text, c.strict, got, ok, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"/list", "停止 2", "取消静音", "／备注 2 茶", "查", "/\xff", "语言\u3000英文", "@", "/@", "备注2妈妈"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := parse(tidy(text))
		if ok && (c.verb == "" || strings.TrimSpace(c.args) != c.args) {
			t.Errorf("%q: %+v", text, c)
		}
		rows, _ := rowsIn(text)
		if len(rows) > (maxRow+1)*(utf8.RuneCountInString(text)+1) {
			t.Errorf("%d rows out of %d characters", len(rows), utf8.RuneCountInString(text))
		}
		first, rest := cutWord(text)
		if first+rest != text {
			t.Errorf("%q was cut into %q and %q", text, first, rest)
		}
		asksWhere(text)
	})
}

func TestMenuHasEveryCommandInEveryLanguage(t *testing.T) {
	menus := Menu(newWords(t, "zh-CN"))
	if len(menus["zh-CN"]) != len(menus["en"]) || len(menus["en"]) < 12 {
		t.Fatalf("%d and %d commands", len(menus["zh-CN"]), len(menus["en"]))
	}
	for lang, items := range menus {
		for _, item := range items {
			if v, ok := called(item.Name); !ok || string(v) != item.Name || strings.HasPrefix(item.Text, "menu.") {
				t.Errorf("%s: %+v", lang, item)
			}
		}
	}
}
