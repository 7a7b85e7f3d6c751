package telegram

import "strings"

// redacted is an error whose text does not contain the token. It unwraps to
// the original for errors.Is and errors.As only; nobody prints that one.
type redacted struct {
	text  string
	cause error
}

// Error is the text without the token.
func (r *redacted) Error() string { return r.text }

// Unwrap gives the error as it was.
func (r *redacted) Unwrap() error { return r.cause }

// redact hides the token in an error's text. The part behind the colon is the
// secret one; it is hidden wherever it stands, however the colon is written.
func redact(token string, err error) error {
	if err == nil {
		return nil
	}
	secret := token
	if _, after, ok := strings.Cut(token, ":"); ok && after != "" {
		secret = after
	}
	if text := err.Error(); strings.Contains(text, secret) {
		return &redacted{text: strings.ReplaceAll(text, secret, "***"), cause: err}
	}
	return err
}
