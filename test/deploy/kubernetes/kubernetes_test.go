// Package kubernetes checks the manifests against the types of Kubernetes' API,
// and that what they name is there.
package kubernetes

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"waybill/test/deploy/product"
)

// manifests are the objects of the folder, and the kustomization that lists them.
type manifests struct {
	pods          map[string]pod // by the name of their Deployment or StatefulSet
	services      []*core.Service
	budgets       []*policy.PodDisruptionBudget
	policies      []*networking.NetworkPolicy
	ingresses     []*networking.Ingress
	secrets       []*core.Secret
	kustomization kustomization
}

type pod struct {
	replicas int32
	minReady int32 // seconds
	selector *meta.LabelSelector
	template core.PodTemplateSpec
}

type kustomization struct {
	meta.TypeMeta      `json:",inline"`
	Namespace          string   `json:"namespace"`
	Resources          []string `json:"resources"`
	ConfigMapGenerator []struct {
		Name  string   `json:"name"`
		Files []string `json:"files"`
	} `json:"configMapGenerator"`
	Images []struct {
		Name    string `json:"name"`
		NewName string `json:"newName"`
		NewTag  string `json:"newTag"`
	} `json:"images"`
}

func read(t *testing.T) *manifests {
	t.Helper()
	m := &manifests{pods: map[string]pod{}}
	files, err := filepath.Glob(filepath.Join(product.Root(), "deploy", "kubernetes", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			m.add(t, filepath.Base(file), document)
		}
	}
	return m
}

// add decodes one object; a field that its type does not have is an error.
func (m *manifests) add(t *testing.T, file string, document []byte) {
	t.Helper()
	var kind meta.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	strict := func(into any) {
		if err := yaml.UnmarshalStrict(document, into); err != nil {
			t.Errorf("%s: %s: %v", file, kind.Kind, err)
		}
	}
	switch kind.APIVersion + " " + kind.Kind {
	case "apps/v1 Deployment":
		var d apps.Deployment
		strict(&d)
		m.pods[d.Name] = pod{*d.Spec.Replicas, d.Spec.MinReadySeconds, d.Spec.Selector, d.Spec.Template}
	case "apps/v1 StatefulSet":
		var s apps.StatefulSet
		strict(&s)
		for _, claim := range s.Spec.VolumeClaimTemplates { // a volume of the pod like others
			s.Spec.Template.Spec.Volumes = append(s.Spec.Template.Spec.Volumes, core.Volume{Name: claim.Name})
		}
		m.pods[s.Name] = pod{*s.Spec.Replicas, s.Spec.MinReadySeconds, s.Spec.Selector, s.Spec.Template}
	case "v1 Service":
		m.services = append(m.services, &core.Service{})
		strict(m.services[len(m.services)-1])
	case "policy/v1 PodDisruptionBudget":
		m.budgets = append(m.budgets, &policy.PodDisruptionBudget{})
		strict(m.budgets[len(m.budgets)-1])
	case "networking.k8s.io/v1 NetworkPolicy":
		m.policies = append(m.policies, &networking.NetworkPolicy{})
		strict(m.policies[len(m.policies)-1])
	case "networking.k8s.io/v1 Ingress":
		m.ingresses = append(m.ingresses, &networking.Ingress{})
		strict(m.ingresses[len(m.ingresses)-1])
	case "v1 Secret":
		m.secrets = append(m.secrets, &core.Secret{})
		strict(m.secrets[len(m.secrets)-1])
	case "v1 Namespace":
		strict(&core.Namespace{})
	case "kustomize.config.k8s.io/v1beta1 Kustomization":
		strict(&m.kustomization)
	default:
		t.Errorf("%s: %s %s is no kind that this test knows", file, kind.APIVersion, kind.Kind)
	}
}

// chosen is the pod that a selector chooses.
func (m *manifests) chosen(t *testing.T, who string, selector *meta.LabelSelector) (pod, bool) {
	t.Helper()
	s, err := meta.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.pods {
		if s.Matches(labels.Set(p.template.Labels)) {
			return p, true
		}
	}
	t.Errorf("%s chooses no pods", who)
	return pod{}, false
}

// listens says whether a container of the pod has a port of this name or number.
func (p pod) listens(port intstr.IntOrString) bool {
	return slices.ContainsFunc(p.template.Spec.Containers, func(c core.Container) bool { return containerListens(c, port) })
}

func containerListens(c core.Container, port intstr.IntOrString) bool {
	return slices.ContainsFunc(c.Ports, func(p core.ContainerPort) bool {
		return port.Type == intstr.String && p.Name == port.StrVal || port.Type == intstr.Int && p.ContainerPort == port.IntVal
	})
}

