package recognise

import "strings"

// isCantonese says that a text holds a character of spoken Cantonese alone, as
// talk does; 嘅 (of) stands within names too, 系 (is) opens talk.
func isCantonese(said string) bool {
	return strings.ContainsFunc(said, isCantoneseSign) || strings.HasSuffix(said, "嘅") || begins(said, "系 係 边个 点解 几时 仲") ||
		strings.Contains(said, "返工") || strings.Contains(said, "屋企")
}

func isCantoneseSign(c rune) bool {
	switch c {
	case '唔', '冇', '喺', '咗', '咩', '嚟', '攞', '俾', '畀', '哋', '嘢', '嗰', '乜', '睇', '啲', '嗱', '噉', '咁', '佢':
		return true
	}
	return false
}

// isQuoted says that a text tells what somebody says: 站点说没有. A novel is 小说.
func isQuoted(said string) bool {
	for at := range said {
		rest, ok := strings.CutPrefix(said[at:], "说")
		if ok && at > 0 && rest != "" && !begins(rest, "明 唱 书 话 辞") && !endsIn(said[:at], "小 传 解 学 论 演") {
			return true
		}
	}
	return false
}

// isEnglishTalk is isTalk for English.
func isEnglishTalk(said string) bool {
	for at := 0; at < len(said); at++ {
		word := said[at:runEnd(said, at)]
		at += len(word)
		switch word {
		case "WHERE", "WHEN", "WHY", "HOW", "WHAT", "WHICH", "WHO", "PLEASE", "PLS", "PLZ", "CHECK", "TRACK", "TRACKING", "STATUS", "UPDATE", "UPDATES", "NEWS", "ARRIVED", "ARRIVE", "ARRIVES", "ARRIVING",
			"DELIVERED", "DELIVERY", "DELIVER", "SHIPPED", "SHIPMENT", "STUCK", "LOST", "HELP", "THANKS", "THANK", "THX", "YET", "STILL", "HASN", "HAVEN", "ISN", "DIDN", "DOESN", "CAN", "COULD", "WILL", "WOULD", "IS", "ARE", "WAS", "HAS", "HAVE", "DOES", "DID",
			"NOT", "ANY", "ANYTHING", "NOTHING", "ASAP", "URGENT", "HI", "HELLO", "HEY", "ETA", "CALL", "TEL", "COPY", "PARCEL", "PACKAGE", "NUMBER", "ORDER", "ORDERED", "TODAY", "TOMORROW", "YESTERDAY", "ENDING", "DIGITS", "CARD", "PAID", "CUSTOMS", "SUPPOSED", "COST", "COSTS", "PRICE", "FEE", "PAY", "ME", "YOU", "WE", "HE", "SHE", "THEY", "BUT", "WAIT", "WAITING", "NEED", "SEND", "SENT", "POST", "MAIL", "EXPRESS", "GROUND", "LOGISTICS", "COURIER", "CARRIER", "WEIGHT", "IT", "THIS", "THAT", "I",
			"NEVER", "SHOWED", "SIGNATURE", "REQUIRED", "SIGNED", "SAID", "SAYS", "SAY", "TOLD", "ASKED", "ASKING", "KEEPS", "KEEP", "HOPE", "HOPEFULLY", "GOT", "BEEN", "BE", "HAD", "ALREADY", "AGAIN", "SOON", "LATE", "SINCE", "UNTIL", "AM", "IM", "DONT", "CANT", "WONT", "HASNT", "HAVENT", "ISNT", "DIDNT", "DOESNT", "WASNT", "WEREN", "WON", "DON", "WASN",
			"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY", "TONIGHT", "WEEK", "WEEKS", "DAYS", "HERE", "THERE", "SEEMS", "KNOW", "THINK", "WANT", "COMES", "COMING", "GOING", "GOES", "GONE", "RETURNED", "REFUSED", "CANCELLED", "CANCELED", "DELAYED", "MISSING", "HELD", "SCANNED", "WAREHOUSE", "DEPOT", "TRANSIT", "DUE", "EXPECTED", "ESTIMATED", "ATTEMPTED", "RECEIVED", "RECEIVE", "DISPATCHED", "ANYONE", "SOMEONE", "ANYBODY", "SOMEBODY", "GUYS", "FOLKS", "MATE", "LOL", "OMG", "WTF", "UGH", "SORRY", "CHEERS", "OKAY", "YEAH", "YES", "NOPE", "HMM", "LOOKS", "LEAVE", "LAST", "SELLER", "MAILMAN", "POSTMAN", "DRIVER",
			"NEIGHBOUR", "NEIGHBOR", "RECIPIENT", "SENDER", "RECEIVER", "SHIPPING", "ARRIVAL", "WENT", "CAME", "FINALLY", "EXCEPTION", "CREATED", "PENDING", "PROCESSING", "CLEARED", "CLEARANCE", "PICKUP", "COLLECT", "COLLECTED", "FOLLOW", "FOLLOWING", "REFUND", "ID":
			return true
		}
	}
	return false
}
