package models

// Status is where a parcel stands, in the one taxonomy into which every
// provider's states are translated.
type Status string

const (
	Unknown        Status = "unknown"
	Pending        Status = "pending"          // 待揽收, 暂无记录
	Collected      Status = "collected"        // 已揽收
	InTransit      Status = "in_transit"       // 运输中
	Customs        Status = "customs"          // 清关
	OutForDelivery Status = "out_for_delivery" // 派送中
	ReadyForPickup Status = "ready_for_pickup" // 待取件
	Delivered      Status = "delivered"        // 已签收
	FailedAttempt  Status = "failed_attempt"   // 派送失败
	Exception      Status = "exception"        // 疑难
	Rejected       Status = "rejected"         // 拒签
	Returning      Status = "returning"        // 退回中
	Returned       Status = "returned"         // 已退回
	Cancelled      Status = "cancelled"        // 已销单
	Invalid        Status = "invalid"          // 无效单
	Expired        Status = "expired"          // 超时
)

// Statuses lists every status, in the order of a journey.
func Statuses() []Status {
	return []Status{
		Unknown, Pending, Collected, InTransit, Customs, OutForDelivery, ReadyForPickup, Delivered,
		FailedAttempt, Exception, Rejected, Returning, Returned, Cancelled, Invalid, Expired,
	}
}

// Done says that a parcel with this status has arrived where it will stay.
func (s Status) Done() bool { return s == Delivered || s == Returned || s == Cancelled }

// Urgency is how much news matters.
type Urgency int

const (
	Ordinary     Urgency = iota
	UrgentDay            // urgent, and nothing that anybody could act on at night
	UrgentAlways         // urgent, and it breaks quiet hours
)

// Urgency is how much news of this status matters.
func (s Status) Urgency() Urgency {
	switch s {
	case OutForDelivery, ReadyForPickup, Delivered, FailedAttempt, Exception:
		return UrgentAlways
	case Rejected, Returning, Returned:
		return UrgentDay
	}
	return Ordinary
}

// Problem says that a parcel with this status does not arrive as it should.
func (s Status) Problem() bool {
	switch s {
	case FailedAttempt, Exception, Rejected, Returning, Returned:
		return true
	}
	return false
}