func TestSelectorsAndPortsMeetTheirPods(t *testing.T) {
	m := read(t)
	for name, p := range m.pods {
		if _, ok := m.chosen(t, name, p.selector); p.replicas != 3 || !ok {
			t.Errorf("%s has %d replicas", name, p.replicas)
		}
		for _, c := range p.template.Spec.TopologySpreadConstraints {
			m.chosen(t, name+"'s spread", c.LabelSelector)
		}
	}
	for _, s := range m.services {
		p, ok := m.chosen(t, "service "+s.Name, &meta.LabelSelector{MatchLabels: s.Spec.Selector})
		for _, port := range s.Spec.Ports {
			if ok && !p.listens(port.TargetPort) {
				t.Errorf("service %s: no container listens at %s", s.Name, port.TargetPort.String())
			}
		}
	}
	for _, b := range m.budgets {
		if _, ok := m.chosen(t, "budget "+b.Name, b.Spec.Selector); ok && b.Spec.MaxUnavailable.IntValue() != 1 {
			t.Errorf("budget %s lets %v go at once", b.Name, b.Spec.MaxUnavailable)
		}
	}
	if len(m.budgets) != len(m.pods) {
		t.Errorf("%d budgets for %d kinds of pods", len(m.budgets), len(m.pods))
	}
	for _, n := range m.policies {
		p, _ := m.chosen(t, "policy "+n.Name, &n.Spec.PodSelector)
		for _, rule := range n.Spec.Ingress {
			for _, from := range rule.From {
				m.chosen(t, "policy "+n.Name, from.PodSelector)
			}
			for _, port := range rule.Ports {
				if !p.listens(*port.Port) {
					t.Errorf("policy %s: nobody listens at %s", n.Name, port.Port.String())
				}
			}
		}
	}
}

func TestContainersAreKeptInBounds(t *testing.T) {
	for name, p := range read(t).pods {
		spec := p.template.Spec
		for _, c := range spec.Containers {
			s := c.SecurityContext
			for what, ok := range map[string]bool{
				"requests CPU and memory":      !c.Resources.Requests.Cpu().IsZero() && !c.Resources.Requests.Memory().IsZero(),
				"has limits":                   !c.Resources.Limits.Cpu().IsZero() && !c.Resources.Limits.Memory().IsZero(),
				"cannot write its image":       s != nil && s.ReadOnlyRootFilesystem != nil && *s.ReadOnlyRootFilesystem,
				"gets no new privileges":       s != nil && s.AllowPrivilegeEscalation != nil && !*s.AllowPrivilegeEscalation,
				"has no capabilities":          s != nil && s.Capabilities != nil && slices.Equal(s.Capabilities.Drop, []core.Capability{"ALL"}) && len(s.Capabilities.Add) == 0,
				"is not root":                  spec.SecurityContext != nil && *spec.SecurityContext.RunAsNonRoot && *spec.SecurityContext.RunAsUser > 0,
				"keeps the default seccomp":    spec.SecurityContext.SeccompProfile.Type == core.SeccompProfileTypeRuntimeDefault,
				"sees no token of the cluster": spec.AutomountServiceAccountToken != nil && !*spec.AutomountServiceAccountToken,
				"is probed":                    c.StartupProbe != nil && c.LivenessProbe != nil && c.ReadinessProbe != nil,
			} {
				if !ok {
					t.Errorf("%s, container %s: not true that it %s", name, c.Name, what)
				}
			}
			for _, mount := range c.VolumeMounts {
				if !slices.ContainsFunc(spec.Volumes, func(v core.Volume) bool { return v.Name == mount.Name }) {
					t.Errorf("%s mounts %s, which is no volume", name, mount.Name)
				}
			}
		}
	}
}

func TestProbesAskWhatAnswers(t *testing.T) {
	m := read(t)
	paths := product.Paths(t)
	for name, p := range m.pods {
		for _, c := range p.template.Spec.Containers {
			for _, probe := range []*core.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
				if !containerListens(c, probe.HTTPGet.Port) {
					t.Errorf("%s: a probe asks port %s", name, probe.HTTPGet.Port.String())
				}
				if name == "bot" && !slices.Contains(paths, probe.HTTPGet.Path) {
					t.Errorf("%s: a probe asks %s, which the program does not answer: %v", name, probe.HTTPGet.Path, paths)
				}
			}
		}
	}
	bot := m.pods["bot"].template.Spec
	for what, probe := range map[string]*core.Probe{"kill": bot.Containers[0].LivenessProbe, "ask no": bot.Containers[0].ReadinessProbe, "give up": bot.Containers[0].StartupProbe} {
		if probe.HTTPGet.Path != "/healthz" {
			t.Errorf("a database, a queue or a platform that is away, from all bots at once, is no reason to %s bot", what)
		}
	}
	if seconds := m.pods["bot"].minReady; seconds < 15 {
		t.Errorf("the next bot is replaced %d seconds after one listens; leases take twelve to find a holder", seconds)
	}
	if pause := bot.Containers[0].Lifecycle.PreStop.Sleep.Seconds; *bot.TerminationGracePeriodSeconds < pause+10 {
		t.Error("the bot takes ten seconds to stop after its pause")
	}
}

