package tracking

import (
	"context"
	"encoding/json"

	"waybill/models"
)

// Table knows the canonical carriers (Carriers satisfies it).
type Table interface {
	ByName(name string) (models.Carrier, bool)
	ByCode(provider, code string) (models.Carrier, bool)
}

// named finds the carrier of a name that the table does not know, in the
// provider's own list, when it offers one that can be searched. What was found,
// or not, is remembered over all replicas, so that a name costs one call.
func (t *Tracker) named(ctx context.Context, d *desk, name string) models.Carrier {
	lister, ok := d.Provider.(Lister)
	if !ok || name == "" {
		return ""
	}
	var carrier models.Carrier
	key := d.Name() + ":" + name
	if raw, ok, err := t.Memory.Recall(ctx, "name", key, t.now()); err == nil && ok {
		_ = json.Unmarshal(raw, &carrier) // a row that cannot be read is as good as none
		return carrier
	}
	var listed Listed
	err := t.side(ctx, d, errand{models.CallList, models.Person, ""}, func(ctx context.Context) (billed bool, err error) {
		listed, err = lister.Carriers(ctx, name)
		return listed.Billed, err
	})
	for _, row := range listed.Carriers {
		if carrier = t.known(d.Name(), row); carrier != "" {
			break
		}
	}
	if err == nil || !isUnsent(err) {
		t.remember(ctx, "name", key, carrier, err == nil)
	}
	return carrier
}

// known is the canonical carrier of a row of a provider's list, by code or by name.
func (t *Tracker) known(provider string, row Named) models.Carrier {
	if c, ok := t.Carriers.ByCode(provider, row.Code); ok {
		return c
	}
	c, _ := t.Carriers.ByName(row.Name)
	return c
}
