// Package compose checks the compose files, the Dockerfile and the configuration
// of NATS with the libraries that read them for docker and nats-server.
package compose

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/nats-io/nats-server/v2/server"

	"waybill/test/deploy/product"
)

// files are the compose files that somebody may start, with what only they need
// besides .env and secrets/.
var files = map[string][]string{
	"docker-compose.yml":         nil,
	"deploy/compose.yml":         nil,
	"deploy/compose.mysql.yml":   nil,
	"deploy/compose.cluster.yml": {"DOMAIN=parcels.example.com", "COMPOSE_PROFILES=mysql"},
}

// settings are what `bot init` writes with SQLite; with addresses of this machine.
const settings = `WAYBILL_DB=sqlite://waybill.db
WAYBILL_TELEGRAM_TOKEN=110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1
WAYBILL_TELEGRAM_API_URL=http://127.0.0.1:9
WAYBILL_MUZHI_APPCODE=0123456789abcdef0123456789abcdef
WAYBILL_MUZHI_URL=http://127.0.0.1:9
`

// checkout is a folder as an operator has it: the files, .env, and what
// deploy/secrets.sh makes.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []string{"Dockerfile", "docker-compose.yml", "deploy"} {
		if out, err := exec.Command("cp", "-r", filepath.Join(product.Root(), file), dir).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(filepath.Join(dir, "deploy", "secrets.sh")).CombinedOutput(); err != nil {
		t.Fatalf("deploy/secrets.sh: %v\n%s", err, out)
	}
	return dir
}

func load(t *testing.T, dir, file string, env ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(dir, file)},
		cli.WithEnv(env), cli.WithDotEnv, cli.WithDefaultProfiles())
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

func TestEveryServiceIsKeptInBounds(t *testing.T) {
	dir := checkout(t)
	for file, env := range files {
		t.Run(file, func(t *testing.T) {
			p, err := load(t, dir, file, env...)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Services) < 1 {
				t.Fatal("it has no services")
			}
			for _, s := range p.Services {
				for what, ok := range bounds(s) {
					if !ok {
						t.Errorf("%s: %s", s.Name, what)
					}
				}
			}
			volumesAreUsed(t, p)
			nobodyWaitsForReadiness(t, p)
		})
	}
}

// bounds are what every service promises, and whether this one does.
func bounds(s types.ServiceConfig) map[string]bool {
	limits := types.Resource{}
	if s.Deploy != nil && s.Deploy.Resources.Limits != nil {
		limits = *s.Deploy.Resources.Limits
	}
	logs := types.LoggingConfig{}
	if s.Logging != nil {
		logs = *s.Logging
	}
	_, tag, tagged := strings.Cut(s.Image, ":")
	root := s.Name == "caddy" // which must own its volume; it keeps no right but to listen
	return map[string]bool{
		"restarts by itself":                   s.Restart == types.RestartPolicyUnlessStopped,
		"has a limit of memory":                limits.MemoryBytes >= 64<<20,
		"has a limit of CPU":                   limits.NanoCPUs > 0,
		"rotates its log":                      logs.Options["max-size"] != "" && logs.Options["max-file"] != "",
		"cannot write its image":               s.ReadOnly,
		"has no capabilities":                  slices.Equal(s.CapDrop, []string{"ALL"}) && (root || len(s.CapAdd) == 0),
		"gets no new privileges":               slices.Contains(s.SecurityOpt, "no-new-privileges:true"),
		"is not root":                          root || s.User != "" && !strings.HasPrefix(s.User, "0"),
		"says how it is":                       s.HealthCheck != nil && len(s.HealthCheck.Test) > 1,
		"may take its time to stop":            s.StopGracePeriod != nil && time.Duration(*s.StopGracePeriod) >= 15*time.Second,
		"is built here or pinned to a version": s.Build != nil || tagged && tag != "latest" && strings.ContainsAny(tag, "0123456789"),
		"the world reaches Caddy alone":        s.Name == "caddy" || !slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool { return p.HostIP != "127.0.0.1" }),
	}
}

// nobodyWaitsForReadiness: a bot's health check asks /readyz, and a bot that misses a
// platform or NATS works on; so nothing may stay down because of it.
func nobodyWaitsForReadiness(t *testing.T, p *types.Project) {
	t.Helper()
	for _, s := range p.Services {
		for name, on := range s.DependsOn {
			if p.Services[name].Build != nil && on.Condition == types.ServiceConditionHealthy {
				t.Errorf("%s starts only when %s is healthy", s.Name, name)
			}
		}
	}
}