func TestTheIngressLeadsWhereTheWorldMayGo(t *testing.T) {
	m := read(t)
	paths := product.Paths(t)
	for _, i := range m.ingresses {
		for _, rule := range i.Spec.Rules {
			for _, p := range rule.HTTP.Paths {
				service := slices.IndexFunc(m.services, func(s *core.Service) bool { return s.Name == p.Backend.Service.Name })
				if service < 0 || !slices.ContainsFunc(m.services[service].Spec.Ports, func(port core.ServicePort) bool { return port.Name == p.Backend.Service.Port.Name }) {
					t.Errorf("%s leads to no port of a service", p.Path)
				}
				if !slices.ContainsFunc(paths, func(path string) bool { return path == p.Path || strings.HasPrefix(path, p.Path+"/") }) {
					t.Errorf("the program answers nothing below %s", p.Path)
				}
				if slices.Contains([]string{"/", "/metrics", "/readyz", "/healthz"}, p.Path) {
					t.Errorf("%s is open to the world", p.Path)
				}
			}
		}
	}
}

func TestTheKustomizationHasItsParts(t *testing.T) {
	m := read(t)
	k := m.kustomization
	dir := filepath.Join(product.Root(), "deploy", "kubernetes")
	for _, file := range k.Resources {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil || strings.HasPrefix(file, "secret") {
			t.Errorf("resource %s: %v", file, err)
		}
	}
	for name, p := range m.pods {
		for _, v := range p.template.Spec.Volumes {
			if v.ConfigMap == nil {
				continue
			}
			i := slices.IndexFunc(k.ConfigMapGenerator, func(g struct {
				Name  string   `json:"name"`
				Files []string `json:"files"`
			}) bool {
				return g.Name == v.ConfigMap.Name
			})
			if i < 0 {
				t.Fatalf("%s: nobody makes the config map %s", name, v.ConfigMap.Name)
			}
			for _, file := range k.ConfigMapGenerator[i].Files {
				if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
					t.Error(err)
				}
			}
		}
		for _, c := range p.template.Spec.Containers {
			pinned := strings.Contains(c.Image, ":") && !strings.HasSuffix(c.Image, ":latest")
			for _, image := range k.Images {
				pinned = pinned || image.Name == c.Image && image.NewTag != "" && image.NewTag != "latest"
			}
			if !pinned {
				t.Errorf("%s: image %s has no version", name, c.Image)
			}
		}
	}
}

// Secret and environment together are settings that the program takes once the
// blanks are filled in.
func TestTheProgramTakesTheSettings(t *testing.T) {
	m := read(t)
	var program product.Program
	t.Cleanup(func() { _ = program.Close() })
	filled := map[string]string{
		"WAYBILL_DB":                      "mysql://waybill:secret@127.0.0.1:9/waybill",
		"WAYBILL_SECRET_KEY":              "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"WAYBILL_TELEGRAM_TOKEN":          "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
		"WAYBILL_TELEGRAM_WEBHOOK_SECRET": "0123456789abcdef",
		"WAYBILL_MUZHI_APPCODE":           "0123456789abcdef0123456789abcdef",
		"WAYBILL_ADMIN_TOKEN":             "0123456789abcdef",
	}
	settings := []string{"WAYBILL_TELEGRAM_API_URL=http://127.0.0.1:9", "WAYBILL_MUZHI_URL=http://127.0.0.1:9"}
	bot := m.pods["bot"].template.Spec.Containers[0]
	for _, from := range bot.EnvFrom {
		i := slices.IndexFunc(m.secrets, func(s *core.Secret) bool { return s.Name == from.SecretRef.Name })
		if i < 0 {
			t.Fatalf("there is no example of the secret %s", from.SecretRef.Name)
		}
		for name := range m.secrets[i].StringData {
			if filled[name] == "" {
				t.Errorf("this test does not know how to fill %s in", name)
			}
			settings = append(settings, name+"="+filled[name])
		}
	}
	for _, e := range bot.Env {
		if _, twice := filled[e.Name]; twice {
			t.Errorf("%s is in the secret and in the manifest", e.Name)
		}
		settings = append(settings, e.Name+"="+e.Value)
	}
	for _, mistake := range program.Mistakes(t, settings) {
		t.Error(mistake)
	}
}
