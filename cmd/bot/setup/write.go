package setup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waybill/cmd/bot/config"
)

// write writes the file beside its place and renames it, so that nobody ever reads
// half of it.
func (s *setup) write(context.Context) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(s.Path), ".env-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write settings file: %w", err)
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if _, there := os.Lstat(s.Path); err == nil && there == nil && !s.exists {
		err = errors.New("somebody else has made it meanwhile")
	}
	if err == nil {
		err = os.Rename(f.Name(), s.Path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write settings file: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// sections are what the file's settings stand under, by what their names begin with.
func sections() []struct{ heading, begin string } {
	return []struct{ heading, begin string }{
		{"language", "LOCALE"},
		{"telegram", "TELEGRAM_"},
		{"wecom_kf", "WECOM_KF_"},
		{"wecom_app", "WECOM_APP_"},
		{"wecom_aibot", "WECOM_AIBOT_"},
		{"wecom", "WECOM_"},
		{"providers", "MUZHI_"},
		{"providers", "KUAIDI100_"},
		{"providers", "JUHE_"},
		{"providers", "KUAIBAO_"},
		{"web", "PUBLIC_URL"},
		{"web", "ADMIN_TOKEN"},
		{"database", "DB"},
		{"database", "SECRET_KEY"},
	}
}

// text is the file: what was asked in the order of the questions, then the rest.
func (s *setup) text() (string, error) {
	file := s.file()
	var b strings.Builder
	for _, key := range []string{"top", "use", "more"} {
		b.WriteString("# " + s.words.say("file."+key, "File", s.shown(), "Command", s.inShell()) + "\n")
	}
	last := ""
	put := func(heading string, belongs func(name string) bool) error {
		for _, name := range slices.Sorted(maps.Keys(file)) {
			if !belongs(name) {
				continue
			}
			value, err := config.Quoted(file[name])
			if err != nil {
				return fmt.Errorf("write settings file: %s %w", name, err)
			}
			if heading != last {
				b.WriteString("\n# " + s.words.say("head."+heading) + "\n")
			}
			last = heading
			b.WriteString(name + "=" + value + "\n")
			delete(file, name)
		}
		return nil
	}
	for _, section := range sections() {
		if err := put(section.heading, func(name string) bool { return strings.HasPrefix(name, prefix+section.begin) }); err != nil {
			return "", err
		}
	}
	err := put("others", func(string) bool { return true })
	return b.String(), err
}

// shown is the file's path as a command takes it.
func (s *setup) shown() string {
	quoted, err := config.Quoted(s.Path)
	if err != nil {
		return s.Path
	}
	return quoted
}

// inShell reads the file in a shell, which looks for what has no slash on the PATH.
func (s *setup) inShell() string {
	path := s.shown()
	if !strings.Contains(path, "/") {
		path = "./" + path
	}
	return "set -a; . " + path + "; set +a; " + s.Program + " serve"
}

// sayWhatNext says what to run, and what is to be done elsewhere.
func (s *setup) sayWhatNext() {
	s.print("\n")
	s.say("✓", green, s.words.say("text.written", "File", s.Path))
	for _, name := range slices.Sorted(maps.Keys(s.answers)) {
		if v := s.Environ[name]; v != "" && v != s.answers[name] {
			s.say("!", amber, s.words.say("text.shadowed", "Name", name))
		}
	}
	settings, err := config.Read(s.environ(), s.Vendors())
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		s.say("!", amber, s.words.say("text.still"))
		for _, m := range mistakes {
			s.hint(m.String())
		}
	}
	s.print("\n" + s.colour(bold, s.words.say("text.next")) + "\n")
	option := " --env-file " + s.shown()
	s.command(s.Program+" doctor"+option, s.words.say("text.doctor"))
	s.command(s.Program+" serve"+option, s.words.say("text.serve"))
	s.print("\n")
	s.say("·", dim, s.words.say("text.shell", "Command", s.inShell()))
	s.say("·", dim, s.words.say("text.compose", "File", s.shown()))
	base := settings.PublicURL
	for _, door := range s.doors {
		path, callback := map[string]string{"wecom_kf": "/wecom/kf", "wecom_app": "/wecom/app"}[door]
		if callback {
			at := "https://YOUR-HOST"
			if base != "" {
				at = base
			}
			s.say("·", dim, s.words.say("text.callback", "URL", at+path, "File", s.shown(), "Prefix", prefix+strings.ToUpper(door)+"_"))
		}
	}
	if settings.AdminToken != "" {
		at := base
		if at == "" {
			at = "http://" + settings.HTTPAddr
		}
		s.say("·", dim, s.words.say("text.dashboard", "URL", at+"/admin", "File", s.shown()))
	}
	if s.database == "mysql" {
		s.say("·", dim, s.words.say("text.key"))
	}
	s.say("·", dim, s.words.say("text.more"))
}

// command shows a command and what it does.
func (s *setup) command(line, does string) {
	s.print("   " + s.colour(bold, line) + "   " + s.colour(dim, "# "+does) + "\n")
}
