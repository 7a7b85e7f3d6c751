package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// env reads settings by name and collects what is wrong with them.
type env struct {
	lookup   Lookup
	names    []string        // every name asked for, in order
	given    map[string]bool // those that have a value, even a wrong one
	mistakes Mistakes
}

// wrong notes a mistake in the setting called name.
func (e *env) wrong(name, format string, args ...any) {
	e.mistakes = append(e.mistakes, name+": "+fmt.Sprintf(format, args...))
}

// set says whether name, or its file, was given a value.
func (e *env) set(name string) bool { return e.given[name] }

// raw is what the environment, or the file that NAME_FILE points at, says;
// an empty value counts as none.
func (e *env) raw(name string) (string, bool) {
	e.names = append(e.names, name)
	value, _ := e.lookup(name)
	path, _ := e.lookup(name + "_FILE")
	e.given[name] = value != "" || path != ""
	if value != "" && path != "" {
		e.wrong(name, "%s_FILE is set as well; set one of them", name)
		return "", false
	}
	if path != "" {
		value = e.file(name, path)
	}
	return value, value != ""
}

// file reads a setting's file. Only one trailing newline is cut: a secret may
// end in anything else.
func (e *env) file(name, path string) string {
	body, err := os.ReadFile(path)
	if err != nil {
		e.wrong(name+"_FILE", "%v", reason(err))
		return ""
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(body), "\n"), "\r")
	if text == "" {
		e.wrong(name+"_FILE", "the file is empty")
	}
	return text
}

// reason is an error of the file system without its path, which a person has
// just written and which may be a secret put in the wrong variable.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("cannot read the file: %w", p.Err)
	}
	return err
}

// text reads a setting that may be anything.
func (e *env) text(name string) string {
	v, _ := e.raw(name)
	return v
}

// secret reads a setting that must not be shown.
func (e *env) secret(name string) Secret { return Secret(e.text(name)) }

// one reads a setting that is one of a few words.
func (e *env) one(name string, words ...string) string {
	v, ok := e.raw(name)
	if !ok {
		return words[0]
	}
	v = strings.ToLower(v)
	if !slices.Contains(words, v) {
		e.wrong(name, "want one of %s", strings.Join(words, ", "))
	}
	return v
}

// parsed reads a setting with a form of its own; parse's error says what is
// expected and never repeats a secret.
func parsed[T any](e *env, name, fallback string, parse func(string) (T, error)) T {
	text, ok := e.raw(name)
	if !ok {
		text = fallback
	}
	v, err := parse(text)
	if err != nil {
		e.wrong(name, "%v", err)
	}
	return v
}
