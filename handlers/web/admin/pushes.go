package admin

import (
	"net/http"
	"strconv"

	"waybill/models"
)

// pushesPage is the pushes that are kept as they came.
type pushesPage struct {
	Rows []pushRow
}

type pushRow struct {
	models.RawPush
	Text  string
	Shown bool
}

// bodyShown is how many characters of a push are shown.
const bodyShown = 2000

// pushes is /admin/pushes.
func (d *Dashboard) pushes(w http.ResponseWriter, r *http.Request) { d.allPushes(w, r, 0) }

// showPush shows the numbers of one push, the form's field id, and keeps that it was
// asked for. Phones stay masked.
func (d *Dashboard) showPush(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	id, err := strconv.ParseInt(r.PostForm.Get("id"), 10, 64)
	if err != nil {
		http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	d.allPushes(w, r, id)
}

func (d *Dashboard) allPushes(w http.ResponseWriter, r *http.Request, shown int64) {
	kept, err := d.Store.RawPushes(r.Context())
	if err != nil {
		d.failed(w, r, err)
		return
	}
	var page pushesPage
	for _, p := range kept {
		row := pushRow{RawPush: p, Shown: p.ID == shown, Text: maskText(cutText(p.Body), p.ID == shown)}
		if row.Shown {
			d.noteShown(r, d.say("note_push", "Provider", p.Provider, "Time", d.stamp(p.At)))
		}
		page.Rows = append(page.Rows, row)
	}
	d.show(w, http.StatusOK, "pushes", view{Menu: "pushes", Title: d.say("pushes"), Live: shown == 0, Data: page})
}

func cutText(text string) string {
	n := 0
	for at := range text {
		if n == bodyShown {
			return text[:at] + "…"
		}
		n++
	}
	return text
}
