package sandbox

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Kuaidi100's rules for pushes, in emulated time. INFERENCE: Kuaibao, which
// publishes none, goes by the same.
const (
	firstLook  = 15 * time.Minute // after the subscription; the vendor: 15 minutes to 4 hours
	retryAfter = 35 * time.Minute
	retries    = 3
)

// pushesAtOnce is how many pushes are on their way at once.
const pushesAtOnce = 8

// Run pumps until ctx ends. A caller who wants pushes runs it, and waits for it.
func (s *Sandbox) Run(ctx context.Context) {
	ticker := time.NewTicker(min(max(s.lasts(time.Minute), 100*time.Millisecond), 10*time.Second))
	defer ticker.Stop()
	for ctx.Err() == nil {
		s.Pump(ctx)
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// Pump looks at every subscribed waybill whose time has come, sends whatever is
// to be pushed or pushed again, and returns when all of it has been answered.
// A provider that is broken pushes nothing until it is mended.
func (s *Sandbox) Pump(ctx context.Context) {
	s.pumping.Lock()
	defer s.pumping.Unlock()
	now := s.Now()
	if s.well("kuaidi100") {
		s.kuaidi100Pushes(now)
	}
	if s.well("kuaibao") {
		s.kuaibaoPushes(now)
	}
	var sending sync.WaitGroup
	free := make(chan struct{}, pushesAtOnce)
	for _, d := range s.outbox.take(now, s.well) {
		free <- struct{}{}
		sending.Go(func() {
			defer func() { <-free }()
			s.deliver(ctx, d, now)
		})
	}
	sending.Wait()
}

func (s *Sandbox) well(provider string) bool {
	t := s.broken.get(provider)
	return t == Healthy || t == Slow
}

// deliver sends a push once. What is not taken waits for its next turn, three
// times; what could not be sent because ctx has ended does not lose one.
func (s *Sandbox) deliver(ctx context.Context, d *delivery, now time.Time) {
	taken := s.post(ctx, d)
	if !taken && ctx.Err() != nil {
		s.outbox.add(d)
		return
	}
	s.outbox.count(d.provider, taken)
	d.tries++
	if taken || d.tries > retries {
		return
	}
	d.due = now.Add(s.lasts(retryAfter))
	s.outbox.add(d)
}

func (s *Sandbox) post(ctx context.Context, d *delivery) (taken bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.address, strings.NewReader(d.body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", d.kind)
	resp, err := s.PushClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return d.taken(resp.StatusCode, drained(resp.Body))
}

// after is when to look at a waybill again that moves at next, if ever.
func (s *Sandbox) after(now, next, latest time.Time) time.Time {
	if next.IsZero() || next.After(latest) {
		next = latest
	}
	if pause := now.Add(s.lasts(s.PushEvery)); next.Before(pause) {
		return pause
	}
	return next
}
