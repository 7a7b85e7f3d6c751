package parcel

import (
	"cmp"
	"strings"

	"waybill/handlers"
	"waybill/models"
	"waybill/tracking/recognise"
	"waybill/tracking/scan"
)

// view is what the page shows, in words. Phones are masked in all that people wrote.
type view struct {
	words handlers.Wording

	Called  string // its name, else its carrier, else its number
	Carrier string
	Number  string
	Parts   []string // the number, grouped for the eye
	Locked  bool     // the chat has not shown that it may see the trace

	Tone     string // the colour of the status: accent, good, warn, bad, muted
	Icon     string
	Standing string
	HeardAt  stamp  // when a provider last answered
	Heard    string // the same in words
	Took     string
	Spoken   string // the language of the scans where it is not the page's; "" where it is
	Expected string // when it will come, in the carrier's words
	Advice   string
	Over     string // why nothing new will come; "" while it is followed up
	Empty    string // what is said where there is no scan
	Steps    []step
	Stops    []stop
	Days     []day

	Hotline, Official string // how the carrier is reached
	Image             string // the picture's address; "" without one
}

// newView words a follow and its scans, newest first.
func newView(w handlers.Wording, f models.Followed, found []models.Event, contact recognise.Contact) view {
	p := f.Parcel
	v := view{
		words: w, Carrier: w.Carrier(p.Carrier), Number: p.Number, Parts: grouped(p.Number),
		Locked: !f.Follow.Opens(p), Hotline: contact.Hotline, Official: contact.Page,
	}
	v.Called = cmp.Or(models.MaskPhones(f.Follow.Name), v.Carrier, p.Number)
	if v.Locked {
		v.Tone, v.Icon, v.Standing = "muted", "lock", w.Say("list.locked")
		return v
	}
	v.Tone, v.Icon, v.Standing = handlers.Tone(p.Status), iconOf(p.Status), w.Standing(p)
	v.Took, v.Advice = w.Took(p), w.Advice(p)
	v.Expected = models.MaskPhones(w.Expected(p))
	if v.HeardAt = v.stamp(p.HeardAt); p.HeardAt != 0 {
		v.Heard = w.Say("heard", "Age", v.HeardAt.Age)
	}
	if w.Tag() == models.English && p.Lang != models.English {
		v.Spoken = "zh-CN"
	}
	v.Steps = v.progress(p)
	v.Stops = v.route(found, p)
	v.Days = v.timeline(found)
	if len(found) == 0 {
		v.Empty = w.NothingFound(p)
	}
	switch {
	case !p.Live() && !p.Status.Done() && !p.Final:
		v.Over = v.Say("given_up")
	case !p.Live():
		v.Over = v.Say("finished")
	}
	return v
}

// Say is one of the page's own sentences.
func (v view) Say(key string, args ...any) string { return v.words.Say("page."+key, args...) }

// Title is the page's title: what the parcel is called and where it stands.
func (v view) Title() string { return v.Called + " · " + v.Standing }

// Description is what a messenger shows under the title: carrier, number, and the
// newest scan.
func (v view) Description() string {
	said := strings.TrimSpace(v.Carrier + " " + v.Number)
	if len(v.Days) == 0 {
		return said
	}
	return said + " · " + v.Days[0].Events[0].plain
}

// Zone is the zone of the times shown.
func (v view) Zone() string { return v.words.Local(v.words.Now()).Location().String() }

// grouped cuts a number into groups of four, its letters in front for themselves; a
// last group is never a single character.
func grouped(number string) []string {
	var parts []string
	letters := len(number) - len(strings.TrimLeft(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if letters > 0 && letters < len(number) && letters <= 4 {
		parts, number = append(parts, number[:letters]), number[letters:]
	}
	for len(number) > 5 {
		parts, number = append(parts, number[:4]), number[4:]
	}
	return append(parts, number)
}

// stop is a city on the way.
type stop struct {
	City  string
	State string // done, now, ahead
}

// route are the cities in order. One alone is no way.
func (v view) route(found []models.Event, p models.Parcel) []stop {
	stops := scan.Stops(found, p)
	if len(stops) < 2 {
		return nil
	}
	shown := make([]stop, len(stops))
	for i, s := range stops {
		shown[i] = stop{City: v.words.Written(s.City), State: "done"}
		switch {
		case s.Ahead:
			shown[i].State = "ahead"
		case i == len(stops)-1 || stops[i+1].Ahead:
			shown[i].State = "now"
		}
	}
	return shown
}
