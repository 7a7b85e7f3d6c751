package models

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Digest is a fingerprint of everything in a trace that could be news. A trace
// whose digest equals Parcel.Digest brings nothing, and spares reading what is known.
func Digest(t Trace) string {
	h := sha256.New()
	for _, part := range []string{t.Provider, t.Lang, string(t.Carrier), string(t.Status), t.Detail, t.Origin, t.Destination, t.Estimate} {
		h.Write([]byte(part + "\x00"))
	}
	if t.Final {
		h.Write([]byte{1})
	}
	if t.ByWords {
		h.Write([]byte{2})
	}
	for _, e := range t.Events {
		h.Write([]byte(e.Identity))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Decide tells what is news between what is stored of a parcel (the row, and
// its events: number, kind, time, text and place of each) and what a provider has just answered.
//
// Scans that are not known are news, late and back-dated ones too; after a
// switch of provider only scans later than everything stored are. What the provider
// words or times anew is known (compare). A status
// that changes without a scan is news. Scans that vanish change nothing, and
// an answer whose newest scan is older than the stored one changes no status.
func Decide(p Parcel, known []Event, t Trace, now Moment) Change {
	was := p
	p.HeardAt, p.Failures, p.Digest = now, 0, Digest(t)
	if was.Provider != "" && was.Provider != t.Provider || t.Lang != "" && t.Lang != was.Lang {
		p.Since = max(p.Since, was.EventAt)
	}
	p.Provider = t.Provider
	k := compare(known, t.Events)
	if k.shift != 0 {
		p.EventAt, p.StartedAt, p.OutAt, p.ReadyAt, p.Silence = k.newest, 0, 0, 0, 0 // by the provider's new clock
	}
	newest := p.EventAt
	p.journey(t)
	c := Change{Parcel: p}
	for _, e := range fresh(p, k, t) {
		c.add(e, now)
	}
	if t.Newest() >= newest {
		c.settle(was, t, now)
	}
	c.Parcel.milestones(t)
	return c
}

// journey takes over what an answer says of the whole journey. What it does not
// say stays as another answer said it; an estimate ends with the answer that made it.
func (p *Parcel) journey(t Trace) {
	p.Origin, p.Destination, p.Estimate = cmp.Or(t.Origin, p.Origin), cmp.Or(t.Destination, p.Destination), t.Estimate
	if t.Status.Done() {
		p.Estimate = "" // nothing is expected any more
	}
	for _, e := range t.Events {
		if p.StartedAt == 0 || e.At < p.StartedAt {
			p.StartedAt = e.At
		}
	}
}

// fresh picks the scans of t that are news, oldest first.
func fresh(p Parcel, k comparison, t Trace) []Event {
	var news []Event
	for _, e := range slices.Backward(t.Events) {
		if isLate(p.Since, e.At-k.shift) || k.known[e.Identity] {
			continue
		}
		k.known[e.Identity] = true
		news = append(news, e)
	}
	slices.SortStableFunc(news, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return news
}

// isLate says that a scan of another provider is not later than what was stored when
// it was asked for the first time. Where that was stored without seconds, the same scan
// may have some now.
func isLate(since, at Moment) bool {
	return at <= since || since != 0 && since%minute == 0 && at/minute == since/minute
}

// add gives e the parcel's next sequence number and takes it into the change.
func (c *Change) add(e Event, now Moment) {
	c.Parcel.Seq++
	e.ParcelID, e.Seq, e.StoredAt = c.Parcel.ID, c.Parcel.Seq, now
	if e.Kind == Scan {
		if e.At >= c.Parcel.EventAt {
			c.Parcel.EventAt, c.Parcel.NewestSeq = e.At, e.Seq
		}
		c.Parcel.NewsAt, c.Parcel.Noticed = now, 0
	}
	c.Events = append(c.Events, e)
}

// Note adds a notice of Waybill's own to the change.
func (c *Change) Note(kind Kind, text string, now Moment) {
	e := Event{Kind: kind, At: now, Text: text, Status: c.Parcel.Status}
	e.Sign()
	c.add(e, now)
}

// settle takes over status, finality and end of an answer that is up to date.
func (c *Change) settle(was Parcel, t Trace, now Moment) {
	p := &c.Parcel
	p.Detail, p.Final = t.Detail, t.Final
	if status := believe(was.Status, t.Status); status != was.Status {
		p.Status, p.StatusAt = status, now
		if was.Status != "" && status != Unknown && len(c.Events) == 0 {
			c.Note(StatusChanged, string(status), now)
		}
		c.Brought = status
		if last := len(c.Events) - 1; last >= 0 {
			c.Events[last].Urgency = status.Urgency()
		}
	}
	switch done := p.Final || p.Status.Done() && !t.ByWords; {
	case done && p.DoneAt == 0:
		p.DoneAt = now
	case !done && len(c.Events) > 0:
		p.DoneAt = 0 // finished or given up, and yet it moves
	}
}

// believe is the status after an answer: "I do not know" never replaces knowledge.
func believe(was, says Status) Status {
	if says == "" || says == Unknown && was != "" {
		return was
	}
	return says
}
