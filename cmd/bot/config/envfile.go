package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	"waybill/internal/pattern"
)

// A settings file is what sh reads with ". ./.env" and docker compose as
// env_file: NAME=value lines, and lines that begin with #. The two differ in what
// they make of dollar signs, backslashes and blanks, so only what both read alike is
// taken: a value of plain characters as it is, anything else in single quotes.

var (
	envName  = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
	envPlain = pattern.New(`^[\p{L}\p{N}_./:@%+=,?-]*$`)
	envBare  = pattern.New("^[^\\s'\"`$\\\\;&|<>()~]*$") // no shell looks for files where a value is assigned
)

// Quoted is a value as it stands in a settings file. It is an error when sh and
// docker compose cannot both be told it: single quotes, line breaks and other control
// characters, and a backslash at the end.
func Quoted(value string) (string, error) {
	if envPlain.MatchString(value) {
		return value, nil
	}
	if i := strings.IndexFunc(value, func(r rune) bool { return r == '\'' || r < ' ' || r == 0x7f }); i >= 0 {
		return "", errors.New("has a single quote or a line break in it, which no .env file can hold for both sh and docker compose")
	}
	if strings.HasSuffix(value, `\`) {
		return "", errors.New("ends with a backslash, which no .env file can hold for both sh and docker compose")
	}
	return "'" + value + "'", nil
}

// ReadFile reads a settings file. Errors give the line and never its text; what is
// wrong with the file itself keeps fs.ErrNotExist and its like.
func ReadFile(path string) (map[string]string, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read settings file: %w", err)
	}
	values := map[string]string{}
	for i, line := range strings.Split(strings.TrimPrefix(string(body), "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("read settings file: line %d: %w", i+1, err)
		}
		values[name] = value
	}
	return values, nil
}

// parseLine reads NAME=value; "export" before it is for shells.
func parseLine(line string) (name, value string, err error) {
	if assignment, exported := strings.CutPrefix(line, "export "); exported {
		line = strings.TrimSpace(assignment)
	}
	name, text, ok := strings.Cut(line, "=")
	if !ok || !envName.MatchString(name) {
		return "", "", errors.New("want NAME=value, without blanks around the equals sign, or a comment that begins with #")
	}
	value, err = parseValue(text)
	return name, value, err
}

func parseValue(text string) (string, error) {
	if text != "" && (text[0] == '\'' || text[0] == '"') {
		quote := text[:1]
		value, behind, closed := strings.Cut(text[1:], quote)
		switch {
		case !closed:
			return "", errors.New("the quote is not closed on its line")
		case !comment(behind):
			return "", errors.New("nothing but a comment may stand behind the closing quote")
		case quote == `"` && strings.ContainsAny(value, "$`\\"), quote == "'" && strings.HasSuffix(value, `\`):
			return "", errors.New("$, ` and \\ in double quotes are read differently by different programs; put the value in single quotes")
		}
		return value, nil
	}
	value, behind, _ := strings.Cut(text, " ")
	if !comment(behind) || !envBare.MatchString(value) {
		return "", errors.New("has blanks or characters that mean something to a shell; put the value in single quotes")
	}
	return value, nil
}

// comment says that nothing but a comment stands behind a value.
func comment(text string) bool {
	text = strings.TrimSpace(text)
	return text == "" || strings.HasPrefix(text, "#")
}

// WithFile is an environment with the settings of a file in it; what the environment
// says goes before the file, as it does with docker. path "" adds nothing. The error
// is a Mistakes that names the option.
func WithFile(environ map[string]string, path string) (map[string]string, error) {
	if path == "" {
		return environ, nil
	}
	file, err := ReadFile(path)
	if err != nil {
		return nil, Mistakes{{Name: "--env-file", Problem: err.Error()}}
	}
	for name, value := range environ {
		if value == "" {
			continue // counts as none
		}
		setting := strings.TrimSuffix(name, "_FILE")
		delete(file, setting) // NAME and NAME_FILE are one setting
		delete(file, setting+"_FILE")
	}
	merged := maps.Clone(environ)
	maps.Copy(merged, file)
	return merged, nil
}

// Problem is what is wrong with one setting among all of an environment, "" when
// nothing is. It does not repeat the value.
func Problem(environ map[string]string, name string, read func(map[string]string) (Settings, error)) string {
	var mistakes Mistakes
	if _, err := read(environ); !errors.As(err, &mistakes) {
		return ""
	}
	for _, m := range mistakes {
		if strings.TrimSuffix(m.Name, "_FILE") == name {
			return m.Problem
		}
	}
	return ""
}
