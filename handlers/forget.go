package handlers

import (
	"context"

	"waybill/models"
)

// forget asks whether to erase everything that is stored about this chat.
func (t *turn) forget(ctx context.Context) ([]Reply, error) {
	if why, err := t.barred(ctx, "no_admins"); err != nil || why != nil {
		return why, err
	}
	q := models.Question{Asking: models.AskForget}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}
