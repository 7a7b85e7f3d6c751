package main

import (
	"slices"
	"strings"
	"time"

	"waybill/models"
)

// unbuilt lists the settings whose door, provider or page this version does
// not have yet. Setting one is a mistake: it would do nothing. Whoever builds
// the part takes its row out.
func unbuilt() map[string]string {
	return map[string]string{
		"WAYBILL_ADMIN_TOKEN": "the operator's dashboard",
	}
}

// tuning names the settings that only adjust a part and do not switch it on:
// they may stand in the environment of a part that is off.
func tuning(name string) bool {
	return strings.HasSuffix(name, "_URL") || strings.HasSuffix(name, "_FORMAT")
}

// check compares the settings with one another and notes every mistake.
func check(e *env, s *Settings) {
	checkUnbuilt(e)
	checkDB(e, s)
	checkTelegram(e)
	checkWeCom(e)
	checkProviders(e)
	checkParts(e, s)
	checkPace(e, s)
	if s.PollSpeed != 1 && !e.set("WAYBILL_QUIET_HOURS") {
		s.Quiet = models.Quiet{} // a faster clock would make the night longer than the day
	}
}

func checkUnbuilt(e *env) {
	for _, name := range e.names {
		for prefix, part := range unbuilt() {
			if strings.HasPrefix(name, prefix) && e.set(name) && !tuning(name) {
				e.wrong(name, "this version does not have %s yet; unset it", part)
			}
		}
	}
}

func checkDB(e *env, s *Settings) {
	if _, file := sqlitePath(s.DB); !file && s.DB != "" && !e.set("WAYBILL_SECRET_KEY") {
		e.wrong("WAYBILL_SECRET_KEY", "required with MySQL: 32 bytes in base64 (openssl rand -base64 32)")
	}
}

func checkTelegram(e *env) {
	if !e.set("WAYBILL_TELEGRAM_WEBHOOK_SECRET") {
		return
	}
	if !e.set("WAYBILL_TELEGRAM_TOKEN") {
		e.wrong("WAYBILL_TELEGRAM_TOKEN", "missing, but WAYBILL_TELEGRAM_WEBHOOK_SECRET is set")
	}
	if !e.set("WAYBILL_PUBLIC_URL") {
		e.wrong("WAYBILL_PUBLIC_URL", "missing; WAYBILL_TELEGRAM_WEBHOOK_SECRET asks for webhooks, and Telegram must know where to call")
	}
}

// checkParts wants at least one door and one provider, and nothing half set.
func checkParts(e *env, s *Settings) {
	if !anyDoor(e) {
		e.wrong("WAYBILL_TELEGRAM_TOKEN", "missing; no door is configured, so nobody could talk to the bot (or set another one's: WeCom)")
	}
	if !anyProvider(e) {
		e.wrong("WAYBILL_MUZHI_APPCODE", "missing; no provider is configured, so nothing could be tracked (or set another one's: Kuaidi100, Juhe, Kuaibao)")
		return
	}
	all := *s
	all.Providers = providerNames()
	if len(s.Providers) > 0 && len(configuredProviders(*s)) == 0 && len(configuredProviders(all)) > 0 {
		e.wrong("WAYBILL_PROVIDERS", "leaves out every provider that is configured")
	}
}

// anyProvider says whether something was set that would switch a provider on,
// even if it is wrong or only half of it.
func anyProvider(e *env) bool {
	return slices.ContainsFunc([]string{
		"WAYBILL_MUZHI_APPCODE", "WAYBILL_KUAIDI100_CUSTOMER", "WAYBILL_KUAIDI100_KEY", "WAYBILL_KUAIDI100_SALT",
		"WAYBILL_JUHE_KEY", "WAYBILL_KUAIBAO_APP_ID", "WAYBILL_KUAIBAO_API_KEY", "WAYBILL_KUAIBAO_PUSH_TOKEN",
	}, e.set)
}

// anyDoor says the same of the doors. Group robots are none: they hear nothing.
func anyDoor(e *env) bool {
	names := []string{"WAYBILL_TELEGRAM_TOKEN", "WAYBILL_TELEGRAM_WEBHOOK_SECRET", "WAYBILL_WECOM_AIBOT_ID", "WAYBILL_WECOM_AIBOT_SECRET"}
	return slices.ContainsFunc(slices.Concat(names, callbackNames(kfPrefix), callbackNames(appPrefix)), e.set)
}

// checkProviders wants no half of a provider's settings.
func checkProviders(e *env) {
	needs(e, []string{"WAYBILL_KUAIDI100_SALT"}, "WAYBILL_KUAIDI100_CUSTOMER", "WAYBILL_KUAIDI100_KEY")
	needs(e, []string{"WAYBILL_KUAIBAO_PUSH_TOKEN"}, "WAYBILL_KUAIBAO_APP_ID", "WAYBILL_KUAIBAO_API_KEY")
	if e.set("WAYBILL_KUAIDI100_SALT") && !e.set("WAYBILL_PUBLIC_URL") && !e.set("WAYBILL_KUAIDI100_CALLBACK_URL") {
		e.wrong("WAYBILL_PUBLIC_URL", "missing (or WAYBILL_KUAIDI100_CALLBACK_URL); WAYBILL_KUAIDI100_SALT asks for pushes, and Kuaidi100 must know where to call")
	}
}

// checkWeCom wants no half of a WeCom door's settings. A corporation's id alone
// switches nothing on.
func checkWeCom(e *env) {
	kf, app := callbackNames(kfPrefix), callbackNames(appPrefix)
	needs(e, nil, kf...)
	needs(e, nil, app...)
	needs(e, nil, "WAYBILL_WECOM_AIBOT_ID", "WAYBILL_WECOM_AIBOT_SECRET")
	if slices.ContainsFunc(slices.Concat(kf, app), e.set) && !e.set("WAYBILL_WECOM_CORP_ID") {
		e.wrong("WAYBILL_WECOM_CORP_ID", "missing; the doors of customer service and of the app need it")
	}
}

// needs wants all of the settings when one of them, or one of optional, is set.
func needs(e *env, optional []string, all ...string) {
	for _, given := range append(optional, all...) {
		if !e.set(given) {
			continue
		}
		for _, name := range all {
			if !e.set(name) {
				e.wrong(name, "missing, but %s is set", given)
			}
		}
		return
	}
}

// checkPace lets the vendors' floor be lowered only when nobody but emulators
// on this machine can be reached.
func checkPace(e *env, s *Settings) {
	if s.MinInterval == 0 || s.MinInterval >= 30*time.Minute && s.PollSpeed == 1 || emulated(*s) {
		return
	}
	const why = "only when every configured provider and door is on a loopback address"
	if s.MinInterval < 30*time.Minute {
		e.wrong("WAYBILL_MIN_INTERVAL", "lower than 30m %s", why)
	}
	if s.PollSpeed != 1 {
		e.wrong("WAYBILL_POLL_SPEED", "other than 1 %s", why)
	}
}

// emulated says whether every configured provider and door is on this machine.
func emulated(s Settings) bool {
	for _, p := range configuredProviders(s) {
		for _, address := range p.addresses(s) {
			if !local(address) {
				return false
			}
		}
	}
	for _, d := range configuredDoors(s) {
		if !local(d.address(s)) {
			return false
		}
	}
	return true
}
