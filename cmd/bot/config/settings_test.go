package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/tracking"
	"waybill/tracking/juhe"
	"waybill/tracking/kuaibao"
	"waybill/tracking/kuaidi100"
	"waybill/tracking/muzhi"
)

// contract is the table of settings that CONTRACT promises and that are built,
// those of the providers last.
const contract = `
DB NATS_URL HTTP_ADDR PUBLIC_URL SECRET_KEY ADMIN_TOKEN TRUSTED_PROXY ADMIN_CHATS LOCALE TIMEZONE LOG_LEVEL LOG_FORMAT
TELEGRAM_TOKEN TELEGRAM_API_URL TELEGRAM_WEBHOOK_SECRET
WECOM_CORP_ID WECOM_API_URL
WECOM_KF_AGENT_ID WECOM_KF_SECRET WECOM_KF_TOKEN WECOM_KF_AES_KEY WECOM_KF_WELCOME
WECOM_APP_AGENT_ID WECOM_APP_SECRET WECOM_APP_TOKEN WECOM_APP_AES_KEY
WECOM_AIBOT_ID WECOM_AIBOT_SECRET WECOM_AIBOT_URL WECOM_GROUP_WEBHOOKS
PROVIDERS TAIL_CARRIERS DAILY_BUDGET RATE PRICES MIN_INTERVAL POLL_SPEED MAX_PARCELS KEEP QUIET_HOURS SHOP_NAME
MUZHI_APPCODE MUZHI_URL MUZHI_QUERY_PATH MUZHI_DETECT_PATH MUZHI_LIST_PATH
KUAIDI100_CUSTOMER KUAIDI100_KEY KUAIDI100_URL KUAIDI100_AUTONUMBER_URL KUAIDI100_SALT KUAIDI100_CALLBACK_URL
JUHE_KEY JUHE_URL JUHE_FORMAT
KUAIBAO_APP_ID KUAIBAO_API_KEY KUAIBAO_URL KUAIBAO_PUSH_TOKEN`

func vendors() []tracking.Vendor {
	return []tracking.Vendor{muzhi.Vendor(), kuaidi100.Vendor(), juhe.Vendor(), kuaibao.Vendor()}
}

// from is an environment of NAME=value lines; WAYBILL_ is put before each name.
func from(lines ...string) map[string]string {
	environ := map[string]string{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		environ["WAYBILL_"+name] = value
	}
	return environ
}

// enough is the least that serve accepts.
func enough(more ...string) map[string]string {
	return from(append([]string{"TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz_12345678", "MUZHI_APPCODE=c"}, more...)...)
}

// emulators is enough with everything on this machine.
func emulators(more ...string) map[string]string {
	return enough(append([]string{"TELEGRAM_API_URL=http://127.0.0.1:1", "MUZHI_URL=http://localhost:2"}, more...)...)
}

func TestEverySettingOfTheContractIsReadAndNoOther(t *testing.T) {
	r, _ := parse(from(), vendors())
	var want []string
	for name := range strings.FieldsSeq(contract) {
		want = append(want, "WAYBILL_"+name)
	}
	if diff := cmp.Diff(want, r.names); diff != "" {
		t.Errorf("names (-contract +read):\n%s", diff)
	}
}

