package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the image has no zone database

	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/tracking/recognise"
)

// Defaults that more than one place needs.
const (
	defaultRates        = "muzhi=20,kuaidi100=1,juhe=10,kuaibao=10"
	defaultTailCarriers = "sf,sf_freight,zto,kye"
)

var (
	chatForm   = regexp.MustCompile(`^[a-z_]+:\S+$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	pushForm   = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,256}$`)
)

// providerNames lists every provider of the contract, in the default order.
func providerNames() []string { return []string{"muzhi", "kuaidi100", "juhe", "kuaibao"} }

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

func parseProviders(text string) ([]string, error) {
	names := list(strings.ToLower(text))
	for i, name := range names {
		if !slices.Contains(providerNames(), name) {
			return nil, fmt.Errorf("no such provider: %q; there are %s", name, strings.Join(providerNames(), ", "))
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("%q stands there twice", name)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("names no provider")
	}
	return names, nil
}

// pairs reads "name=value,…" into a map; a name given twice is a mistake.
func pairs[T any](text string, known func(string) bool, parse func(string) (T, error)) (map[string]T, error) {
	read := map[string]T{}
	for _, item := range list(text) {
		name, value, ok := strings.Cut(item, "=")
		name = strings.TrimSpace(name)
		if !ok {
			return nil, fmt.Errorf("want name=value, not %q", item)
		}
		if !known(name) {
			return nil, fmt.Errorf("unknown name %q", name)
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

func knownProvider(name string) bool { return slices.Contains(providerNames(), name) }

func knownCall(name string) bool {
	provider, kind, _ := strings.Cut(name, ".")
	kinds := []models.CallKind{models.CallQuery, models.CallDetect, models.CallList, models.CallSubscribe}
	return knownProvider(provider) && slices.Contains(kinds, models.CallKind(kind))
}

func parseBudgets(text string) (map[string]int64, error) {
	return pairs(text, knownProvider, func(v string) (int64, error) {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			return 0, errors.New("want a whole number of calls, at least 1")
		}
		return n, nil
	})
}

// parseRates keeps the default of each provider that text does not name.
func parseRates(text string) (map[string]float64, error) {
	rates, err := pairs(defaultRates, knownProvider, parseAmount)
	if err != nil {
		return nil, err
	}
	own, err := pairs(text, knownProvider, parseAmount)
	if err != nil {
		return nil, err
	}
	maps.Copy(rates, own)
	return rates, nil
}

func parsePrices(text string) (map[string]float64, error) {
	return pairs(text, knownCall, parseAmount)
}

func parseAmount(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, errors.New("want a number, 0 or more")
	}
	return n, nil
}

func parseSpeed(text string) (float64, error) {
	n, err := parseAmount(text)
	if err != nil || n == 0 {
		return 0, errors.New("want a number above 0")
	}
	return n, nil
}

func parseInterval(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errors.New("want a duration such as 30m or 1h30m")
	}
	return d, nil
}

func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New("want a whole number, at least 1")
	}
	return n, nil
}

func parseZone(text string) (*time.Location, error) {
	zone, err := time.LoadLocation(text)
	if err != nil || text == "Local" {
		return nil, fmt.Errorf("no such time zone: %q; want a name such as Asia/Shanghai", text)
	}
	return zone, nil
}

func parseLocale(text string) (string, error) {
	if _, err := locales.Load(text); err != nil {
		return "", err
	}
	return text, nil
}

func parseCarriers(text string) ([]string, error) {
	table, err := recognise.LoadCarriers()
	if err != nil {
		return nil, err
	}
	codes := list(text)
	for _, code := range codes {
		if !slices.Contains(table.All(), models.Carrier(code)) {
			return nil, fmt.Errorf("no such carrier: %q; codes are like sf, zto, kye", code)
		}
	}
	return codes, nil
}

func parseChats(text string) ([]string, error) {
	chats := list(text)
	for _, chat := range chats {
		if !chatForm.MatchString(chat) {
			return nil, fmt.Errorf("want door:chat such as telegram:123456, not %q", chat)
		}
	}
	return chats, nil
}

func parseKeys(text string) (Secret, error) {
	if text == "" {
		return "", nil
	}
	if _, err := seal.New(text); err != nil {
		return "", fmt.Errorf("%w; want 32 bytes in base64 (openssl rand -base64 32), several with commas", err)
	}
	return Secret(text), nil
}

func parseToken(text string) (Secret, error) {
	if strings.ContainsAny(text, " \t\r\n/?#") {
		return "", errors.New("not a bot token: it has a space, a line break or a slash in it")
	}
	return Secret(text), nil
}

func parseWebhookSecret(text string) (Secret, error) {
	if text != "" && !secretForm.MatchString(text) {
		return "", errors.New("want 1 to 256 of A-Z a-z 0-9 _ -")
	}
	return Secret(text), nil
}

// parsePushToken takes what can stand in an address as it is.
func parsePushToken(text string) (Secret, error) {
	if text != "" && !pushForm.MatchString(text) {
		return "", errors.New("want 1 to 256 of A-Z a-z 0-9 . _ ~ -; it is the last part of the address that you give to Kuaibao")
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
