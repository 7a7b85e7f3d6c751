package admin

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// addressOf is from where a request comes, as far as tries of a token are counted by
// it: the remote address, or behind trusted proxies the rightmost address of
// X-Forwarded-For that is not one of theirs. Of IPv6 it is the /64, which one
// subscriber has whole.
func addressOf(r *http.Request, proxies []netip.Prefix) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	addr := plain(at.Addr())
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !trusted(addr, proxies) {
			break
		}
		next, ok := parseHop(hop)
		if !ok {
			break // what stands left of it anybody may have written
		}
		addr = next
	}
	if addr.Is6() {
		if subnet, err := addr.Prefix(64); err == nil {
			return subnet.String()
		}
	}
	return addr.String()
}

func trusted(addr netip.Addr, proxies []netip.Prefix) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// parseHop reads one entry of X-Forwarded-For; some proxies write the port, too.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return plain(addr), true
	}
	at, err := netip.ParseAddrPort(text)
	return plain(at.Addr()), err == nil
}

func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// secure says whether the browser reaches us by https, so that its cookie must never
// leave without.
func (d *Dashboard) secure(r *http.Request) bool {
	if r.TLS != nil || strings.HasPrefix(d.PublicURL, "https://") {
		return true
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return err == nil && trusted(plain(at.Addr()), d.Proxies) && strings.EqualFold(strings.TrimSpace(proto), "https")
}

// originOf is the origin of an address, "" when there is none.
func originOf(public string) string {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
