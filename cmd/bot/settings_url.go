package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// parseURL reads the base of an HTTP API and cuts its trailing slashes.
func parseURL(text string) (string, error) { return base(text, "https", "http") }

// parseSocketURL reads the address of a WebSocket, which is used whole.
func parseSocketURL(text string) (string, error) {
	_, err := base(text, "wss", "ws")
	return text, err
}

// base reads a URL whose scheme is safe, or bare while the host is this machine.
func base(text, safe, bare string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := parseAddress(text)
	if err != nil {
		return "", err
	}
	if u.Scheme != safe && u.Scheme != bare {
		return "", fmt.Errorf("want %s://…", safe)
	}
	if u.Scheme == bare && !loopback(u.Hostname()) {
		return "", fmt.Errorf("want %s://…; %s:// is for this machine alone (127.0.0.1, localhost)", safe, bare)
	}
	return strings.TrimRight(text, "/"), nil
}

// parseAddress refuses what could hide a secret or change the request: its
// errors do not repeat the text, because it may be a secret in the wrong place.
func parseAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("not a URL with a host")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("want a URL without user, query and fragment")
	}
	return u, nil
}

// parseCallbackURL allows http:// anywhere: the vendor calls https:// on
// request only (facts: Kuaidi100, 2.4).
func parseCallbackURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := parseAddress(text)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("want http://… or https://…")
	}
	return strings.TrimRight(text, "/"), nil
}

// parsePath reads what is appended to an API's base, or an absolute URL of its own.
func parsePath(text string) (string, error) {
	if text == "" || strings.HasPrefix(text, "/") {
		return text, nil
	}
	if !strings.Contains(text, "://") {
		return "", errors.New("want a path that begins with a slash, or a whole URL")
	}
	return parseURL(text)
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

// sqlitePath is the file behind a sqlite:// setting.
func sqlitePath(db string) (string, bool) { return strings.CutPrefix(db, "sqlite://") }

// local says whether a URL, or an empty one, stays on this machine.
func local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (address == "" || loopback(u.Hostname()))
}

// loopback says whether a host is this machine, without asking a resolver.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
