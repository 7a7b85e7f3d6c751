package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill/internal/address"
	"waybill/internal/pattern"
	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// forms is what each setting must look like, by name without WAYBILL_. What is
// read earlier may say how what comes later is read.
func forms(s *Settings, vendors []tracking.Vendor) map[string]form {
	names := vendorNames(vendors)
	calls := callNames(names)
	return map[string]form{
		"DB": is(parseDB), "NATS_URL": is(parseNATS), "HTTP_ADDR": is(parseAddr), "PUBLIC_URL": is(address.API), "SECRET_KEY": is(parseKeys),
		"ADMIN_CHATS": is(parseChats), "ADMIN_TOKEN": is(parseAdminToken), "TRUSTED_PROXY": is(parseProxies), "LOCALE": is(parseLocale), "TIMEZONE": is(parseZone),
		"LOG_LEVEL": is(oneOf("info", "debug", "warn", "error")), "LOG_FORMAT": is(oneOf("text", "json")),

		"TELEGRAM_TOKEN": is(parseToken), "TELEGRAM_API_URL": is(address.API), "TELEGRAM_WEBHOOK_SECRET": is(parseWebhookSecret),

		"WECOM_CORP_ID": is(parseID), "WECOM_API_URL": is(address.API),
		"WECOM_KF_AGENT_ID": is(parseAgent), "WECOM_KF_SECRET": is(parseWord), "WECOM_KF_TOKEN": is(parseWord), "WECOM_KF_AES_KEY": is(parseAESKey),
		"SHOP_NAME": is(parseShop), "WECOM_KF_WELCOME": is(parseWelcome),
		"WECOM_APP_AGENT_ID": is(parseAgent), "WECOM_APP_SECRET": is(parseWord), "WECOM_APP_TOKEN": is(parseWord), "WECOM_APP_AES_KEY": is(parseAESKey),
		"WECOM_AIBOT_ID": is(parseID), "WECOM_AIBOT_SECRET": is(parseWord), "WECOM_AIBOT_URL": is(address.Socket), "WECOM_GROUP_WEBHOOKS": is(parseRobots),

		"PROVIDERS": is(subset(names)), "TAIL_CARRIERS": is(parseCarriers),
		"DAILY_BUDGET": is(pairs(names, parseCalls)), "RATE": is(pairs(names, parseAmount)), "PRICES": is(pairs(calls, parseAmount)),
		"MIN_INTERVAL": is(parseInterval), "POLL_SPEED": is(parseSpeed), "MAX_PARCELS": is(parseLimits), "KEEP": is(parseDays),
		"QUIET_HOURS": is(func(text string) (models.Quiet, error) { return models.ParseQuiet(text, s.Zone) }),
	}
}

var (
	chatForm   = pattern.New(`^[a-z_]+:\S+$`)
	tokenForm  = pattern.New(`^\d+:[A-Za-z0-9_-]{6,}$`)
	secretForm = pattern.New(`^[A-Za-z0-9_-]{1,256}$`)
)

