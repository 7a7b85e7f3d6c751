// Package setup asks a new operator what bot serve needs, tries each answer where that
// costs nothing, and writes the settings file. Until everything is answered nothing is
// written, and a file that is there is changed only after a yes.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"waybill/cmd/bot/config"
	"waybill/cmd/bot/doctor"
	"waybill/tracking"
)

// prefix is what the names of all settings begin with.
const prefix = "WAYBILL_"

// Options are what can be chosen.
type Options struct {
	Path    string // of the settings file
	Offline bool   // answers are kept without asking anybody whether they work
	Program string // how the program is called, for what to run next
	Environ map[string]string
	Vendors func() []tracking.Vendor // a new set each time, to be filled
	Doctor  func(config.Settings) *doctor.Doctor
}

// ErrNotWritten says that somebody has broken off, or has not wanted the file to be
// changed. The reader has been told.
var ErrNotWritten = errors.New("nothing was written")

// setup is one run of questions.
type setup struct {
	Options
	*prompter
	words words

	exists   bool
	old      map[string]string // what the file said
	answers  map[string]string // by the setting's whole name
	removed  map[string]bool   // settings of the file that stand there no more
	doors    []string
	database string // sqlite or mysql
}

// Run asks, and writes the file. The error is ErrNotWritten when it was not written
// because nobody wanted it, or the input ended too early.
func Run(ctx context.Context, o Options, t Terminal) error {
	s, err := open(o, t)
	if err != nil {
		return err
	}
	if s.prompter, err = newPrompter(t); err != nil {
		return err
	}
	defer s.restore()
	for _, step := range []func(context.Context) error{
		s.begin, s.askLanguage, s.askDoors, s.askProviders, s.askWeb, s.askDatabase, s.write,
	} {
		if err := step(ctx); err != nil {
			return s.brokenOff(err)
		}
	}
	s.sayWhatNext()
	return nil
}

// open reads the words and the file as it is, and sees whether one can be written.
func open(o Options, t Terminal) (*setup, error) {
	w, err := readWords(t.Lang)
	if err != nil {
		return nil, err
	}
	if target, err := filepath.EvalSymlinks(o.Path); err == nil {
		o.Path = target // the file behind a link is changed, and the link stays
	}
	s := &setup{
		Options: o, words: w,
		old: map[string]string{}, answers: map[string]string{}, removed: map[string]bool{},
	}
	switch old, err := config.ReadFile(o.Path); {
	case err == nil:
		s.exists, s.old = true, old
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", o.Path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(o.Path), ".env-*")
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", o.Path, err)
	}
	return s, errors.Join(f.Close(), os.Remove(f.Name()))
}

// brokenOff says that nothing was written when the input ended, or somebody ended it.
func (s *setup) brokenOff(err error) error {
	if !ended(err) && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrNotWritten) {
		return err
	}
	s.say("·", dim, s.words.say("text.not_written"))
	return ErrNotWritten
}

// begin says what this is, and asks before an existing file is changed.
func (s *setup) begin(ctx context.Context) error {
	s.print("\n" + s.colour(bold, s.words.say("text.title")) + "\n\n")
	s.hint(s.words.say("text.intro", "File", s.Path))
	if !s.exists {
		return nil
	}
	s.say("!", amber, s.words.say("text.exists", "File", s.Path))
	return s.confirm(ctx, "text.overwrite")
}

// confirm asks a question whose answer is no unless it is yes.
func (s *setup) confirm(ctx context.Context, key string) error {
	text, err := s.line(ctx, "   "+s.words.say(key), false)
	if err != nil {
		return err
	}
	switch strings.ToLower(text) {
	case "y", "yes", "是", "好", "要":
		return nil
	}
	return ErrNotWritten
}

// value is what a setting is as far as is known now: answered, in the file, or in the
// environment.
func (s *setup) value(setting string) string {
	name := prefix + setting
	if v, answered := s.answers[name]; answered {
		return v
	}
	if v := s.old[name]; v != "" && !s.removed[name] {
		return v
	}
	return s.Environ[name]
}

// inFile is the path of the file that holds a setting, "" when none does.
func (s *setup) inFile(setting string) string {
	name := prefix + setting + "_FILE"
	if v := s.old[name]; v != "" && !s.removed[name] {
		return v
	}
	return s.Environ[name]
}

// has says that something is known of a setting.
func (s *setup) has(setting string) bool { return s.value(setting) != "" || s.inFile(setting) != "" }

// remove takes a setting out of the file.
func (s *setup) remove(setting string) {
	delete(s.answers, prefix+setting)
	s.removed[prefix+setting], s.removed[prefix+setting+"_FILE"] = true, true
}

// file is what the file will say.
func (s *setup) file() map[string]string {
	file := map[string]string{}
	for name, value := range s.old {
		if !s.removed[name] {
			file[name] = value
		}
	}
	for name, value := range s.answers {
		delete(file, name)
		delete(file, name+"_FILE")
		if value != "" {
			file[name] = value
		}
	}
	return file
}

// environ is the environment with the answers in it: the addresses of platforms and
// APIs may stand there, and be others than the real ones.
func (s *setup) environ() map[string]string {
	merged := maps.Clone(s.Environ)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, s.file())
	return merged
}

// settings are all settings as they are now, with a doctor for them.
func (s *setup) settings() (config.Settings, *doctor.Doctor) {
	read, _ := config.Parse(s.environ(), s.Vendors()) // mistakes are told where the answers are given
	return read, s.Doctor(read)
}

// problem is what is wrong with a setting as it is now, "" when nothing is.
func (s *setup) problem(setting string) string {
	return config.Problem(s.environ(), prefix+setting, func(environ map[string]string) (config.Settings, error) {
		return config.Read(environ, s.Vendors())
	})
}
