package setup

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"waybill/cmd/bot/doctor"
	"waybill/models/seal"
)

// askLanguage asks for the bot's language. The questions' own is the default.
func (s *setup) askLanguage(ctx context.Context) error {
	s.heading("language")
	languages := []string{"zh-CN", "zh-TW", "en"}
	before := s.Lang
	for _, l := range languages {
		if s.value("LOCALE") == l {
			before = l
		}
	}
	picked, err := s.pick(ctx, "language", languages, []string{before}, false)
	if err != nil {
		return err
	}
	s.answers[prefix+"LOCALE"] = picked[0]
	return nil
}

// group is a door or a provider: what it takes, and how that is tried.
type group struct {
	name      string
	questions []question
	try       func(context.Context, *doctor.Doctor) []doctor.Result // nil: nothing can be tried
}

func (s *setup) doorGroups() []group {
	return []group{
		{"telegram", []question{{setting: "TELEGRAM_TOKEN", secret: true}}, s.tryTelegram},
		{"wecom_kf", callback("WECOM_KF_"), func(ctx context.Context, d *doctor.Doctor) []doctor.Result { return d.CustomerService(ctx) }},
		{"wecom_app", callback("WECOM_APP_"), func(ctx context.Context, d *doctor.Doctor) []doctor.Result { return d.App(ctx) }},
		{"wecom_aibot", []question{{setting: "WECOM_AIBOT_ID"}, {setting: "WECOM_AIBOT_SECRET", secret: true}}, nil},
	}
}

// callback is what an app of WeCom's takes. Token and key are the operator's own choice.
func callback(door string) []question {
	return []question{
		{setting: door + "AGENT_ID"},
		{setting: door + "SECRET", secret: true},
		{setting: door + "TOKEN", secret: true, made: newToken},
		{setting: door + "AES_KEY", secret: true, made: newAESKey},
	}
}

func (s *setup) tryTelegram(ctx context.Context, d *doctor.Doctor) []doctor.Result {
	name, results := d.Telegram(ctx)
	if len(results) > 0 {
		return results
	}
	return []doctor.Result{{OK: true, Text: s.words.say("text.bot", "Name", name)}}
}

