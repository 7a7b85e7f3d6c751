package expiring_test

import (
	"testing"
	"time"

	"waybill/internal/expiring"
)

func TestAValueIsKeptForItsTime(t *testing.T) {
	now := time.Unix(0, 0)
	m := expiring.New[string, int](10, func() time.Time { return now })
	m.Put("a", 1, time.Minute)
	now = now.Add(time.Minute - 1)
	if v, ok := m.Get("a"); v != 1 || !ok {
		t.Errorf("before its end: %d, %v", v, ok)
	}
	now = now.Add(1)
	if v, ok := m.Get("a"); v != 0 || ok {
		t.Errorf("at its end: %d, %v", v, ok)
	}
	m.Put("a", 2, time.Minute)
	if v, ok := m.Take("a"); v != 2 || !ok {
		t.Errorf("taken: %d, %v", v, ok)
	}
	if _, ok := m.Get("a"); ok || m.Len() != 0 {
		t.Error("it is there after it was taken")
	}
}

func TestAFullMapDropsWhatExpiresFirst(t *testing.T) {
	now := time.Unix(0, 0)
	m := expiring.New[int, int](3, func() time.Time { return now })
	m.Put(1, 1, time.Hour)
	m.Put(2, 2, time.Second)
	m.Put(3, 3, time.Minute)
	m.Put(3, 30, time.Minute) // the same key takes no more room
	m.Put(4, 4, time.Minute)
	for key, want := range map[int]bool{1: true, 2: false, 3: true, 4: true} {
		if _, ok := m.Get(key); ok != want {
			t.Errorf("%d is there: %v", key, ok)
		}
	}
	now = now.Add(time.Minute)
	m.Put(5, 5, time.Minute)
	if m.Len() != 2 {
		t.Errorf("%d are kept, of which two have not expired", m.Len())
	}
}