func TestDefaultsAreThoseOfTheContract(t *testing.T) {
	s, err := Read(enough(), vendors())
	if err != nil {
		t.Fatal(err)
	}
	got := []any{
		s.DB, s.HTTPAddr, s.Locale, s.Zone.String(), s.LogLevel, s.LogFormat, s.Telegram.APIURL, s.Vendors[0].Addresses()[0],
		s.MinInterval, s.PollSpeed, s.MaxParcels.Each, s.Quiet.From, s.Quiet.To, s.Rates["kuaidi100"], strings.Join(s.TailCarriers, " "), len(s.Budgets),
	}
	want := []any{
		"sqlite://waybill.db", "127.0.0.1:8080", "zh-CN", "Asia/Shanghai", "info", "text", "https://api.telegram.org",
		"https://chawuliu.market.alicloudapi.com/query",
		30 * time.Minute, 1.0, 50, 23, 7, 1.0, "sf sf_freight zto kye", 0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		environ map[string]string
		want    []string // the settings named, in any order; none: no mistake
	}{
		"nothing set":                                {from(), []string{"TELEGRAM_TOKEN", "MUZHI_APPCODE"}},
		"no door":                                    {from("MUZHI_APPCODE=c"), []string{"TELEGRAM_TOKEN"}},
		"no provider":                                {from("TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz_12345678"), []string{"MUZHI_APPCODE"}},
		"a provider left out of the order":           {enough("PROVIDERS=juhe"), []string{"PROVIDERS"}},
		"a provider nobody knows":                    {enough("PROVIDERS=muzhi,ups"), []string{"PROVIDERS"}},
		"a provider twice":                           {enough("PROVIDERS=muzhi,muzhi"), []string{"PROVIDERS"}},
		"a webhook secret without a public URL":      {enough("TELEGRAM_WEBHOOK_SECRET=s"), []string{"PUBLIC_URL"}},
		"a webhook secret without a token":           {from("MUZHI_APPCODE=c", "TELEGRAM_WEBHOOK_SECRET=s", "PUBLIC_URL=https://a.example"), []string{"TELEGRAM_TOKEN"}},
		"a webhook secret with a space":              {enough("TELEGRAM_WEBHOOK_SECRET=a b", "PUBLIC_URL=https://a.example"), []string{"TELEGRAM_WEBHOOK_SECRET"}},
		"a webhook that is complete":                 {enough("TELEGRAM_WEBHOOK_SECRET=s", "PUBLIC_URL=https://a.example/bot/"), nil},
		"MySQL without a key":                        {enough("DB=mysql://u:p@h/name"), []string{"SECRET_KEY"}},
		"MySQL with a key":                           {enough("DB=mysql://u:p@h/name", "SECRET_KEY="+key), nil},
		"two keys, the newer first":                  {enough("SECRET_KEY=" + key + "," + key), nil},
		"a key too short":                            {enough("SECRET_KEY=YWJj"), []string{"SECRET_KEY"}},
		"a database nobody knows":                    {enough("DB=postgres://h/n"), []string{"DB"}},
		"MySQL without a name":                       {enough("DB=mysql://u:p@h:3306/", "SECRET_KEY="+key), []string{"DB"}},
		"SQLite without a path":                      {enough("DB=sqlite://"), []string{"DB"}},
		"bare http to the world":                     {enough("MUZHI_URL=http://a.example"), []string{"MUZHI_URL"}},
		"bare http to a name that only looks local":  {enough("MUZHI_URL=http://localhost.a.example"), []string{"MUZHI_URL"}},
		"bare ws to the world":                       {enough("WECOM_AIBOT_URL=ws://a.example"), []string{"WECOM_AIBOT_URL"}},
		"bare ws to this machine":                    {enough("WECOM_AIBOT_URL=ws://[::1]:9"), nil},
		"a key in a URL":                             {enough("MUZHI_URL=https://a.example/?key=s3cret"), []string{"MUZHI_URL"}},
		"a detection path on another host":           {enough("MUZHI_DETECT_PATH=https://b.example/detect"), nil},
		"a detection path on another host, bare":     {enough("MUZHI_DETECT_PATH=http://b.example/detect"), []string{"MUZHI_DETECT_PATH"}},
		"a path without its slash":                   {enough("MUZHI_QUERY_PATH=query"), []string{"MUZHI_QUERY_PATH"}},
		"a lower floor towards the vendor":           {enough("MIN_INTERVAL=1m"), []string{"MIN_INTERVAL"}},
		"a faster clock towards the vendor":          {enough("POLL_SPEED=60"), []string{"POLL_SPEED"}},
		"a slower clock towards the vendor":          {enough("POLL_SPEED=0.5"), []string{"POLL_SPEED"}},
		"a lower floor towards emulators":            {emulators("MIN_INTERVAL=1s", "POLL_SPEED=600"), nil},
		"a lower floor, but detection is elsewhere":  {emulators("MIN_INTERVAL=1s", "MUZHI_DETECT_PATH=https://b.example/d"), []string{"MIN_INTERVAL"}},
		"a higher floor towards the vendor":          {enough("MIN_INTERVAL=2h"), nil},
		"a floor that is no duration":                {enough("MIN_INTERVAL=30"), []string{"MIN_INTERVAL"}},
		"a speed of nothing":                         {emulators("POLL_SPEED=0"), []string{"POLL_SPEED"}},
		"a budget for nobody":                        {enough("DAILY_BUDGET=ups=1"), []string{"DAILY_BUDGET"}},
		"a budget of nothing":                        {enough("DAILY_BUDGET=muzhi=0"), []string{"DAILY_BUDGET"}},
		"a rate below nothing":                       {enough("RATE=muzhi=-1"), []string{"RATE"}},
		"a price for a call nobody makes":            {enough("PRICES=muzhi.sing=1"), []string{"PRICES"}},
		"a price":                                    {enough("PRICES=muzhi.query=0.0038,kuaidi100.subscribe=0.05"), nil},
		"quiet hours in words":                       {enough("QUIET_HOURS=night"), []string{"QUIET_HOURS"}},
		"quiet hours that never end":                 {enough("QUIET_HOURS=7-7"), []string{"QUIET_HOURS"}},
		"an hour past midnight":                      {enough("QUIET_HOURS=23-24"), []string{"QUIET_HOURS"}},
		"a zone on no map":                           {enough("TIMEZONE=Asia/Atlantis"), []string{"TIMEZONE"}},
		"an address without a port":                  {enough("HTTP_ADDR=127.0.0.1"), []string{"HTTP_ADDR"}},
		"a log level nobody knows":                   {enough("LOG_LEVEL=loud"), []string{"LOG_LEVEL"}},
		"a chat without its door":                    {enough("ADMIN_CHATS=123"), []string{"ADMIN_CHATS"}},
		"no parcels at all":                          {enough("MAX_PARCELS=0"), []string{"MAX_PARCELS"}},
		"Juhe alone":                                 {from("TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz_12345678", "JUHE_KEY=k", "JUHE_FORMAT=xml"), nil},
		"Juhe in a format that it has not":           {enough("JUHE_KEY=k", "JUHE_FORMAT=yaml"), []string{"JUHE_FORMAT"}},
		"the address alone of a provider":            {enough("JUHE_URL=https://v.juhe.cn"), nil},
		"Kuaidi100 alone":                            {from("TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz_12345678", "KUAIDI100_CUSTOMER=c", "KUAIDI100_KEY=k"), nil},
		"a customer without a key":                   {enough("KUAIDI100_CUSTOMER=c"), []string{"KUAIDI100_KEY"}},
		"a key without a customer":                   {from("TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz_12345678", "KUAIDI100_KEY=c"), []string{"KUAIDI100_CUSTOMER"}},
		"a salt alone":                               {enough("KUAIDI100_SALT=s", "PUBLIC_URL=https://a.example"), []string{"KUAIDI100_CUSTOMER", "KUAIDI100_KEY"}},
		"a salt without a way back":                  {enough("KUAIDI100_SALT=s", "KUAIDI100_CUSTOMER=c", "KUAIDI100_KEY=k"), []string{"PUBLIC_URL"}},
		"a salt with a callback of its own":          {enough("KUAIDI100_SALT=s", "KUAIDI100_CUSTOMER=c", "KUAIDI100_KEY=k", "KUAIDI100_CALLBACK_URL=http://a.example"), nil},
		"Kuaibao with pushes":                        {enough("KUAIBAO_APP_ID=1", "KUAIBAO_API_KEY=k", "KUAIBAO_PUSH_TOKEN=t-1"), nil},
		"half of Kuaibao":                            {enough("KUAIBAO_APP_ID=1"), []string{"KUAIBAO_API_KEY"}},
		"a push token alone":                         {enough("KUAIBAO_PUSH_TOKEN=t"), []string{"KUAIBAO_APP_ID", "KUAIBAO_API_KEY"}},
		"a push token that is no part of an address": {enough("KUAIBAO_APP_ID=1", "KUAIBAO_API_KEY=k", "KUAIBAO_PUSH_TOKEN=a/b"), []string{"KUAIBAO_PUSH_TOKEN"}},
		"a lower floor, but Juhe is elsewhere":       {emulators("MIN_INTERVAL=1s", "JUHE_KEY=k"), []string{"MIN_INTERVAL"}},
		"a faster clock, but recognition is elsewhere": {
			emulators("POLL_SPEED=9", "KUAIDI100_CUSTOMER=c", "KUAIDI100_KEY=k", "KUAIDI100_URL=http://127.0.0.1:3"), []string{"POLL_SPEED"},
		},
		"a faster clock towards four emulators": {
			emulators("POLL_SPEED=9", "KUAIDI100_CUSTOMER=c", "KUAIDI100_KEY=k", "KUAIDI100_URL=http://127.0.0.1:3", "KUAIDI100_AUTONUMBER_URL=http://127.0.0.1:3",
				"KUAIDI100_SALT=s", "KUAIDI100_CALLBACK_URL=http://a.example", "JUHE_KEY=k", "JUHE_URL=http://[::1]:4",
				"KUAIBAO_APP_ID=1", "KUAIBAO_API_KEY=k", "KUAIBAO_URL=http://localhost:5"), nil,
		},
		"a token that can be guessed":           {enough("ADMIN_TOKEN=123456789012345"), []string{"ADMIN_TOKEN"}},
		"a token for the dashboard":             {enough("ADMIN_TOKEN=1234567890123456"), nil},
		"no token":                              {enough("ADMIN_TOKEN="), nil},
		"proxies":                               {enough("TRUSTED_PROXY=::1, 127.0.0.1,10.0.0.0/8"), nil},
		"a proxy by name":                       {enough("TRUSTED_PROXY=caddy"), []string{"TRUSTED_PROXY"}},
		"finished parcels for a month":          {enough("KEEP=30d"), nil},
		"finished parcels for hours":            {enough("KEEP=720h"), nil},
		"finished parcels for no time":          {enough("KEEP=0d"), []string{"KEEP"}},
		"finished parcels for less than a day":  {enough("KEEP=2h"), []string{"KEEP"}},
		"finished parcels for a number":         {enough("KEEP=90"), []string{"KEEP"}},
		"a shop's chat with a limit of its own": {enough("MAX_PARCELS=50,telegram:123=5000"), nil},
		"a limit for one chat alone":            {enough("MAX_PARCELS=telegram:-100123=5000"), nil},
		"two limits for all":                    {enough("MAX_PARCELS=50,60"), []string{"MAX_PARCELS"}},
		"two limits for one chat":               {enough("MAX_PARCELS=telegram:1=5,telegram:1=6"), []string{"MAX_PARCELS"}},
		"a limit for a chat without a door":     {enough("MAX_PARCELS=50,123=5000"), []string{"MAX_PARCELS"}},
		"a limit of nothing for a chat":         {enough("MAX_PARCELS=50,telegram:1=0"), []string{"MAX_PARCELS"}},
		"a name that is misspelt":               {enough("TELEGRAM_TOKN=s"), []string{"TELEGRAM_TOKN"}},
		"a file that is misspelt":               {enough("JUHE_KY_FILE=/run/secrets/key"), []string{"JUHE_KY_FILE"}},
		"a setting of the tests":                {enough("TEST_DB=sqlite"), nil},
		"NATS by another scheme":                {enough("NATS_URL=http://h"), []string{"NATS_URL"}},
		"a cluster of NATS servers":             {enough("NATS_URL=nats://a:4222,nats://b:4222"), nil},
		"many at once":                          {enough("TIMEZONE=x", "RATE=x", "MAX_PARCELS=x"), []string{"TIMEZONE", "RATE", "MAX_PARCELS"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.environ, vendors())
			if diff := cmp.Diff(sorted(c.want), named(err)); diff != "" {
				t.Errorf("settings named (-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// named is the settings that the mistakes name, without WAYBILL_.
func named(err error) []string {
	var mistakes Mistakes
	errors.As(err, &mistakes)
	var names []string
	for _, m := range mistakes {
		names = append(names, strings.TrimPrefix(m.Name, "WAYBILL_"))
	}
	return sorted(names)
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return out
}

func TestWhatCannotBeAValueIsAMistakeByName(t *testing.T) {
	for name, c := range map[string]struct {
		environ map[string]string
		want    []string
	}{
		"typed as the README has it":      {from("TELEGRAM_TOKEN=…", "MUZHI_APPCODE=…", "ADMIN_CHATS=telegram:…"), []string{"TELEGRAM_TOKEN", "MUZHI_APPCODE", "ADMIN_CHATS"}},
		"an address with a gap":           {enough("PUBLIC_URL=https://…"), []string{"PUBLIC_URL"}},
		"a name in brackets":              {from("TELEGRAM_TOKEN=<token>", "JUHE_KEY=<your key>"), []string{"TELEGRAM_TOKEN", "JUHE_KEY"}},
		"dots and crosses":                {enough("JUHE_KEY=...", "KUAIBAO_APP_ID=xxxx", "KUAIBAO_API_KEY=****"), []string{"JUHE_KEY", "KUAIBAO_APP_ID", "KUAIBAO_API_KEY"}},
		"a key with a Chinese blank":      {enough("JUHE_KEY=a\u3000b"), []string{"JUHE_KEY"}},
		"a key with a line break":         {enough("KUAIDI100_CUSTOMER=c", "KUAIDI100_KEY=a\nb"), []string{"KUAIDI100_KEY"}},
		"an AppCode in Chinese":           {from("TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz_12345678", "MUZHI_APPCODE=代码"), []string{"MUZHI_APPCODE"}},
		"a secret in Chinese":             {enough("WECOM_AIBOT_ID=b", "WECOM_AIBOT_SECRET=密钥"), []string{"WECOM_AIBOT_SECRET"}},
		"a token of one letter":           {enough("TELEGRAM_TOKEN=1:a"), []string{"TELEGRAM_TOKEN"}},
		"a token of one letter, emulated": {enough("TELEGRAM_TOKEN=1:a", "TELEGRAM_API_URL=http://127.0.0.1:1"), []string{"TELEGRAM_TOKEN"}},
		"a token without its number":      {enough("TELEGRAM_TOKEN=abcdefghijklmnopqrstuvwxyz_123456789"), []string{"TELEGRAM_TOKEN"}},
		"a token that is cut off":         {enough("TELEGRAM_TOKEN=123456:abcdefghijk"), []string{"TELEGRAM_TOKEN"}},
		"the same, emulated":              {enough("TELEGRAM_TOKEN=123456:abcdefghijk", "TELEGRAM_API_URL=http://127.0.0.1:1"), nil},
		"an address of the API in it":     {enough("TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz/12345678"), []string{"TELEGRAM_TOKEN"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.environ, vendors())
			if got := named(err); !slices.Equal(got, sorted(c.want)) {
				t.Errorf("wrong are %v, want %v: %v", got, c.want, err)
			}
		})
	}
}

func TestASettingMayStandInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	for name, c := range map[string]struct{ body, want string }{
		"a trailing newline is cut":             {"1:abcdefghijklmnopqrstuvwxyz_12345678\n", "1:abcdefghijklmnopqrstuvwxyz_12345678"},
		"so is one of another system":           {"1:abcdefghijklmnopqrstuvwxyz_12345678\r\n", "1:abcdefghijklmnopqrstuvwxyz_12345678"},
		"nothing else is":                       {"1:abcdefghijklmnopqrstuvwxyz_12345678", "1:abcdefghijklmnopqrstuvwxyz_12345678"},
		"only one newline, the rest is a fault": {"1:abcdefghijklmnopqrstuvwxyz_12345678\n\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(c.body), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Read(from("MUZHI_APPCODE=c", "TELEGRAM_TOKEN_FILE="+path), vendors())
			if string(s.Telegram.Token) != c.want {
				t.Errorf("token %q, want %q (%v)", string(s.Telegram.Token), c.want, err)
			}
		})
	}
}

func TestAFileThatCannotBeReadIsAMistake(t *testing.T) {
	_, err := Read(enough("MUZHI_APPCODE_FILE=/nowhere/at-all", "SECRET_KEY_FILE=/nowhere/at-all"), vendors())
	want := []string{"MUZHI_APPCODE", "SECRET_KEY_FILE"} // both set; unreadable
	if diff := cmp.Diff(want, named(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoMistakeShowsASecret(t *testing.T) {
	const secret = "hunter2hunter2"
	_, err := Read(from(
		"DB=mysql://root:"+secret+"@/", "SECRET_KEY="+secret, "TELEGRAM_TOKEN="+secret+" x",
		"TELEGRAM_WEBHOOK_SECRET="+secret+"!", "MUZHI_URL=https://u:"+secret+"@h", "NATS_URL=x://u:"+secret+"@h",
		"JUHE_KEY="+secret, "MUZHI_APPCODE_FILE="+secret,
	), vendors())
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("mistakes show a secret, or there are none: %v", err)
	}
}

func TestAFasterClockTurnsQuietHoursOffUnlessTheyAreSet(t *testing.T) {
	for name, c := range map[string]struct {
		more []string
		want [2]int // from, to
	}{
		"not set": {nil, [2]int{}},
		"set":     {[]string{"QUIET_HOURS=22-6"}, [2]int{22, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Read(emulators(append(c.more, "POLL_SPEED=60")...), vendors())
			if got := [2]int{s.Quiet.From, s.Quiet.To}; err != nil || got != c.want {
				t.Errorf("quiet hours %v, want %v (%v)", got, c.want, err)
			}
		})
	}
}

func TestARateThatIsNotNamedKeepsItsDefault(t *testing.T) {
	s, err := Read(enough("RATE=muzhi=0"), vendors())
	if err != nil || s.Rates["muzhi"] != 0 || s.Rates["juhe"] != 10 {
		t.Errorf("rates %v (%v)", s.Rates, err)
	}
}

func TestTheDocumentsNameEverySetting(t *testing.T) {
	for _, file := range []string{"docs/settings.md", "docs/settings.zh-CN.md"} {
		body, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.FieldsSeq(contract) {
			if !explained(string(body), name) {
				t.Errorf("%s does not name WAYBILL_%s", file, name)
			}
		}
	}
}

// explained says whether a document names a setting: whole, or as the ending of
// the one before it (`WAYBILL_KUAIDI100_CUSTOMER`, `_KEY`).
func explained(readme, name string) bool {
	part, rest, _ := strings.Cut(name, "_")
	return strings.Contains(readme, "`WAYBILL_"+name+"`") ||
		strings.Contains(readme, "`WAYBILL_"+part+"_") && strings.Contains(readme, "`_"+rest+"`")
}

func TestAnUnknownNameIsToldWithItsNearest(t *testing.T) {
	for name, want := range map[string]string{
		"TELEGRAM_TOKN": "TELEGRAM_TOKEN", "DBB": "DB", "MUZI_APPCODE": "MUZHI_APPCODE", "KUAIDI100_KEYS_FILE": "KUAIDI100_KEY", "LOGLEVEL": "LOG_LEVEL",
	} {
		_, err := Read(enough(name+"=hunter2hunter2"), vendors())
		if err == nil || !strings.Contains(err.Error(), "WAYBILL_"+name+": there is no such setting; the nearest is WAYBILL_"+want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWrongValueIsNamedAndNotRepeated(t *testing.T) {
	const secret = "hunter2hunter2"
	refused := map[string]bool{}
	for name := range strings.FieldsSeq(contract) {
		for _, value := range []string{secret, "a=" + secret, "muzhi=" + secret, "muzhi," + secret, secret + " /"} {
			_, err := Read(enough(name+"="+value), vendors())
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s=%s: %v", name, value, err)
			}
			refused[name] = refused[name] || slices.Contains(named(err), name)
		}
	}
	anything := []string{"KUAIBAO_APP_ID", "SHOP_NAME", "WECOM_KF_WELCOME"}
	for name, named := range refused {
		if named == slices.Contains(anything, name) {
			t.Errorf("%s: is a wrong value named: %t", name, named)
		}
	}
}

func TestTheDatabaseAloneCanBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		environ map[string]string
		want    []string
	}{
		"nothing set":              {from(), nil},
		"other mistakes":           {from("TIMEZONE=x", "KUAIBAO_APP_ID=1", "MIN_INTERVAL=1s"), nil},
		"a database nobody knows":  {from("DB=postgres://h/n"), []string{"DB"}},
		"MySQL without a key":      {from("DB=mysql://u:p@h/name"), []string{"SECRET_KEY"}},
		"a key that is not there":  {from("SECRET_KEY_FILE=/nowhere/at-all"), []string{"SECRET_KEY_FILE"}},
		"a database that is meant": {from("DBB=sqlite://a.db"), []string{"DBB"}},
	} {
		_, err := ReadDatabase(c.environ, vendors())
		if diff := cmp.Diff(c.want, named(err)); diff != "" {
			t.Errorf("%s: settings named (-want +got):\n%s\n%v", name, diff, err)
		}
	}
}

func TestWhatOnlyEnvReadsIsAMistakeWithoutItsValue(t *testing.T) {
	none := func() bool { return false }
	odd := tracking.Vendor{
		Name: "odd", Settings: &struct {
			Retries int `env:"RETRIES"`
		}{},
		Wanted: none, Configured: none, Check: func(string) []tracking.Mistake { return nil },
	}
	_, err := Read(enough("ODD_RETRIES=hunter2"), append(vendors(), odd))
	if err == nil || !strings.Contains(err.Error(), "WAYBILL_ODD_…: Retries: want") || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
}
