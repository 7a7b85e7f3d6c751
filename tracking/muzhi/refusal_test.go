package muzhi_test

import (
	"fmt"

	"waybill/tracking"
	"waybill/tracking/providertest"
)

// says is Muzhi's own refusal: ok 1 comes with 200, everything else with 666.
func says(ok int, msg string) providertest.Reply {
	status := 666
	if ok == 1 {
		status = 200
	}
	return providertest.Reply{Status: status, Body: fmt.Sprintf(`{"ok":%d,"msg":%q,"status":0,"kdmc":"","kddh":"","data":[]}`, ok, msg)}
}

func gateway(status int, reason string) providertest.Reply {
	return providertest.Reply{Status: status, Header: map[string]string{"X-Ca-Error-Message": reason}}
}

func refusals() []providertest.Refusal {
	table := []providertest.Refusal{
		{Name: "the gateway's own wait is kept", Kind: tracking.ErrRate, Until: true, Reply: providertest.Reply{
			Status: 403, Header: map[string]string{"X-Ca-Error-Message": "Throttled by APP Flow Control", "Retry-After": "30"},
		}},
		{Name: "403 with its reason in the body", Kind: tracking.ErrQuota, Reply: providertest.Reply{Status: 403, Body: "Quota Exhausted"}},
	}
	own := func(ok int, msg string, noTail bool, kind error) {
		table = append(table, providertest.Refusal{
			Name: fmt.Sprintf("ok %d, %s, tail %v", ok, msg, !noTail), Reply: says(ok, msg), NoTail: noTail, Kind: kind, Billed: ok == 1,
		})
	}
	for _, msg := range []string{"未传入快递单号kddh", "请传入快递单号【kddh字段】", "传入快递单号kddh字符串长度超限", "快递单号格式不正确", "存在*字符,视为调试数据。止于当前结果。"} {
		own(0, msg, false, tracking.ErrNumber)
	}
	for _, msg := range []string{"查询失败:快递单号错误", "查询失败：快递单号错误", "单号格式不正确", "查询失败 : 快递单号错误。"} {
		own(1, msg, false, tracking.ErrNumber)
	}
	own(0, "传入快递代码code字符串长度超限", false, tracking.ErrCarrier)
	own(1, "查询成功,无法匹配物流类型", false, tracking.ErrCarrier)
	own(1, "查询成功，无法匹配物流类型", true, tracking.ErrCarrier)
	own(1, "查询成功,暂无记录", false, tracking.ErrNoRecord)
	own(1, "查询成功，暂无记录", true, tracking.ErrNoRecord)
	own(0, "查询成功,暂无记录", false, tracking.ErrNoRecord)
	own(1, "查询成功,暂无记录,请核对手机尾号", false, tracking.ErrNoRecord)
	for _, msg := range []string{"传入4位手机尾号tel字符串长度超限", "手机尾号非法格式", "请输入正确的电话号码"} {
		own(0, msg, false, tracking.ErrTailWrong)
		own(0, msg, true, tracking.ErrTailNeeded)
	}
	own(0, "接口已升级,电话号码请传入另一个字段【tel】", true, tracking.ErrTailNeeded)
	own(0, "接口已升级，电话号码请传入另一个字段【tel】", false, tracking.ErrUnavailable)
	for _, msg := range []string{
		"未传入开发者账号appid", "传入开发者账号appid字符串长度超限", "未传入查询时间sendtime", "传入查询时间sendtime字符串长度超限", "时间戳超时,请重新请求",
		"未传入签名sign", "传入签名sign字符串长度超限", "签名校验失败", "非法来源", "appid:XXXXXXXX接口已停用",
	} {
		own(0, msg, true, tracking.ErrAuth)
	}
	own(0, "系统繁忙,请联系客服电话", true, tracking.ErrUnavailable)
	own(1, "查询成功", false, tracking.ErrUnavailable) // status 0 查询异常 and no scan
	for _, g := range []struct {
		status int
		reason string
		kind   error
	}{
		{403, "Throttled by USER Flow Control", tracking.ErrRate},
		{403, "Throttled by APP Flow Control", tracking.ErrRate},
		{403, "Throttled by API Flow Control", tracking.ErrRate},
		{403, "Throttled by DOMAIN Flow Control", tracking.ErrRate},
		{403, "Quota Exhausted", tracking.ErrQuota},
		{403, "Quota Expired", tracking.ErrQuota},
		{403, "Expiry of Authorization", tracking.ErrQuota},
		{403, "User Arrears", tracking.ErrQuota},
		{403, "", tracking.ErrQuota},
		{403, "Unauthorized", tracking.ErrAuth},
		{400, "Invalid AppKey", tracking.ErrAuth},
		{400, "Invalid AppSecret", tracking.ErrAuth},
		{400, "Invalid AppCode", tracking.ErrAuth},
		{400, "Invalid Url", tracking.ErrUnavailable},
		{400, "Invalid Param Location", tracking.ErrUnavailable},
		{401, "Empty Signature", tracking.ErrAuth},
		{404, "", tracking.ErrUnavailable},
		{429, "", tracking.ErrRate},
		{500, "Internal Error", tracking.ErrUnavailable},
		{500, "Failed To Call Backend Service", tracking.ErrUnavailable},
		{503, "Service Unavailable", tracking.ErrUnavailable},
		{504, "Async Service", tracking.ErrUnavailable},
	} {
		table = append(table, providertest.Refusal{
			Name: fmt.Sprintf("%d %s", g.status, g.reason), Reply: gateway(g.status, g.reason), Kind: g.kind,
		})
	}
	return table
}
