package main

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store/storetest"
)

// finishedParcels is how many parcels the chat of BenchmarkHistory has followed before.
const finishedParcels = 5000

// BenchmarkHistory is what a message costs a chat that has followed 5,000 parcels before,
// against a fresh one, as a ratio of medians: of a number, of the list, of the details, and
// "x", the highest of them. The messages of the two take turns.
func BenchmarkHistory(b *testing.B) {
	const kind = "sqlite"
	if !slices.Contains(storetest.Kinds(), kind) {
		b.Skip("the chat's past is made in SQLite")
	}
	sent := make(chan sentReply, 1)
	o := benchApp{dsn: storetest.DSN(b, kind), api: serveAPI(b, 0, 3), sent: sentTo(sent)}
	h, _ := o.start(b, func(*app) {})
	chats, at := []string{"fresh", "old"}, 0
	say := func(chat, text string) time.Duration {
		at++
		begun := time.Now()
		now := models.At(begun)
		_, err := h.store.Arrive(b.Context(), []models.Arrival{{
			Door: "bench", Key: strconv.Itoa(at), Pos: int64(at), Body: []byte(chat + " " + text), DueAt: now, At: now,
			Address: models.Address{Door: "bench", Conversation: chat},
		}}, now)
		if err != nil {
			b.Fatal(err)
		}
		h.doors[0].worker.Wake()
		got := <-sent
		mustShow(b, got.reply, onItsWay)
		return got.at.Sub(begun)
	}
	for i := range 5 {
		for _, chat := range chats {
			say(chat, waybill(i))
		}
	}
	old, err := h.store.Chat(b.Context(), models.Address{Door: "bench", Conversation: "old"}, false, 0)
	if err != nil {
		b.Fatal(err)
	}
	storetest.FillFinished(b, h.settings.DB, old.ID, finishedParcels, int64(models.At(time.Now().Add(-time.Hour))))
	texts := []string{waybill(3), "列表", "详情 1"}
	took := map[string][]time.Duration{}
	b.ResetTimer()
	for range b.N {
		for _, text := range texts {
			for _, chat := range chats {
				took[chat+text] = append(took[chat+text], say(chat, text))
			}
		}
	}
	b.StopTimer()
	highest := 0.0
	for i, name := range []string{"number-x", "list-x", "details-x"} {
		ratio := float64(median(took["old"+texts[i]])) / float64(median(took["fresh"+texts[i]]))
		b.ReportMetric(ratio, name)
		highest = max(highest, ratio)
	}
	b.ReportMetric(highest, "x")
	b.ReportMetric(float64(median(took["fresh"+texts[0]]).Microseconds())/1000, "fresh-ms")
}
