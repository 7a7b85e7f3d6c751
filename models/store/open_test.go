package store_test

import (
	"testing"
)

func TestSmoke(t *testing.T) {
	each(t, func(k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		hints, err := k.Take(k.ctx(), noon(), 15e9, 10)
		k.ok(err)
		if len(hints) != 1 || hints[0].Parcel != p.ID {
			t.Fatal(hints)
		}
		p = k.stored(p.ID)
		ticket := k.begin(query(p), noon())
		p = k.stored(p.ID)
		f := scan(p, "x", noon())
		f.Version = ticket.Version
		p = k.finish(f, noon())
		got, err := k.ClaimOwed(k.ctx(), "telegram", "me", noon(), 60e9, 5)
		k.ok(err)
		if len(got) != 1 {
			t.Fatal(got)
		}
		news, err := k.Owed(k.ctx(), got[0])
		k.ok(err)
		t.Log(news)
	})
}
