package handlers

import "testing"

func TestSubjectOfAQuestion(t *testing.T) {
	for text, want := range map[string]string{
		"洗衣液到哪了": "洗衣液", "那个茶叶怎么还没到": "茶叶", "请问我的鞋什么时候到？": "鞋", "查一下手机壳的物流": "手机壳", "茶葉還沒到嗎": "茶葉", "0017到哪儿了": "0017", "第2个到哪了": "第2", "2号到哪了": "2号",
		"where is the tea": "tea", "has my kettle arrived yet": "kettle", "where's my lamp?": "lamp",
		"我的快递到哪了": "", "到哪了": "", "怎么还没到": "", "今天能到吗": "", "快递呢": "", "where is my parcel": "", "where is it": "", "when will it arrive": "", "什么时候到": "", "几号到": "",
	} {
		if got := subjectOf(text); got != want {
			t.Errorf("%q is about %q, want %q", text, got, want)
		}
	}
}
