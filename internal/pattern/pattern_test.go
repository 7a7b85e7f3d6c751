package pattern_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"waybill/internal/pattern"
)

func TestAPatternFindsWhatItsExpressionFinds(t *testing.T) {
	const expression, text, by = `([a-z])(\d+)`, "a12, b3; none", "<$1>"
	p, re := pattern.New(expression), regexp.MustCompile(expression)
	for name, both := range map[string][2]any{
		"MatchString":                {p.MatchString(text), re.MatchString(text)},
		"FindString":                 {p.FindString(text), re.FindString(text)},
		"FindStringIndex":            {p.FindStringIndex(text), re.FindStringIndex(text)},
		"FindStringSubmatch":         {p.FindStringSubmatch(text), re.FindStringSubmatch(text)},
		"FindStringSubmatchIndex":    {p.FindStringSubmatchIndex(text), re.FindStringSubmatchIndex(text)},
		"FindAllString":              {p.FindAllString(text, -1), re.FindAllString(text, -1)},
		"FindAllStringIndex":         {p.FindAllStringIndex(text, 1), re.FindAllStringIndex(text, 1)},
		"FindAllStringSubmatch":      {p.FindAllStringSubmatch(text, -1), re.FindAllStringSubmatch(text, -1)},
		"FindAllStringSubmatchIndex": {p.FindAllStringSubmatchIndex(text, -1), re.FindAllStringSubmatchIndex(text, -1)},
		"ReplaceAllString":           {p.ReplaceAllString(text, by), re.ReplaceAllString(text, by)},
		"ReplaceAllStringFunc":       {p.ReplaceAllStringFunc(text, strings.ToUpper), re.ReplaceAllStringFunc(text, strings.ToUpper)},
		"Split":                      {p.Split(text, -1), re.Split(text, -1)},
	} {
		if !reflect.DeepEqual(both[0], both[1]) {
			t.Errorf("%s: %v, want %v", name, both[0], both[1])
		}
	}
}

func TestNothingIsCompiledBeforeItsFirstUse(t *testing.T) {
	p := pattern.New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("what cannot be compiled is used")
		}
	}()
	p.MatchString("")
}
