package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"waybill/internal/spelling"
)

// What every setting's name begins with, and those of the tests, which are
// nobody's business here.
const (
	prefix     = "WAYBILL_"
	testPrefix = "WAYBILL_TEST_"
)

// Environ is the environment of this process by name.
func Environ() map[string]string { return env.ToMap(os.Environ()) }

// reader fills settings from an environment and collects what is wrong with
// it. The work is env's; here is what env does not do (decision 009).
type reader struct {
	environ  map[string]string
	values   map[string]string // by setting, with what its file says
	names    []string          // every setting that there is, in order
	mistakes Mistakes
}

// form is what a setting must look like.
type form struct {
	of    reflect.Type // what it is read into
	parse env.ParserFunc
}

// is makes a form of a parser, whose errors say what is wanted and do not
// repeat the text.
func is[T any](parse func(string) (T, error)) form {
	return form{reflect.TypeFor[T](), func(text string) (any, error) { return parse(text) }}
}

// fill reads a struct with env tags whose names begin with prefix. forms has
// every setting in it, or is nil when texts are checked later; secrets have one
// form then.
func (r *reader) fill(target any, prefix string, forms map[string]form) {
	var at string // the setting being read, which parsers do not get to know
	parsers := map[reflect.Type]env.ParserFunc{}
	for _, f := range forms {
		parsers[f.of] = func(text string) (any, error) {
			v, err := forms[strings.TrimPrefix(at, prefix)].parse(text)
			if err != nil {
				r.wrong(at, "%v", err)
			}
			return v, nil
		}
	}
	if forms == nil {
		parsers[reflect.TypeFor[Secret]()] = func(text string) (any, error) {
			word, err := parseWord(text)
			if err != nil {
				r.wrong(at, "%v", err)
			}
			return word, nil
		}
	}
	options := env.Options{
		Environment: r.values, Prefix: prefix, FuncMap: parsers,
		OnSet: func(name string, _ any, _ bool) { at = name },
	}
	settings, err := env.GetFieldParamsWithOptions(target, options)
	for _, s := range settings {
		r.names = append(r.names, s.Key)
		r.values[s.Key] = r.value(s.Key)
	}
	if err == nil {
		err = env.ParseWithOptions(target, options)
	}
	r.unreadable(prefix, err)
}

// unreadable notes what env itself could not read. Its errors quote the value.
func (r *reader) unreadable(prefix string, err error) {
	var all env.AggregateError
	if err != nil && !errors.As(err, &all) {
		all.Errors = []error{err}
	}
	for _, err := range all.Errors {
		var field env.ParseError
		if errors.As(err, &field) {
			r.wrong(prefix+"…", "%s: want a value of type %s", field.Name, field.Type)
			continue
		}
		r.wrong(prefix+"…", "cannot be read: %T", err)
	}
}

// value is what the environment, or the file that NAME_FILE points at, says.
func (r *reader) value(name string) string {
	value, path := r.environ[name], r.environ[name+"_FILE"]
	if value != "" && path != "" {
		r.wrong(name, "%s_FILE is set as well; set one of them", name)
		return ""
	}
	if path != "" {
		value = r.file(name+"_FILE", path)
	}
	if placeholder(value) && !freeText(name) {
		r.wrong(name, "is what documents write for a value; put the real one in its place")
		return ""
	}
	return value
}

// placeholder says whether a value was typed as documents write it: WAYBILL_X=…,
// <token>, xxxx.
func placeholder(value string) bool {
	value = strings.TrimSpace(value)
	return strings.Contains(value, "…") ||
		strings.HasPrefix(value, "<") && strings.HasSuffix(value, ">") ||
		len(value) > 2 && strings.Trim(value, ".") == "" || len(value) > 2 && strings.Trim(strings.ToLower(value), "x*") == ""
}

// freeText says whether a setting is said to people, in any words.
func freeText(name string) bool {
	return name == prefix+"SHOP_NAME" || name == prefix+"WECOM_KF_WELCOME"
}

// file reads a setting's file. Only one trailing newline is cut: a secret may
// end in anything else.
func (r *reader) file(name, path string) string {
	body, err := os.ReadFile(path)
	if err != nil {
		r.wrong(name, "cannot read the file: %v", withoutPath(err))
		return ""
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(body), "\n"), "\r")
	if text == "" {
		r.wrong(name, "the file is empty")
	}
	return text
}

// withoutPath is an error of the file system without the path, which may be a
// secret put in the wrong variable.
func withoutPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// set says whether a setting, without WAYBILL_, or its file was given a value,
// even a wrong one. An empty value counts as none.
func (r *reader) set(name string) bool {
	return r.environ[prefix+name] != "" || r.environ[prefix+name+"_FILE"] != ""
}

// wrong notes a mistake, the first one about each setting.
func (r *reader) wrong(name, format string, args ...any) {
	known := func(m Mistake) bool { return strings.TrimSuffix(m.Name, "_FILE") == strings.TrimSuffix(name, "_FILE") }
	if !slices.ContainsFunc(r.mistakes, known) {
		r.mistakes = append(r.mistakes, Mistake{Name: name, Problem: fmt.Sprintf(format, args...)})
	}
}

func (r *reader) err() error {
	if len(r.mistakes) == 0 {
		return nil
	}
	return r.mistakes
}

// findUnknown notes names that look like settings and are none: they are
// usually misspelt.
func (r *reader) findUnknown() {
	for _, name := range slices.Sorted(maps.Keys(r.environ)) {
		setting := strings.TrimSuffix(name, "_FILE")
		if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, testPrefix) || slices.Contains(r.names, setting) {
			continue
		}
		r.wrong(name, "there is no such setting; the nearest is %s", nearest(setting, r.names))
	}
}

// nearest is the name that takes the fewest changes of a letter.
func nearest(name string, names []string) string {
	return slices.MinFunc(names, func(a, b string) int { return spelling.Distance(name, a) - spelling.Distance(name, b) })
}
