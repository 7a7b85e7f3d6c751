package incidents

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"waybill/models"
)

// providers makes observations out of the calls of this process. Only a call is
// a sign: a provider that nobody asks is neither well nor ill. One in trouble is
// asked now and then (tryFirst).
type providers struct {
	emitted   map[string]models.Moment // the last failure that was reported, by provider and kind
	outage    bool                     // none could be asked at the last look
	outageEnd models.Moment            // since when one can be asked again
}

// standing is what is known of one provider.
type standing struct {
	name  string
	query models.ProviderHealth
	other []models.ProviderHealth // calls of other kinds
}

func standings(all []models.ProviderHealth) []standing {
	var out []standing
	for _, h := range all {
		at := slices.IndexFunc(out, func(s standing) bool { return s.name == h.Provider })
		if at < 0 {
			out, at = append(out, standing{name: h.Provider}), len(out)
		}
		if h.Kind == models.CallQuery {
			out[at].query = h
		} else {
			out[at].other = append(out[at].other, h)
		}
	}
	return out
}

// down says that no usable answer comes: five failures in a row, or three over
// two minutes.
func (s standing) down(p pace) bool {
	q := s.query
	return q.Trouble == models.OutcomeUnavailable &&
		(q.Failures >= manyFailures || q.Failures >= fewFailures && q.FailedAt.Sub(q.Since) >= p.of(failingFor, failingFor/12))
}

func (p *providers) look(all []models.ProviderHealth, open []models.Incident, at pace, now models.Moment) []models.Observation {
	outage := find(open, models.ProvidersDown, "") != nil
	if p.outage && !outage {
		p.outageEnd = now // what failed in it must fail again to be told
	}
	p.outage = outage
	every := standings(all)
	seen := p.lookAtAll(every, open, at)
	for _, s := range every {
		seen = slices.Concat(seen, p.lookAtDown(s, open, at), p.lookAtRefusals(s, open))
	}
	for _, h := range all {
		p.emitted[key(h)] = h.FailedAt
	}
	return seen
}

func key(h models.ProviderHealth) string { return h.Provider + "." + string(h.Kind) }

// failedAnew says that a call has failed since the last look.
func (p *providers) failedAnew(h models.ProviderHealth) bool {
	return h.Trouble != "" && h.FailedAt > p.emitted[key(h)]
}

// lookAtDown is whether one provider answers. One that refuses answers.
func (p *providers) lookAtDown(s standing, open []models.Incident, at pace) []models.Observation {
	known, q := find(open, models.ProviderDown, s.name), s.query
	answered := q.AnsweredAt
	if q.Trouble == models.OutcomeAuth || q.Trouble == models.OutcomeQuota {
		answered = q.FailedAt
	}
	switch {
	case q.Trouble == models.OutcomeUnavailable && p.failedAnew(q) && (s.down(at) || known != nil):
		since := max(q.Since, p.outageEnd)
		return []models.Observation{{Name: models.ProviderDown, Subject: s.name, Since: since, At: max(q.FailedAt, since), Args: map[string]string{"Provider": s.name}}}
	case known != nil && answered > known.BadAt:
		return []models.Observation{{Name: models.ProviderDown, Subject: s.name, Good: true, At: answered}}
	}
	return nil
}

// lookAtRefusals is whether a provider refuses our key, or a quota is spent: of
// queries, and of other kinds, which may be another product with another quota.
func (p *providers) lookAtRefusals(s standing, open []models.Incident) []models.Observation {
	var seen []models.Observation
	for _, refusal := range []struct {
		name    models.IncidentName
		outcome models.Outcome
	}{{models.ProviderAuth, models.OutcomeAuth}, {models.ProviderQuota, models.OutcomeQuota}} {
		name, outcome := refusal.name, refusal.outcome
		known := find(open, name, s.name)
		for _, h := range append([]models.ProviderHealth{s.query}, s.other...) {
			switch {
			case h.Trouble == outcome && p.failedAnew(h):
				args := map[string]string{"Provider": s.name, "Kind": string(h.Kind)}
				seen = append(seen, models.Observation{Name: name, Subject: s.name, Since: h.FailedAt, At: h.FailedAt, Args: args})
			case known != nil && known.Args["Kind"] == string(h.Kind) && h.AnsweredAt > known.BadAt:
				seen = append(seen, models.Observation{Name: name, Subject: s.name, Good: true, At: h.AnsweredAt})
			}
			if len(seen) > 0 && seen[len(seen)-1].Name == name {
				break // one cause is told once
			}
		}
	}
	return seen
}

// lookAtAll is whether anybody can be asked. A provider that was not called since
// the trouble began says nothing about that: it may serve other carriers, or its
// budget be spent.
func (p *providers) lookAtAll(every []standing, open []models.Incident, at pace) []models.Observation {
	known := find(open, models.ProvidersDown, "")
	var answered models.Moment
	for _, s := range every {
		answered = max(answered, s.query.AnsweredAt)
	}
	if known != nil && answered > known.BadAt {
		return []models.Observation{{Name: models.ProvidersDown, Good: true, At: answered}}
	}
	began := models.Never
	for _, s := range every {
		if s.down(at) {
			began = min(began, s.query.Since)
		}
	}
	if began == models.Never && known == nil {
		return nil
	}
	o := models.Observation{Name: models.ProvidersDown, Args: map[string]string{}}
	anew := false
	for _, s := range every {
		switch q := s.query; {
		case q.Trouble != "":
			o.Since, o.At = max(o.Since, q.Since), max(o.At, q.FailedAt)
			o.Args[s.name] = string(q.Trouble)
			anew = anew || p.failedAnew(q)
		case q.AnsweredAt >= began:
			return nil
		}
	}
	if !anew {
		return nil
	}
	return []models.Observation{o}
}

// tryFirst are the providers in trouble of which no call has told anything for as long
// as the trouble has lasted until then: a minute at least, a quarter of an hour at
// most. Others stand in for them, so that nobody would ask whether they answer again.
func tryFirst(open []models.Incident, at pace, now models.Moment) (names []string) {
	for _, i := range open {
		kind := i.Args["Kind"]
		alone := i.Name == models.ProviderDown || (i.Name == models.ProviderAuth || i.Name == models.ProviderQuota) && kind == string(models.CallQuery)
		wait := min(max(i.BadAt.Sub(i.FirstAt), at.of(askAgain, time.Second)), at.of(askAgainLatest, time.Second))
		if alone && i.GoodAt <= i.BadAt && now.Sub(i.BadAt) >= wait && !slices.Contains(names, i.Subject) {
			names = append(names, i.Subject)
		}
	}
	return names
}

// showProviders tells the metrics who can be asked.
func (w *Watcher) showProviders(ctx context.Context, open []models.Incident) {
	for _, name := range w.s.Names {
		down := w.s.Providers.LeftAlone(ctx, name)
		for _, i := range open {
			own := i.Subject == name && strings.HasPrefix(string(i.Name), "provider_")
			_, of := i.Args[name]
			down = down || i.AlertedAt != 0 && i.GoodAt <= i.BadAt && (own || i.Name == models.ProvidersDown && of)
		}
		w.s.Meter.ProviderUp(name, !down)
	}
}

// troubles are the providers of an outage with what is the matter with each, in order.
func troubles(args map[string]string) (names []string) { return slices.Sorted(maps.Keys(args)) }
