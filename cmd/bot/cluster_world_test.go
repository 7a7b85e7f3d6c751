package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

// query is one call that the provider got.
type query struct {
	number string
	at     time.Time
}

// carriage is a provider in Muzhi's words. All its parcels move when move says so,
// by one scan each, and it keeps who asked when.
type carriage struct {
	begun time.Time

	mu      sync.Mutex
	moved   []time.Time // when the parcels moved
	queries []query
}

// ServeHTTP answers a query.
func (c *carriage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number := r.URL.Query().Get("kddh")
	type row struct {
		Time    string `json:"time"`
		Content string `json:"content"`
	}
	c.mu.Lock()
	c.queries = append(c.queries, query{number, time.Now()})
	rows := []row{}
	for scan := len(c.moved); scan >= 0; scan-- {
		at := c.begun.Add(time.Duration(scan) * time.Minute)
		rows = append(rows, row{at.In(models.Shanghai).Format(time.DateTime), fmt.Sprintf("快件已到达【第%d转运中心】", scan)})
	}
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{ // whoever has left is no failure
		"ok": 1, "msg": "查询成功", "status": 2, "kdmc": "圆通速递", "kddh": number, "data": rows,
	})
}

// move moves all parcels, and returns their newest scan.
func (c *carriage) move() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = append(c.moved, time.Now())
	return len(c.moved)
}

func (c *carriage) movedAt() []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.moved)
}

func (c *carriage) asked() []query {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.queries)
}

// news is one message about one parcel.
type news struct {
	chat   int64
	number string
	scan   int // the newest that it tells of
	at     time.Time
}

var (
	numberIn = regexp.MustCompile(`YT\d{13}`)
	scanIn   = regexp.MustCompile(`第(\d+)转运中心`)
)

// told is the news that chats have heard, in order.
func newsOf(sent []telegramtest.Sent) []news {
	var all []news
	for _, m := range sent {
		numbers := numberIn.FindAllString(m.Text, -1)
		slices.Sort(numbers)
		numbers = slices.Compact(numbers)
		newest := -1
		for _, found := range scanIn.FindAllStringSubmatch(m.Text, -1) {
			scan, _ := strconv.Atoi(found[1]) // the expression has found digits
			newest = max(newest, scan)
		}
		if len(numbers) == 1 && newest >= 0 {
			all = append(all, news{m.Chat, numbers[0], newest, m.At})
		}
	}
	return all
}

// trouble is a time in which the cluster need not get on: afterwards it has to,
// within so long.
type trouble struct {
	name       string
	begun, end time.Time
}

// What has to hold, by what the platform and the provider saw.
const (
	floorHere    = 2 * time.Second        // half an hour at clusterSpeed
	inFlight     = 100 * time.Millisecond // a call that was begun earlier may arrive later by so much
	ratePerSec   = 10
	burst        = 25               // calls in one second at most: the rate, and what a quarter of a second late and another second's end bring
	carriedOn    = 15 * time.Second // after what a process held is lost
	nextCheck    = 10 * time.Second // two hours at clusterSpeed, with the jitter, and one look
	allAtOnce    = 5 * time.Second  // for all parcels, at the rate
	clusterSpeed = "900"
)

// twice says where one waybill was asked about twice within the floor.
func twice(queries []query) []string {
	var found []string
	last := map[string]time.Time{}
	for _, q := range queries {
		if before, known := last[q.number]; known && q.at.Sub(before) < floorHere-inFlight {
			found = append(found, fmt.Sprintf("%s is asked about again after %s", q.number[11:], q.at.Sub(before)))
		}
		last[q.number] = q.at
	}
	return found
}

// fastest is the most calls in any one second.
func fastest(queries []query) int {
	most, first := 0, 0
	for i := range queries {
		for queries[i].at.Sub(queries[first].at) > time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// disorder says where a chat heard of an older scan after a newer one, and counts
// what it heard again.
func disorder(all []news) (found []string, repeats []news) {
	newest := map[string]int{}
	for _, n := range all {
		key := fmt.Sprint(n.chat, n.number)
		before, known := newest[key]
		switch {
		case known && n.scan < before:
			found = append(found, fmt.Sprintf("chat %d hears of scan %d of %s after %d", n.chat, n.scan, n.number[11:], before))
		case known && n.scan == before:
			repeats = append(repeats, n)
		}
		newest[key] = max(before, n.scan)
	}
	return found, repeats
}

// late says which scans a chat heard of too late, or never: each within its next
// check, or after the trouble in which it fell.
func late(all []news, follows map[string]int64, moved []time.Time, troubles []trouble) []string {
	heard := map[string][]news{}
	for _, n := range all {
		if follows[n.number] == n.chat {
			heard[n.number] = append(heard[n.number], n)
		}
	}
	var found []string
	for number := range follows {
		for i, at := range moved {
			scan, limit := i+1, deadline(at, troubles)
			k := slices.IndexFunc(heard[number], func(n news) bool { return n.scan >= scan })
			switch {
			case k < 0:
				found = append(found, fmt.Sprintf("nobody hears of scan %d of %s", scan, number[11:]))
			case heard[number][k].at.After(limit):
				found = append(found, fmt.Sprintf("scan %d of %s is heard of %s too late", scan, number[11:], heard[number][k].at.Sub(limit)))
			}
		}
	}
	slices.Sort(found)
	return found
}

// deadline is when what happens at a moment is to be done, whatever trouble there
// is around it.
func deadline(at time.Time, troubles []trouble) time.Time {
	limit := at.Add(nextCheck + allAtOnce)
	for _, t := range troubles {
		if t.begun.Before(limit) && t.end.Add(carriedOn).After(at) {
			limit = later(limit, t.end.Add(carriedOn+nextCheck+allAtOnce))
		}
	}
	return limit
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
