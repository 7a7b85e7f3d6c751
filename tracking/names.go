package tracking

import (
	"context"
	"encoding/json"
	"time"

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
func (t *Tracker) named(ctx context.Context, d *desk, name string, p models.Purpose) models.Carrier {
	lister, ok := d.Provider.(Lister)
	if !ok || name == "" {
		return ""
	}
	raw := t.once(ctx, riddle{"name", d.Name() + ":" + name, func(ctx context.Context) (any, time.Duration) {
		carrier, err := t.lookUp(ctx, d, lister, name, p)
		return carrier, kept(!isUnsent(err), err == nil)
	}})
	var carrier models.Carrier
	_ = json.Unmarshal(raw, &carrier) // a row that cannot be read is as good as none
	return carrier
}

// lookUp makes the one call that a name costs; "" when the list does not have
// it, or no carrier that the table knows.
func (t *Tracker) lookUp(ctx context.Context, d *desk, l Lister, name string, p models.Purpose) (models.Carrier, error) {
	var listed Listed
	err := t.side(ctx, d, errand{models.CallList, p, ""}, func(ctx context.Context) (billed bool, err error) {
		listed, err = l.Carriers(ctx, name)
		return listed.Billed, err
	})
	for _, row := range listed.Carriers {
		if carrier := t.known(d.Name(), row); carrier != "" {
			return carrier, err
		}
	}
	return "", err
}

// known is the canonical carrier of a row of a provider's list, by code or by name.
func (t *Tracker) known(provider string, row Named) models.Carrier {
	if c, ok := t.Carriers.ByCode(provider, row.Code); ok {
		return c
	}
	c, _ := t.Carriers.ByName(row.Name)
	return c
}
