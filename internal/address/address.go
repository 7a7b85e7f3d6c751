// Package address checks the addresses that an operator sets. Its errors say
// what is wanted and never repeat the text, which may be a secret in the wrong
// variable.
package address

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// API reads the base of an HTTP API and cuts its trailing slashes: https://, or
// http:// on this machine. "" stays "".
func API(text string) (string, error) { return secure(text, "https", "http") }

// Socket reads the address of a WebSocket, which is used whole: wss://, or
// ws:// on this machine.
func Socket(text string) (string, error) {
	_, err := secure(text, "wss", "ws")
	return text, err
}

// Callback reads an address of ours that a vendor calls, http:// or https://,
// and cuts its trailing slashes.
func Callback(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := parse(text)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("want http://… or https://…")
	}
	return strings.TrimRight(text, "/"), nil
}

// Path reads what is appended to an API's base: a path, or an absolute URL that
// stands for itself.
func Path(text string) (string, error) {
	if text == "" || strings.HasPrefix(text, "/") {
		return text, nil
	}
	if !strings.Contains(text, "://") {
		return "", errors.New("want a path that begins with a slash, or a whole URL")
	}
	return API(text)
}

// Local says whether a URL, or an empty one, stays on this machine.
func Local(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (text == "" || Loopback(u.Hostname()))
}

// Loopback says whether a host is this machine, without asking a resolver.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secure reads a URL whose scheme is safe, or bare while the host is this machine.
func secure(text, safe, bare string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := parse(text)
	if err != nil {
		return "", err
	}
	if u.Scheme != safe && u.Scheme != bare {
		return "", fmt.Errorf("want %s://…", safe)
	}
	if u.Scheme == bare && !Loopback(u.Hostname()) {
		return "", fmt.Errorf("want %s://…; %s:// is for this machine alone (127.0.0.1, localhost)", safe, bare)
	}
	return strings.TrimRight(text, "/"), nil
}

// parse refuses what could hide a secret or change the request.
func parse(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("not a URL with a host")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("want a URL without user, query and fragment")
	}
	return u, nil
}
