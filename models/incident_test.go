package models

import (
	"testing"
	"time"
)

func TestAnIncidentIsAlertedAtItsStartAndAtItsEnd(t *testing.T) {
	rule := IncidentRule{StartAfter: 2 * time.Minute, EndAfter: time.Minute}
	unanimous := IncidentRule{StartAfter: time.Minute, EndAfter: time.Minute, Unanimous: true}
	minute := func(n float64) Moment { return Moment(1_000_000 + n*60_000) }
	for name, c := range map[string]struct {
		i          Incident
		rule       IncidentRule
		superseded bool
		now        Moment
		want       IncidentStep
	}{
		"trouble that is young waits":                       {Incident{FirstAt: minute(0), BadAt: minute(1)}, rule, false, minute(1.9), IncidentWaits},
		"trouble that lasts is told":                        {Incident{FirstAt: minute(0), BadAt: minute(1)}, rule, false, minute(2), IncidentStarts},
		"but not while another incident says more":          {Incident{FirstAt: minute(0), BadAt: minute(1)}, rule, true, minute(9), IncidentWaits},
		"nor while all is well":                             {Incident{FirstAt: minute(0), BadAt: minute(1), GoodAt: minute(1.5)}, rule, false, minute(2), IncidentWaits},
		"what was well for long is forgotten":               {Incident{FirstAt: minute(0), BadAt: minute(1), GoodAt: minute(1.5)}, rule, false, minute(2.5), IncidentGoes},
		"what flaps is told by its first sign":              {Incident{FirstAt: minute(0), BadAt: minute(4), GoodAt: minute(3.5)}, rule, false, minute(4), IncidentStarts},
		"what was told is not told again":                   {Incident{FirstAt: minute(0), BadAt: minute(4), AlertedAt: minute(2)}, rule, false, minute(9), IncidentWaits},
		"a moment without trouble is no end":                {Incident{FirstAt: minute(0), BadAt: minute(4), GoodAt: minute(5), AlertedAt: minute(2)}, rule, false, minute(5.9), IncidentWaits},
		"an end that has held is told":                      {Incident{FirstAt: minute(0), BadAt: minute(4), GoodAt: minute(5), AlertedAt: minute(2)}, rule, false, minute(6), IncidentEnds},
		"not when another incident's end tells it":          {Incident{FirstAt: minute(0), BadAt: minute(4), GoodAt: minute(5), AlertedAt: minute(2)}, rule, true, minute(6), IncidentGoes},
		"silence is no end":                                 {Incident{FirstAt: minute(0), BadAt: minute(4), AlertedAt: minute(2)}, rule, false, minute(900), IncidentWaits},
		"what one process sees well is none for all":        {Incident{FirstAt: minute(0), BadAt: minute(3), GoodAt: minute(2)}, unanimous, false, minute(3), IncidentGoes},
		"what was well before it began says nothing of it":  {Incident{FirstAt: minute(2), BadAt: minute(3), GoodAt: minute(1)}, unanimous, false, minute(3), IncidentStarts},
		"once it was told, one process is no end by itself": {Incident{FirstAt: minute(0), BadAt: minute(3), GoodAt: minute(2), AlertedAt: minute(1)}, unanimous, false, minute(9), IncidentWaits},
	} {
		if got := c.i.Next(c.rule, c.superseded, c.now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestOneCauseIsToldOnce(t *testing.T) {
	all := Incident{Name: ProvidersDown}
	spent := Incident{Name: BudgetSpent, Subject: "muzhi"}
	for _, c := range []struct {
		i      Incident
		others []Incident
		want   bool
	}{
		{Incident{Name: ProviderDown, Subject: "juhe"}, []Incident{all}, true},
		{Incident{Name: ProviderAuth, Subject: "juhe"}, []Incident{all}, true},
		{Incident{Name: BudgetNear, Subject: "muzhi"}, []Incident{spent}, true},
		{Incident{Name: BudgetNear, Subject: "juhe"}, []Incident{spent}, false},
		{Incident{Name: DoorDown, Subject: "telegram"}, []Incident{all, spent}, false},
		{all, []Incident{{Name: ProviderDown, Subject: "juhe"}}, false},
	} {
		if got := c.i.Superseded(c.others); got != c.want {
			t.Errorf("%s of %q beside %v: %v", c.i.Name, c.i.Subject, c.others, got)
		}
	}
}
