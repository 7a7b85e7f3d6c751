package setup

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"waybill/cmd/bot/config"
	"waybill/cmd/bot/doctor"
)

// question asks for one setting, named without WAYBILL_.
type question struct {
	setting  string
	secret   bool          // it is not shown while it is typed, nor afterwards
	made     func() string // what Enter means where nothing is known; nil: it must be answered
	optional bool          // Enter where nothing is known means none, and - takes it away
}

// none is the answer that takes an optional setting away.
const none = "-"

// ended says that the input has ended.
func ended(err error) bool { return errors.Is(err, io.EOF) }

// heading begins a group of questions.
func (s *setup) heading(key string) {
	s.print("\n" + s.colour(bold, s.words.say("head."+key)) + "\n")
}

// ask asks until the answer is right, and keeps it.
func (s *setup) ask(ctx context.Context, q question) error {
	if where := s.words.say("where." + q.setting); where != "" {
		s.hint(where)
	}
	for {
		text, err := s.line(ctx, "   "+s.words.say("ask."+q.setting)+s.standing(q)+": ", q.secret)
		if err != nil {
			return err
		}
		problem := s.take(q, text)
		if problem == "" {
			return nil
		}
		s.say("✗", red, s.words.say("text.wrong", "Problem", problem))
	}
}

// standing is what Enter means.
func (s *setup) standing(q question) string {
	value := s.value(q.setting)
	switch {
	case value != "" && q.secret:
		value = s.words.say("text.set")
	case value != "":
	case s.inFile(q.setting) != "":
		value = s.words.say("text.in_file", "Path", s.inFile(q.setting))
	case q.made != nil:
		value = s.words.say("text.made")
	case q.optional:
		value = s.words.say("text.none")
	default:
		return ""
	}
	return " [" + value + "]"
}

// take keeps an answer, or says what is wrong with it and keeps what there was.
func (s *setup) take(q question, text string) (problem string) {
	name := prefix + q.setting
	before, answered := s.answers[name]
	switch {
	case text == none && q.optional:
		s.answers[name] = ""
		return ""
	case text != "":
		s.answers[name] = text
	case s.value(q.setting) != "":
		s.answers[name] = s.value(q.setting)
	case s.inFile(q.setting) != "":
		return "" // bot serve may run elsewhere, where the file can be read
	case q.made != nil:
		s.answers[name] = q.made()
	case q.optional:
		return ""
	default:
		return s.words.say("text.required")
	}
	if problem = s.problem(q.setting); problem == "" {
		if _, err := config.Quoted(s.answers[name]); err != nil {
			problem = err.Error()
		}
	}
	if problem != "" {
		delete(s.answers, name)
		if answered {
			s.answers[name] = before
		}
	}
	return problem
}

// pick asks for one or several of a list; before are those that Enter means.
func (s *setup) pick(ctx context.Context, key string, items, before []string, several bool) ([]string, error) {
	s.say(" ", "", s.words.say("pick."+key))
	for i, item := range items {
		s.print("     " + s.colour(bold, strconv.Itoa(i+1)) + "  " + s.words.say("item."+item) + "\n")
	}
	var numbers []string
	for _, item := range before {
		numbers = append(numbers, strconv.Itoa(slices.Index(items, item)+1))
	}
	for {
		text, err := s.line(ctx, "   ["+strings.Join(numbers, ",")+"]: ", false)
		if err != nil {
			return nil, err
		}
		if text == "" {
			return before, nil
		}
		if picked := chosen(text, items); len(picked) == 1 || several && len(picked) > 1 {
			return picked, nil
		}
		example := "1"
		if several {
			example = "1,2"
		}
		s.say("✗", red, s.words.say("text.no_choice", "Count", strconv.Itoa(len(items)), "Example", example))
	}
}

// chosen are the items that an answer names by number or by name, nil when it names
// something else as well.
func chosen(text string, items []string) []string {
	var picked []string
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，、;；", r) }) {
		at := slices.IndexFunc(items, func(item string) bool { return strings.EqualFold(item, word) })
		if n, err := strconv.Atoi(word); err == nil {
			at = n - 1
		}
		if at < 0 || at >= len(items) {
			return nil
		}
		if !slices.Contains(picked, items[at]) {
			picked = append(picked, items[at])
		}
	}
	return picked
}

// trial asks a group of questions and tries the answers. What somebody refuses is
// asked again; what could not be tried is kept if the person says so.
func (s *setup) trial(ctx context.Context, questions []question, try func(context.Context, *doctor.Doctor) []doctor.Result) error {
	for {
		for _, q := range questions {
			if err := s.ask(ctx, q); err != nil {
				return err
			}
		}
		if s.Offline {
			return nil
		}
		again, err := s.tried(ctx, try)
		if err != nil || !again {
			return err
		}
	}
}

// tried shows what a trial finds; again says that the questions are to be asked anew.
func (s *setup) tried(ctx context.Context, try func(context.Context, *doctor.Doctor) []doctor.Result) (again bool, err error) {
	_, d := s.settings()
	s.hint(s.words.say("text.checking"))
	unsure := false
	for _, r := range try(ctx, d) {
		switch {
		case r.OK:
			s.say("✓", green, r.Text)
		case r.Refused:
			s.say("✗", red, s.words.say("text.wrong", "Problem", r.Text))
			again = true
		default:
			s.say("!", amber, s.words.say("text.unsure", "Problem", r.Text))
			unsure = true
		}
	}
	if err := ctx.Err(); err != nil || again || !unsure {
		return again, err
	}
	if s.editor == nil { // nobody is there to be asked, and the next line answers the next question
		s.say("·", dim, s.words.say("text.kept"))
		return false, nil
	}
	switch err := s.confirm(ctx, "text.keep"); {
	case errors.Is(err, ErrNotWritten):
		return true, nil
	default:
		return false, err
	}
}