func volumesAreUsed(t *testing.T, p *types.Project) {
	t.Helper()
	used := map[string]bool{}
	for _, s := range p.Services {
		for _, v := range s.Volumes {
			used[v.Source] = true
			if v.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
	for name := range p.Volumes {
		if !used[name] {
			t.Errorf("nobody uses the volume %s", name)
		}
	}
}

// What a bot gets out of .env, its environment and its secrets are settings that
// the program takes.
func TestTheProgramTakesTheSettings(t *testing.T) {
	var program product.Program
	t.Cleanup(func() { _ = program.Close() })
	if len(program.Mistakes(t, []string{"WAYBILL_LOCALE=nowhere"})) == 0 {
		t.Fatal("the program takes any setting")
	}
	dir := checkout(t)
	for file, env := range files {
		t.Run(file, func(t *testing.T) {
			p, err := load(t, dir, file, env...)
			if err != nil {
				t.Fatal(err)
			}
			bots := 0
			for _, s := range p.Services {
				if s.Build == nil {
					continue
				}
				bots++
				for _, mistake := range program.Mistakes(t, environment(p, s)) {
					t.Errorf("%s: %s", s.Name, mistake)
				}
			}
			if want := map[bool]int{true: 3, false: 1}[strings.Contains(file, "cluster")]; bots != want {
				t.Errorf("%d bots, want %d", bots, want)
			}
		})
	}
}

// What `bot init` writes means to compose what it means to a shell, and to the program.
func TestComposeReadsTheSettingsAsAShellDoes(t *testing.T) {
	var program product.Program
	t.Cleanup(func() { _ = program.Close() })
	dir := checkout(t)
	file := filepath.Join(dir, ".env")
	const name, want = "WAYBILL_SHOP_NAME", "满 \"茶\" #1 $HOME ${A:-x} \\n `&"
	if err := os.WriteFile(file, []byte(settings+"WAYBILL_LOCALE=en\n"+name+"='"+want+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	program.Rewrite(t, file)
	p, err := load(t, dir, "deploy/compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Services["bot"].Environment[name]; got == nil {
		t.Errorf("compose does not see %s", name)
	} else if *got != want {
		t.Errorf("compose reads %q, want %q", *got, want)
	}
	shell := exec.CommandContext(t.Context(), "sh", "-c", `. "$1"; printf %s "$WAYBILL_SHOP_NAME"`, "sh", file)
	shell.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nowhere"}
	if got, err := shell.CombinedOutput(); err != nil || string(got) != want {
		t.Errorf("sh reads %q, %v", got, err)
	}
	for _, mistake := range program.Mistakes(t, environment(p, p.Services["bot"])) {
		t.Error(mistake)
	}
}

// environment is what a service's process sees: secrets lie where this machine
// has them, and SQLite is somewhere that this machine has, too.
func environment(p *types.Project, s types.ServiceConfig) []string {
	var env []string
	for name, value := range s.Environment {
		if value == nil {
			continue
		}
		text := *value
		for _, secret := range s.Secrets {
			text = strings.ReplaceAll(text, "/run/secrets/"+secret.Source, p.Secrets[secret.Source].File)
		}
		env = append(env, name+"="+strings.Replace(text, "sqlite:///data/", "sqlite://", 1))
	}
	return env
}

func TestTheClusterNeedsADomainAndItsDatabaseIsAChoice(t *testing.T) {
	dir := checkout(t)
	const file = "deploy/compose.cluster.yml"
	if _, err := load(t, dir, file); err == nil || !strings.Contains(err.Error(), "DOMAIN") {
		t.Errorf("without DOMAIN: %v", err)
	}
	p, err := load(t, dir, file, "DOMAIN=parcels.example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := p.Services["mysql"]; ok || len(p.Services) != 7 {
		t.Errorf("without a profile: %v", p.ServiceNames())
	}
}

func TestTheBuildKnowsItsArguments(t *testing.T) {
	dir := checkout(t)
	dockerfile := product.Read(t, "Dockerfile")
	for file, env := range files {
		p, err := load(t, dir, file, append(env, "VERSION=v1", "GOPROXY=https://proxy.example.com")...)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Services {
			if s.Build == nil {
				continue
			}
			for name := range s.Build.Args {
				if !regexp.MustCompile(`(?m)^ARG ` + name + `\b`).MatchString(dockerfile) {
					t.Errorf("%s: the Dockerfile has no argument %s", file, name)
				}
			}
			for name, want := range map[string]string{"VERSION": "v1", "GOPROXY": "https://proxy.example.com"} {
				if got := s.Build.Args[name]; got == nil || *got != want {
					t.Errorf("%s: %s is not passed to the build", file, name)
				}
			}
			if s.Build.Context != dir {
				t.Errorf("%s builds %s", file, s.Build.Context)
			}
		}
	}
}

func TestTheImageIsBuiltWithTheGoOfTheModule(t *testing.T) {
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(product.Read(t, "go.mod"))
	if image := regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:(\d+\.\d+)\.`).FindStringSubmatch(product.Read(t, "Dockerfile")); version == nil || image == nil || version[1] != image[1] {
		t.Errorf("go.mod says %v, the Dockerfile %v", version, image)
	}
}

// What the build copies is what .dockerignore lets through, and the variables that
// the linker sets are there: it says nothing about one that is not.
func TestTheLinkerSetsWhatIsThere(t *testing.T) {
	source := product.Read(t, "cmd/bot/commands.go")
	for _, m := range regexp.MustCompile(`-X main\.(\w+)=`).FindAllStringSubmatch(product.Read(t, "Dockerfile"), -1) {
		if !regexp.MustCompile(`(?m)^(var )?\s*` + m[1] + `\b.* string$`).MatchString(source) {
			t.Errorf("cmd/bot has no variable %s", m[1])
		}
	}
}

func TestNATSTakesItsConfiguration(t *testing.T) {
	t.Setenv("NATS_NAME", "nats1")
	for _, file := range []string{"deploy/nats/nats.conf", "deploy/kubernetes/nats.conf"} {
		o, err := server.ProcessConfigFile(filepath.Join(product.Root(), file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if o.ServerName != "nats1" || !o.JetStream || o.StoreDir != "/data" || len(o.Routes) != 3 || o.Cluster.Port != 6222 || o.HTTPPort != 8222 {
			t.Errorf("%s is not understood as it is meant", file)
		}
		if o.JetStreamMaxMemory < 32<<20 { // as many hints as a stream may hold (scheduler/queue)
			t.Errorf("%s gives JetStream %d bytes of memory", file, o.JetStreamMaxMemory)
		}
	}
}
