package handlers

import "regexp"

// whereIs matches what people ask about their parcels without naming one:
// 我的快递到哪了, 快递呢, 到哪儿了, where is my parcel.
var whereIs = regexp.MustCompile(`(?i)` +
	`(快递|快件|包裹|物流|运单|快遞|裹裹).{0,6}(哪|呢|吗|嘛|查|怎|啥|什么|何时|几时|多久|进度|状态|情况|信息|消息|动态|到了|到没|没到|来了|来没|最新)` +
	`|(查|看|问).{0,6}(快递|快件|包裹|物流|运单|快遞)` +
	`|^.{0,8}(到|在|走到|送到|寄到|卡在|停在)(了)?(哪|哪儿|哪里|哪里了|什么地方)` +
	`|^(我的)?(快递|快件|包裹|物流|快遞)[\s\p{P}]*$` +
	`|\b(where|when|what|status|track|any news|news|update|eta)\b.{0,40}\b(parcels?|packages?|orders?|deliver(y|ies)|shipments?|stuff|things?)\b` +
	`|\b(parcels?|packages?|deliver(y|ies)|shipments?)\b.{0,20}(\?|？|\b(where|status|yet|now|arrived?)\b)` +
	`|^[\s\p{P}]*(any )?(news|updates?)( yet)?[\s\p{P}]*$` +
	`|^[\s\p{P}]*(my )?(parcels?|packages?|shipments?|deliveries)[\s\p{P}]*$`)

// asksWhere says that a text asks about parcels in general.
func asksWhere(text string) bool { return whereIs.MatchString(fold(text)) }
