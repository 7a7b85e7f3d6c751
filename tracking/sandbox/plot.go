package sandbox

import "waybill/models"

// leg is one scan of a plot: how many emulated hours after the first question
// it happens (before it, when negative), what it means, and its words.
type leg struct {
	hours  float64
	status models.Status
	city   string
	text   string
}

// plot tells what happens to a parcel.
type plot func(c cast) []leg

// setOut is how most journeys begin: two scans are there when somebody first
// asks, the next comes after an hour.
func setOut(c cast) []leg {
	a, b := c.from, c.to
	return []leg{
		{-3, models.Collected, a.City, "【" + a.City + "市】【" + a.City + a.Outlet + "】(189****0)的" + c.picker + "(189****0)已揽收"},
		{-1, models.InTransit, a.City, "【" + a.City + "市】快件离开【" + a.City + a.Outlet + "】已发往【" + a.City + "转运中心】"},
		{1, models.InTransit, a.City, "【" + a.City + "市】快件到达【" + a.City + "转运中心】"},
		{4, models.InTransit, a.City, "【" + a.City + "市】快件离开【" + a.City + "转运中心】已发往【" + b.City + "转运中心】"},
	}
}

// arrive brings a parcel to its city and out for delivery.
func arrive(c cast) []leg {
	b := c.to
	return append(setOut(c),
		leg{20, models.InTransit, b.City, "【" + b.City + "市】快件到达【" + b.City + "转运中心】"},
		leg{24, models.InTransit, b.City, "【" + b.City + "市】快件离开【" + b.City + "转运中心】已发往【" + b.City + b.Outlet + "】"},
		leg{34, models.InTransit, b.City, "【" + b.City + "市】快件到达【" + b.City + b.Outlet + "】"},
		leg{42, models.OutForDelivery, b.City, "【" + b.City + "市】【" + b.City + b.Outlet + "】的" + c.courier + "(139****0)正在派件，请保持电话畅通，准备签收"},
	)
}

func plain(c cast) []leg {
	return append(arrive(c), signed(c, 50))
}

func signed(c cast, hours float64) leg {
	return leg{hours, models.Delivered, c.to.City, "【" + c.to.City + "市】快件已签收，签收人是【本人】，派件员：" + c.courier + "，感谢使用"}
}

// late is a plain journey of which nothing is known for four hours.
func late(c cast) []leg {
	legs := plain(c)
	for i := range legs {
		legs[i].hours += 7
	}
	return legs
}

// never is a number of which nobody ever knows anything.
func never(cast) []leg { return nil }

func pickup(c cast) []leg {
	b := c.to
	return append(arrive(c),
		leg{44, models.ReadyForPickup, b.City, "【" + b.City + "市】快件已存放至【" + b.City + "阳光小区菜鸟驿站】，请凭取件码及时取件"},
		leg{126, models.Delivered, b.City, "【" + b.City + "市】快件已从【" + b.City + "阳光小区菜鸟驿站】被取出，签收成功，感谢使用"},
	)
}

func failed(c cast) []leg {
	b := c.to
	return append(arrive(c),
		leg{46, models.FailedAttempt, b.City, "【" + b.City + "市】派送失败：收件人不在，电话无人接听，将安排再次派送"},
		leg{66, models.OutForDelivery, b.City, "【" + b.City + "市】【" + b.City + b.Outlet + "】的" + c.courier + "(139****0)正在派件（第二次）"},
		signed(c, 70),
	)
}

func rejected(c cast) []leg {
	return append(arrive(c),
		leg{46, models.Rejected, c.to.City, "【" + c.to.City + "市】收件人拒收，原因：不想要了"},
	)
}

func returned(c cast) []leg {
	a, b := c.from, c.to
	return append(rejected(c),
		leg{50, models.Returning, b.City, "【" + b.City + "市】快件退回，已离开【" + b.City + b.Outlet + "】发往【" + a.City + a.Outlet + "】"},
		leg{72, models.Returning, a.City, "【" + a.City + "市】退回件到达【" + a.City + a.Outlet + "】"},
		leg{80, models.Returned, a.City, "【" + a.City + "市】退回签收，寄件人已签收"},
	)
}

func stuck(c cast) []leg { return setOut(c) }

func reopened(c cast) []leg {
	b := c.to
	return append(plain(c),
		leg{56, models.InTransit, b.City, "【" + b.City + "市】客户反映未收到，快件转回【" + b.City + b.Outlet + "】核实"},
		leg{64, models.OutForDelivery, b.City, "【" + b.City + "市】【" + b.City + b.Outlet + "】的" + c.courier + "(139****0)重新安排派送"},
		signed(c, 68),
	)
}

func customs(c cast) []leg {
	a := c.from
	return []leg{
		{-3, models.Collected, a.City, "【" + a.City + "市】" + a.City + "国际邮件营业部 已收寄"},
		{2, models.InTransit, a.City, "【" + a.City + "市】到达" + a.City + "国际邮件互换局"},
		{6, models.Customs, a.City, "【" + a.City + "市】送交出口海关"},
		{14, models.Customs, a.City, "【" + a.City + "市】出口海关放行"},
		{18, models.InTransit, a.City, "【" + a.City + "市】离开" + a.City + "国际邮件互换局，航班已起飞"},
		{34, models.InTransit, "法兰克福", "【德国】到达法兰克福国际邮件互换局"},
		{36, models.Customs, "法兰克福", "【德国】进口海关 留存待验"},
		{48, models.Customs, "法兰克福", "【德国】进口海关放行，清关完成"},
		{58, models.OutForDelivery, "柏林", "【德国】柏林 正在投递，投递员：Müller"},
		{62, models.Delivered, "柏林", "【德国】柏林 已妥投"},
	}
}
