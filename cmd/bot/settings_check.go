package main

import (
	"strings"
	"time"

	"waybill/scheduler"
)

// unbuilt lists the settings whose door, provider or page this version does
// not have yet. Setting one is a mistake: it would do nothing. Whoever builds
// the part takes its row out.
func unbuilt() map[string]string {
	return map[string]string{
		"WAYBILL_KUAIDI100_":  "the provider kuaidi100",
		"WAYBILL_JUHE_":       "the provider juhe",
		"WAYBILL_KUAIBAO_":    "the provider kuaibao",
		"WAYBILL_WECOM_":      "WeCom",
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
	checkParts(e, s)
	checkPace(e, s)
	if s.PollSpeed != 1 && !e.set("WAYBILL_QUIET_HOURS") {
		s.Quiet = scheduler.Quiet{} // a faster clock would make the night longer than the day
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
	if len(configuredDoors(*s)) == 0 && !e.set("WAYBILL_TELEGRAM_TOKEN") && !e.set("WAYBILL_TELEGRAM_WEBHOOK_SECRET") {
		e.wrong("WAYBILL_TELEGRAM_TOKEN", "missing; no door is configured, so nobody could talk to the bot")
	}
	if !e.set("WAYBILL_MUZHI_APPCODE") {
		e.wrong("WAYBILL_MUZHI_APPCODE", "missing; no provider is configured, so nothing could be tracked")
		return
	}
	if s.Muzhi.AppCode != "" && len(s.Providers) > 0 && len(configuredProviders(*s)) == 0 {
		e.wrong("WAYBILL_PROVIDERS", "leaves out every provider that is configured")
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
