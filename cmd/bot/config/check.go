package config

import (
	"slices"
	"strings"
	"time"

	"waybill/internal/address"
	"waybill/models"
	"waybill/tracking"
)

// check compares the settings with one another and notes every mistake.
func (r *reader) check(s *Settings, vendors []tracking.Vendor) {
	r.checkDB(s)
	r.checkTelegram(s)
	r.checkWeCom()
	r.checkDoors()
	r.checkVendors(s, vendors)
	r.checkPace(s)
	if s.PollSpeed != 1 && !r.set("QUIET_HOURS") {
		s.Quiet = models.Quiet{} // a faster clock would make the night longer than the day
	}
}

func (r *reader) checkDB(s *Settings) {
	if _, file := s.SQLitePath(); !file && s.DB != "" && !r.set("SECRET_KEY") {
		r.wrong(prefix+"SECRET_KEY", "required with MySQL: 32 bytes in base64 (openssl rand -base64 32)")
	}
}

// shortestToken is how many characters stand behind the colon of a token at
// least. Telegram's have 35, and it does not promise as many.
const shortestToken = 30

func (r *reader) checkTelegram(s *Settings) {
	_, key, _ := strings.Cut(string(s.Telegram.Token), ":")
	if key != "" && len(key) < shortestToken && !address.Local(s.Telegram.APIURL) {
		r.wrong(prefix+"TELEGRAM_TOKEN", "is cut off: %d characters stand behind the colon, Telegram's tokens have 35", len(key))
	}
	r.whole([]string{"TELEGRAM_WEBHOOK_SECRET"}, "TELEGRAM_TOKEN")
	if r.set("TELEGRAM_WEBHOOK_SECRET") && !r.set("PUBLIC_URL") {
		r.wrong(prefix+"PUBLIC_URL", "missing; WAYBILL_TELEGRAM_WEBHOOK_SECRET asks for webhooks, and Telegram must know where to call")
	}
}

// checkWeCom wants no half of a WeCom door's settings. A corporation's id alone
// switches nothing on.
func (r *reader) checkWeCom() {
	r.whole(nil, callbackNames("WECOM_KF_")...)
	r.whole(nil, callbackNames("WECOM_APP_")...)
	r.whole(nil, "WECOM_AIBOT_ID", "WECOM_AIBOT_SECRET")
	callbacks := slices.Concat(callbackNames("WECOM_KF_"), callbackNames("WECOM_APP_"))
	if slices.ContainsFunc(callbacks, r.set) && !r.set("WECOM_CORP_ID") {
		r.wrong(prefix+"WECOM_CORP_ID", "missing; the doors of customer service and of the app need it")
	}
}

func callbackNames(door string) []string {
	return []string{door + "AGENT_ID", door + "SECRET", door + "TOKEN", door + "AES_KEY"}
}

// whole wants all of the settings when one of them, or one of optional, is set.
func (r *reader) whole(optional []string, all ...string) {
	given := slices.Concat(optional, all)
	i := slices.IndexFunc(given, r.set)
	for _, name := range all {
		if i >= 0 && !r.set(name) {
			r.wrong(prefix+name, "missing, but %s is set", prefix+given[i])
		}
	}
}

// checkDoors wants something set that would switch a door on, even if it is
// wrong or only half of it. Group robots are none: they hear nothing.
func (r *reader) checkDoors() {
	names := []string{"TELEGRAM_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "WECOM_AIBOT_ID", "WECOM_AIBOT_SECRET"}
	if !slices.ContainsFunc(slices.Concat(names, callbackNames("WECOM_KF_"), callbackNames("WECOM_APP_")), r.set) {
		r.wrong(prefix+"TELEGRAM_TOKEN", "missing; no door is configured, so nobody could talk to the bot (or set another one's: WeCom)")
	}
}

// checkVendors wants one provider at least, and nothing half set.
func (r *reader) checkVendors(s *Settings, vendors []tracking.Vendor) {
	switch {
	case !slices.ContainsFunc(vendors, r.wanted):
		first := slices.IndexFunc(r.names, func(name string) bool { return strings.HasPrefix(name, vendorPrefix(vendors[0])) })
		r.wrong(r.names[first], "missing; no provider is configured, so nothing could be tracked (or set another one's: %s)", strings.Join(vendorNames(vendors[1:]), ", "))
	case len(s.Providers) > 0 && len(s.Vendors) == 0 && len(configured(vendorNames(vendors), vendors)) > 0:
		r.wrong(prefix+"PROVIDERS", "leaves out every provider that is configured")
	}
	for _, v := range vendors {
		for _, m := range v.Check(s.PublicURL) {
			r.wrong(m.Name, "%s", m.Problem)
		}
	}
}

// wanted says whether something is set that would switch a vendor on, be it
// half of what it takes or in a file that cannot be read.
func (r *reader) wanted(v tracking.Vendor) bool {
	return v.Wanted() || slices.ContainsFunc(r.mistakes, func(m Mistake) bool { return strings.HasPrefix(m.Name, vendorPrefix(v)) })
}

// checkPace lets the vendors' floor be lowered only when nobody but emulators
// on this machine can be reached.
func (r *reader) checkPace(s *Settings) {
	if s.MinInterval == 0 || s.MinInterval >= 30*time.Minute && s.PollSpeed == 1 || emulated(*s) {
		return
	}
	const why = "only when every configured provider and door is on a loopback address"
	if s.MinInterval < 30*time.Minute {
		r.wrong(prefix+"MIN_INTERVAL", "lower than 30m %s", why)
	}
	if s.PollSpeed != 1 {
		r.wrong(prefix+"POLL_SPEED", "other than 1 %s", why)
	}
}

// emulated says whether every configured provider and door is on this machine.
func emulated(s Settings) bool {
	var addresses []string
	for _, v := range s.Vendors {
		addresses = append(addresses, v.Addresses()...)
	}
	for _, d := range s.Doors() {
		addresses = append(addresses, d.Address)
	}
	return !slices.ContainsFunc(addresses, func(a string) bool { return !address.Local(a) })
}
