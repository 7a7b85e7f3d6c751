package handlers

import (
	"context"

	"waybill/models"
)

// forget asks whether to erase everything that is stored about this chat.
func (t *turn) forget(ctx context.Context) ([]Reply, error) {
	if may, err := t.governs(ctx); err != nil || !may {
		return t.tell("admins_only"), err
	}
	q := models.Question{Asking: models.AskForget}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.wording(q), nil
}
