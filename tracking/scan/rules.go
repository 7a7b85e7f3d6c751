package scan

import "waybill/models"

// rules are the carriers' words, strongest first; the first that fits is
// what a scan says. A parcel on its way back is not "signed" when the sender
// has not got it, nor is one that a locker or a station "signed" for somebody.
var rules = []rule{
	{models.Returned, []string{"退回签收", "退件签收", "退回件签收", "退回已签收", "退件已签收", "退回件已签收", "退签", "退回妥投", "退件妥投"}, nil},
	{models.Returned, goingBack, []string{"寄件人已签收", "发件人已签收", "寄件人签收", "发件人签收", "妥投"}},
	{models.Returning, goingBack, nil},
	{models.Rejected, []string{"拒收", "拒签", "拒绝签收", "拒绝接收", "拒绝收件"}, nil},
	{models.Cancelled, []string{"已销单", "订单已取消", "运单已取消", "订单取消", "运单取消", "取消寄件", "已取消寄", "运单已作废", "订单已作废", "运单作废"}, nil},
	{models.FailedAttempt, []string{
		"签收失败", "签收未成功", "签收不成功", "未成功签收", "派送失败", "派件失败", "投递失败", "配送失败", "妥投失败", "未妥投", "派送不成功", "派件不成功", "投递不成功",
		"派送未成功", "投递未成功", "派件异常", "派送异常", "签收异常", "未能投递", "未能派送", "无法联系", "联系不上", "无人接听",
		"电话不通", "电话关机", "无人在家", "签收人不在", "收件人不在", "客户不在", "改期", "改约", "择日再派", "择日派送", "另约时间",
		"改天派送", "次日再派", "明日再派",
	}, nil},
	{models.Exception, []string{"清关异常", "清关失败", "海关扣留", "海关扣件", "海关查扣", "扣关"}, nil},
	{models.Delivered, []string{
		"已取出", "被取出", "已自提", "自提成功", "已被领取", "客户已取", "收件人已取", "用户已取", "已取走", "被取走",
		"凭取货码签收", "凭取件码签收", "凭码签收",
	}, nil},
	{models.Delivered, []string{"取件成功", "成功取件", "已取件"}, append([]string{"客户", "收件人", "本人", "用户"}, stations...)},
	{models.ReadyForPickup, []string{
		"待取件", "等待取", "待自提", "待领取", "取件码", "取货码", "及时取", "及时领", "尽快取", "尽快领", "来取", "前往取", "前往领", "凭码",
	}, nil},
	{models.ReadyForPickup, stations, []string{"代收", "代签"}},
	{models.Delivered, []string{"签收", "妥投", "派送成功", "派件成功", "投递成功", "配送成功", "已送达客户", "已送达收件人", "已交付"}, nil},
	{models.ReadyForPickup, stations, append([]string{"入库", "已到", "已送达", "保管"}, put...)},
	{models.ReadyForPickup, []string{"门卫", "物业", "收发室", "前台", "超市", "便利店", "服务站"}, append([]string{"代收"}, put...)},
	{models.ReadyForPickup, []string{"已代收", "被代收", "已投柜"}, nil},
	{models.OutForDelivery, []string{
		"派送中", "派件中", "配送中", "投递中", "送货中", "正在派", "正在投递", "正在配送", "正在为您派", "正在送货", "开始派", "开始配送",
		"开始投递", "外出派", "外出投递", "出仓派", "出库派", "安排投递", "安排派送", "安排派件", "派件员", "派送员", "投递员", "送货途中",
		"已出发配送", "进行派", "进行投递",
	}, nil},
	{models.OutForDelivery, []string{"次派件", "次派送", "次投递"}, []string{"第1次", "第2次", "第3次", "第一次", "第二次", "第三次"}},
	{models.Exception, []string{
		"疑难", "问题件", "破损", "丢失", "遗失", "滞留", "超区", "超出派送范围", "地址不详", "地址错误", "地址有误", "异常", "无法派送", "无法投递", "无法妥投",
	}, nil},
	{models.Customs, []string{"清关", "报关", "通关", "海关", "关务", "待验", "查验", "完税"}, nil},
	{models.Collected, []string{"揽收成功", "揽件成功", "取件成功", "收件成功"}, nil},
	{models.Pending, []string{
		"待揽", "待快递揽", "待快递员揽", "待快递公司揽", "待快递员上门", "未揽", "预约揽", "准备揽", "安排揽", "即将揽", "上门揽", "上门取", "待收件", "等待上门", "待发货", "已下单", "下单成功",
		"订单创建", "电子面单", "揽收失败", "揽件失败",
	}, nil},
	{models.Collected, []string{"已揽", "揽收", "揽件", "已收件", "已收取", "收寄", "已取件", "收到快件"}, nil},
	{models.InTransit, []string{
		"发往", "离开", "到达", "运输", "中转", "转运", "装车", "装袋", "发出", "启运", "起飞", "抵达", "封发", "分拣", "干线", "送往", "经转", "互换局",
	}, nil},
}

// goingBack is a parcel that has turned round.
var goingBack = []string{"退回", "退件", "原路返回", "返回寄件人", "返回发件人", "退返"}

// stations are where parcels wait for whoever comes to get them.
var stations = []string{
	"驿站", "快递柜", "智能柜", "自提柜", "柜机", "菜鸟柜", "丰巢", "蜂巢", "格口", "速递易", "兔喜", "妈妈驿", "自提点", "自提处", "代收点", "代办点", "代收处", "快递超市",
}

// put is what happens to a parcel that is left somewhere.
var put = []string{"存放", "放入", "放至", "放在", "存入", "存至", "投柜", "投入", "暂存", "暂放", "寄存"}