// list splits a comma-separated setting; empty items are dropped.
func list(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// oneOf takes one of a few words, in any case.
func oneOf(words ...string) func(string) (string, error) {
	return func(text string) (string, error) {
		text = strings.ToLower(text)
		if !slices.Contains(words, text) {
			return "", fmt.Errorf("want one of %s", strings.Join(words, ", "))
		}
		return text, nil
	}
}

// subset takes some of a list of names, each once.
func subset(known []string) func(string) ([]string, error) {
	return func(text string) ([]string, error) {
		names := list(strings.ToLower(text))
		for i, name := range names {
			if !slices.Contains(known, name) {
				return nil, fmt.Errorf("want some of %s; item %d is none of them", strings.Join(known, ", "), i+1)
			}
			if slices.Contains(names[:i], name) {
				return nil, fmt.Errorf("%q stands there twice", name)
			}
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("want some of %s", strings.Join(known, ", "))
		}
		return names, nil
	}
}

// pairs reads "name=value,…" into a map; a name given twice is a mistake.
func pairs[T any](known []string, parse func(string) (T, error)) func(string) (map[string]T, error) {
	return func(text string) (map[string]T, error) {
		read := map[string]T{}
		for i, item := range list(text) {
			name, value, ok := strings.Cut(item, "=")
			name = strings.TrimSpace(name)
			if !ok || !slices.Contains(known, name) {
				return nil, fmt.Errorf("want name=value with a name of %s; item %d is none", strings.Join(known, ", "), i+1)
			}
			if _, twice := read[name]; twice {
				return nil, fmt.Errorf("%q stands there twice", name)
			}
			v, err := parse(strings.TrimSpace(value))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			read[name] = v
		}
		return read, nil
	}
}

// callNames are the kinds of calls that have a price: provider.kind.
func callNames(providers []string) []string {
	var names []string
	for _, provider := range providers {
		for _, kind := range []models.CallKind{models.CallQuery, models.CallDetect, models.CallList, models.CallSubscribe} {
			names = append(names, provider+"."+string(kind))
		}
	}
	return names
}

// parseLimits reads "50,telegram:123=5000": what each chat may follow, and what
// single chats may.
func parseLimits(text string) (models.Limits, error) {
	var limits models.Limits
	for i, item := range list(text) {
		chat, count, single := strings.Cut(item, "=")
		if !single {
			chat, count = "", item
		}
		n, err := parseCount(strings.TrimSpace(count))
		if err != nil {
			return models.Limits{}, fmt.Errorf("item %d: %w", i+1, err)
		}
		switch chat = strings.TrimSpace(chat); {
		case !single && limits.Each != 0:
			return models.Limits{}, fmt.Errorf("item %d: want one number for all chats", i+1)
		case !single:
			limits.Each = n
		case !chatForm.MatchString(chat):
			return models.Limits{}, fmt.Errorf("item %d: want door:chat=number such as telegram:123456=5000", i+1)
		case limits.Chats[chat] != 0:
			return models.Limits{}, fmt.Errorf("item %d: that chat stands there twice", i+1)
		default:
			if limits.Chats == nil {
				limits.Chats = map[string]int{}
			}
			limits.Chats[chat] = n
		}
	}
	if limits.Each == 0 {
		limits.Each = models.DefaultLimit
	}
	return limits, nil
}

// shortestAdminToken is how many characters the dashboard's token has at least.
const shortestAdminToken = 16

func parseAdminToken(text string) (Secret, error) {
	token, err := parseWord(text)
	if err != nil {
		return "", err
	}
	if len(token) < shortestAdminToken {
		return "", fmt.Errorf("too short: want %d characters at least (openssl rand -hex 16)", shortestAdminToken)
	}
	return token, nil
}

// parseProxies reads addresses and networks.
func parseProxies(text string) ([]netip.Prefix, error) {
	var proxies []netip.Prefix
	for i, item := range list(text) {
		if addr, err := netip.ParseAddr(item); err == nil {
			proxies = append(proxies, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, fmt.Errorf("want addresses or networks such as 127.0.0.1,10.0.0.0/8; item %d is none", i+1)
		}
		proxies = append(proxies, network.Masked())
	}
	return proxies, nil
}

// parseZone gives a copy, because env reads into what a pointer points at.
func parseZone(text string) (time.Location, error) {
	zone, err := time.LoadLocation(text)
	if err != nil || text == "Local" {
		return time.Location{}, errors.New("no such time zone; want a name such as Asia/Shanghai")
	}
	return *zone, nil
}

func parseLocale(text string) (string, error) {
	if !locales.Spoken(text) {
		return "", errors.New("no such language; want a tag such as zh-CN or en")
	}
	return text, nil
}

func parseCarriers(text string) ([]string, error) {
	table, err := recognise.LoadCarriers()
	if err != nil {
		return nil, err
	}
	codes := list(text)
	for i, code := range codes {
		if !slices.Contains(table.All(), models.Carrier(code)) {
			return nil, fmt.Errorf("item %d is no carrier; codes are like sf, zto, kye", i+1)
		}
	}
	return codes, nil
}

func parseChats(text string) ([]string, error) {
	chats := list(text)
	for i, chat := range chats {
		if !chatForm.MatchString(chat) {
			return nil, fmt.Errorf("want door:chat such as telegram:123456; item %d is not like it", i+1)
		}
	}
	return chats, nil
}

func parseKeys(text string) (Secret, error) {
	if _, err := seal.New(text); err != nil {
		return "", fmt.Errorf("%w; want 32 bytes in base64 (openssl rand -base64 32), several with commas", err)
	}
	return Secret(text), nil
}

// parseToken wants the form of a token; how long Telegram's own are, checkTelegram says.
func parseToken(text string) (Secret, error) {
	if !tokenForm.MatchString(text) {
		return "", errors.New("not a bot token: want what BotFather gives, such as 123456789:AAE… with 35 characters behind the colon")
	}
	return Secret(text), nil
}

func parseWebhookSecret(text string) (Secret, error) {
	if !secretForm.MatchString(text) {
		return "", errors.New("want 1 to 256 of A-Z a-z 0-9 _ -")
	}
	return Secret(text), nil
}

func parseAddr(text string) (string, error) {
	_, port, err := net.SplitHostPort(text)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return "", errors.New("want host:port such as 127.0.0.1:8080 or :8080")
	}
	return text, nil
}

func parseNATS(text string) (string, error) {
	for _, server := range list(text) {
		u, err := url.Parse(server)
		if err != nil || u.Hostname() == "" || (u.Scheme != "nats" && u.Scheme != "tls") {
			return "", errors.New("want nats://host:4222, several with commas")
		}
	}
	return text, nil
}

// parseDB checks the shape; package store opens it. The text holds a
// password, so no error repeats it.
func parseDB(text string) (string, error) {
	path, file := strings.CutPrefix(text, "sqlite://")
	if file && path != "" {
		return text, nil
	}
	if !strings.HasPrefix(text, "mysql://") {
		return "", errors.New("want sqlite://PATH or mysql://user:password@host:3306/name")
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User.Username() == "" || strings.Trim(u.Path, "/") == "" {
		return "", errors.New("want mysql://user:password@host:3306/name, user and password percent-encoded")
	}
	return text, nil
}
