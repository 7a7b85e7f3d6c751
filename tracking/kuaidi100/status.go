package kuaidi100

import "waybill/models"

// refined is the state to go by: the code of the newest scan refines the state
// of the whole. A state that says where the journey ended or turned round
// (signed, returned, returning, refused) stands against a scan of another
// kind: parcels on their way back are "in transit" and "signed", too.
func refined(state, newest string) string {
	switch {
	case !known(newest):
		return state
	case !known(state):
		return newest
	case base(newest) == base(state):
		return finer(state, newest)
	}
	switch base(state) {
	case "3", "4", "6":
		return state
	}
	return newest
}

// finer is the one of two states of one kind that says more. Bases are what
// both belong to, so whoever is not one says more; the scan is newer.
func finer(state, newest string) string {
	if newest == base(newest) {
		return state
	}
	return newest
}

func known(code string) bool { return base(code) != "" }

// base is the basic state of a code in the vendor's table, "" for a code that
// is not in it.
func base(code string) string {
	switch code {
	case "1", "101", "102", "103":
		return "1"
	case "0", "1001", "1002", "1003":
		return "0"
	case "5", "501":
		return "5"
	case "3", "301", "302", "303", "304":
		return "3"
	case "6":
		return "6"
	case "4", "401", "14":
		return "4"
	case "7":
		return "7"
	case "2", "201", "202", "203", "204", "205", "206", "207", "208", "209", "210":
		return "2"
	case "8", "10", "11", "12", "13":
		return "8"
	}
	return ""
}

// status is the vendor's table of DESIGN 6; what is not in it is unknown.
func status(code string) models.Status {
	switch code {
	case "101", "102":
		return models.Pending
	case "1", "103":
		return models.Collected
	case "0", "1001", "1002", "1003", "7":
		return models.InTransit
	case "8", "10", "11", "12":
		return models.Customs
	case "5":
		return models.OutForDelivery
	case "501":
		return models.ReadyForPickup
	case "3", "301", "302", "303", "304":
		return models.Delivered
	case "204", "206":
		return models.FailedAttempt
	case "2", "13", "201", "202", "205", "207", "208", "209", "210":
		return models.Exception
	case "14", "203":
		return models.Rejected
	case "6":
		return models.Returning
	case "4":
		return models.Returned
	case "401":
		return models.Cancelled
	}
	return models.Unknown
}

// scanStatus is a scan's own status, "" where its code says none.
func scanStatus(code string) models.Status {
	if !known(code) {
		return ""
	}
	return status(code)
}
