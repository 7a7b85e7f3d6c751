package doctor

import "strings"

// checkPages says what people can look at, and what that takes.
func (d *Doctor) checkPages() []Result {
	results := d.checkDashboard()
	s := d.settings
	switch {
	case s.PublicURL == "":
		results = append(results, good("pages", "off: WAYBILL_PUBLIC_URL is empty, so no message links to a parcel's page")...)
	case strings.HasPrefix(s.PublicURL, "https://"):
		results = append(results, good("pages", "parcels' pages are linked at %s/p/…; let your proxy pass /p/, /static/ and /app on", s.PublicURL)...)
	default:
		results = append(results, care("pages", "parcels' pages are linked at %s/p/…, without https; only this machine sees them", s.PublicURL)...)
	}
	if s.Telegram.Token == "" {
		return results
	}
	if !strings.HasPrefix(s.PublicURL, "https://") {
		return append(results, good("mini app", "off: Telegram opens it at an https address only; set WAYBILL_PUBLIC_URL to one")...)
	}
	return append(results, good("mini app", "Telegram's menu button opens %s/app", s.PublicURL)...)
}

func (d *Doctor) checkDashboard() []Result {
	s := d.settings
	if s.AdminToken == "" {
		return good("dashboard", "off: WAYBILL_ADMIN_TOKEN is empty (openssl rand -hex 16 makes one)")
	}
	if s.PublicURL == "" {
		return good("dashboard", "on, at %s/admin", d.own())
	}
	return good("dashboard", "on, at %s/admin and %s/admin where your proxy passes it on", d.own(), s.PublicURL)
}
