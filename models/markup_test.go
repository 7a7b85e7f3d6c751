package models

import "testing"

func TestPlainMakesReadableWordsOfHTML(t *testing.T) {
	for text, want := range map[string]string{
		`包裹已到<a href="https://x.example/?a=1&b=2">城西服务点</a>，凭码取件`:      "包裹已到城西服务点，凭码取件",
		`第一行<br/>第二行<BR>第三行`:                                           "第一行 第二行 第三行",
		`电话&nbsp;138&#42;&#x2a;00 &amp; 备用`:                            "电话\u00a0138**00 & 备用",
		`&lt;b&gt;已签收&lt;/b&gt;`:                                       "已签收",
		`A&amp;amp;B`:                                                  "A&B",
		`前<script>alert("<b>")</script>后<style>p{}</style><!-- x -->末`: "前 后  末",
		`重量<3kg，体积>2`:                                                  "重量<3kg，体积>2",
		`到达<Shanghai>中转`:                                               "到达<Shanghai>中转",
		`<张三>已签收 a<b`:                                                  "<张三>已签收 a<b",
		`x & y &c &copy=1`:                                             "x & y &c &copy=1",
		`<span style='color:red' data-x="a>b">派送中</span>`:              "派送中",
		`<font color=red>疑难件</font><img src=x />`:                      "疑难件",
		`点击<a href="https://x.example/long`:                            "点击",
		`<p>到达</p><p>离开</p>`:                                           " 到达  离开 ",
		`没有标记`:                                                         "没有标记",
		``:                                                             "",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