// askDoors asks for the doors, and for what those take. What others took goes.
func (s *setup) askDoors(ctx context.Context) error {
	s.heading("doors")
	groups := s.doorGroups()
	picked, err := s.askWhich(ctx, "doors", groups)
	if err != nil {
		return err
	}
	s.doors = picked
	corporation := false
	for _, g := range groups {
		if !slices.Contains(picked, g.name) {
			continue
		}
		s.heading(g.name)
		if strings.HasPrefix(g.name, "wecom_") && g.name != "wecom_aibot" && !corporation {
			corporation = true
			if err := s.ask(ctx, question{setting: "WECOM_CORP_ID"}); err != nil {
				return err
			}
		}
		if err := s.askGroup(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

func (s *setup) providerGroups() []group {
	examine := func(name string) func(context.Context, *doctor.Doctor) []doctor.Result {
		return func(ctx context.Context, d *doctor.Doctor) []doctor.Result { return d.Provider(ctx, name) }
	}
	return []group{
		{"muzhi", []question{{setting: "MUZHI_APPCODE", secret: true}}, examine("muzhi")},
		{"kuaidi100", []question{{setting: "KUAIDI100_CUSTOMER", secret: true}, {setting: "KUAIDI100_KEY", secret: true}}, examine("kuaidi100")},
		{"juhe", []question{{setting: "JUHE_KEY", secret: true}}, examine("juhe")},
		{"kuaibao", []question{{setting: "KUAIBAO_APP_ID"}, {setting: "KUAIBAO_API_KEY", secret: true}}, examine("kuaibao")},
	}
}

// askProviders asks for the tracking APIs, and for what those take.
func (s *setup) askProviders(ctx context.Context) error {
	s.heading("providers")
	groups := s.providerGroups()
	picked, err := s.askWhich(ctx, "providers", groups)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if !slices.Contains(picked, g.name) {
			continue
		}
		s.print("\n   " + s.colour(bold, s.words.say("item."+g.name)) + "\n")
		if err := s.askGroup(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

func (s *setup) askGroup(ctx context.Context, g group) error {
	try := g.try
	if try == nil {
		try = func(context.Context, *doctor.Doctor) []doctor.Result { return nil }
	}
	return s.trial(ctx, g.questions, try)
}

// askWhich asks which groups there shall be; those of which something is known are
// the default, else the first. The settings of the others are removed.
func (s *setup) askWhich(ctx context.Context, key string, groups []group) ([]string, error) {
	var names, before []string
	for _, g := range groups {
		names = append(names, g.name)
		if s.knowsAny(g) {
			before = append(before, g.name)
		}
	}
	if len(before) == 0 {
		before = names[:1]
	}
	picked, err := s.pick(ctx, key, names, before, true)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if !slices.Contains(picked, g.name) {
			s.removeAll(g.name)
		}
	}
	return picked, nil
}

func (s *setup) knowsAny(g group) bool {
	return slices.ContainsFunc(g.questions, func(q question) bool { return s.has(q.setting) })
}

// removeAll removes every setting of a door or a provider that the file has, also
// those that nobody asks about: half of them would stop bot serve.
func (s *setup) removeAll(group string) {
	begin := prefix + strings.ToUpper(group) + "_"
	for name := range s.old {
		if strings.HasPrefix(name, begin) {
			s.remove(strings.TrimSuffix(strings.TrimPrefix(name, prefix), "_FILE"))
		}
	}
}

// askWeb asks for the public address and for the dashboard's token.
func (s *setup) askWeb(ctx context.Context) error {
	s.heading("web")
	if err := s.ask(ctx, question{setting: "PUBLIC_URL", optional: true}); err != nil {
		return err
	}
	return s.ask(ctx, question{setting: "ADMIN_TOKEN", secret: true, made: newToken, optional: true})
}

// askDatabase asks for the database, and makes the key that MySQL takes.
func (s *setup) askDatabase(ctx context.Context) error {
	const server = "mysql://"
	s.heading("database")
	before := "sqlite"
	if strings.HasPrefix(s.value("DB"), server) || s.inFile("DB") != "" {
		before = "mysql"
	}
	for {
		picked, err := s.pick(ctx, "database", []string{"sqlite", "mysql"}, []string{before}, false)
		if err != nil {
			return err
		}
		s.database, before = picked[0], picked[0]
		var questions []question
		switch {
		case s.database == "mysql":
			s.ensureKey()
			if strings.HasPrefix(s.value("DB"), "sqlite://") {
				s.remove("DB")
			}
			questions = []question{{setting: "DB", secret: true}}
		case !strings.HasPrefix(s.value("DB"), "sqlite://"):
			s.remove("DB")
			s.answers[prefix+"DB"] = "sqlite://waybill.db"
		default:
			s.answers[prefix+"DB"] = s.value("DB")
		}
		for _, q := range questions {
			if err := s.ask(ctx, q); err != nil {
				return err
			}
		}
		if s.Offline {
			return nil
		}
		again, err := s.tried(ctx, func(ctx context.Context, d *doctor.Doctor) []doctor.Result { return d.Database(ctx) })
		if err != nil || !again {
			return err
		}
	}
}

// ensureKey makes the key that MySQL takes, unless there is one.
func (s *setup) ensureKey() {
	if !s.has("SECRET_KEY") {
		s.answers[prefix+"SECRET_KEY"] = seal.NewKey()
	}
}

// newToken is 32 hexadecimal digits.
func newToken() string { return hex.EncodeToString(random(16)) }

// newAESKey is an EncodingAESKey as WeCom's console makes them: 32 bytes in base64
// without the padding, of letters and digits alone.
func newAESKey() string {
	for {
		key := base64.RawStdEncoding.EncodeToString(random(32))
		if !strings.ContainsAny(key, "+/") {
			return key
		}
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails; the program ends if the system has no randomness
	return b
}
