package muzhi

import (
	"net/http"
	"strconv"
	"strings"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// unbilled is the status of Muzhi's own refusals.
const unbilled = 666

// gateway translates what Aliyun's gateway says instead of Muzhi: its reason is
// in the header X-Ca-Error-Message. Nil when Muzhi itself answered.
// Source: https://www.alibabacloud.com/help/en/api-gateway/support/error-codes
func (c *client) gateway(r tracking.Reply, hide []string) error {
	if billed(r.Status) && r.Status < 300 || r.Status == unbilled {
		return nil
	}
	reason := r.Header.Get("X-Ca-Error-Message")
	if reason == "" && r.Status == http.StatusForbidden {
		reason = scan.Clean(string(r.Body), 200)
	}
	e := c.wire.Refuse(r, gatewayKind(r.Status, reason), strconv.Itoa(r.Status), reason, hide...)
	e.Until = r.RetryAfter(c.wire.Now())
	return e
}

func gatewayKind(status int, reason string) error {
	said := strings.ToLower(reason)
	switch status {
	case http.StatusForbidden:
		return forbidden(said)
	case http.StatusTooManyRequests:
		return tracking.ErrRate
	case http.StatusUnauthorized:
		return tracking.ErrAuth
	case http.StatusBadRequest:
		if scan.ContainsAny(said, "appkey", "appsecret", "appcode", "signature") {
			return tracking.ErrAuth
		}
	}
	return tracking.ErrUnavailable
}

// forbidden reads a 403, which without a reason is a spent quota: "如果次数用完会
// 返回403".
func forbidden(said string) error {
	switch {
	case scan.ContainsAny(said, "throttled", "flow control"):
		return tracking.ErrRate
	case scan.ContainsAny(said, "unauthorized", "not authorized", "forbidden"):
		return tracking.ErrAuth
	}
	return tracking.ErrQuota // Quota Exhausted, Quota Expired, Expiry of Authorization, User Arrears
}

// refusal is what a msg means; both nil and "" when it means nothing we know.
type refusal struct {
	kind   error
	status models.Status
}

// meaning reads the vendor's table of failures out of a msg, whatever ok says
// and however it writes colons and commas. tail is what was given.
//
// The table has no row for a tail that is wanted or wrong. INFERENCE: a msg
// that speaks of a phone wants one when none was given, and refuses the one
// that was.
func meaning(msg, tail string) refusal {
	said := plain(msg)
	switch {
	case scan.ContainsAny(said, "appid", "sendtime", "签名", "时间戳", "非法来源", "已停用"):
		return refusal{kind: tracking.ErrAuth} // the own platform's, or a banned buyer
	case scan.ContainsAny(said, "接口已升级"):
		return phoneElsewhere(tail)
	case ofPhone(said) && (tail == "" || !noRecord(said)):
		return refusal{kind: tracking.TailRefused(tail)}
	case scan.ContainsAny(said, "无法匹配", "传入快递代码", "快递代码code"):
		return refusal{kind: tracking.ErrCarrier}
	case scan.ContainsAny(said, "单号格式不正确", "快递单号错误", "快递单号kddh", "请传入快递单号", "kddh字段", "存在*字符"):
		return refusal{kind: tracking.ErrNumber}
	case noRecord(said):
		return refusal{kind: tracking.ErrNoRecord}
	case scan.ContainsAny(said, "无效单"):
		return refusal{status: models.Invalid}
	}
	return refusal{}
}

// phoneElsewhere is "接口已升级,电话号码请传入另一个字段【tel】": the vendor sees a phone
// outside tel. Without a tail it wants one there; with one it is ours to mend.
func phoneElsewhere(tail string) refusal {
	if tail == "" {
		return refusal{kind: tracking.ErrTailNeeded}
	}
	return refusal{kind: tracking.ErrUnavailable}
}

func ofPhone(said string) bool {
	return scan.ContainsAny(said, "手机", "尾号", "电话") && !scan.ContainsAny(said, "客服", "联系", "热线", "咨询")
}

func noRecord(said string) bool {
	return scan.ContainsAny(said, "暂无记录", "没有任何跟踪记录", "暂无轨迹", "无物流")
}

// plain is a msg in lower case, full-width signs as half-width, without spaces.
func plain(msg string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '\u3000', r == '\t', r == '\n', r == '\r':
			return -1
		case '\uff01' <= r && r <= '\uff5e':
			r -= 0xfee0
		}
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, msg)
}
