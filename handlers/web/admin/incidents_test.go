package admin

import (
	"strings"
	"testing"

	"waybill/models"
)

func TestTheFirstPageShowsWhatGoesOn(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	seen := models.Observation{Name: models.DoorDown, Subject: "telegram", Since: r.moment(), At: r.moment()}
	r.ok(r.store.Observe(t.Context(), []models.Observation{seen}, 1))
	if page := r.read("/admin"); strings.Contains(page, "door_down") {
		t.Error("it shows an incident that nobody was told of")
	}
	all, err := r.store.Incidents(t.Context())
	r.ok(err)
	_, err = r.store.StartIncident(t.Context(), all[0], nil, models.Note{Kind: models.NoteAlert, What: "telegram is down", At: r.moment()}, r.moment())
	r.ok(err)
	if page := r.read("/admin"); !strings.Contains(page, "door_down · telegram") || !strings.Contains(page, "telegram is down") {
		t.Errorf("it does not show the incident: %s", page)
	}
}
