package main

import (
	"fmt"
	"log/slog"

	"waybill/handlers/picture"
	"waybill/internal/guard"
	"waybill/locales"
	"waybill/models"
)

// pictures draws for conversations, which go on without a picture that cannot be
// drawn, and tells the log about it.
type pictures struct {
	painter interface {
		Journey(j models.JourneyPicture) ([]byte, error)
	}
	log *slog.Logger
}

func newPictures(words *locales.Bundle, log *slog.Logger) (*pictures, error) {
	painter, err := picture.New(words)
	if err != nil {
		return nil, fmt.Errorf("open pictures: %w", err)
	}
	return &pictures{painter, log}, nil
}

// Journey is part of handlers.Painter.
func (p *pictures) Journey(j models.JourneyPicture) []byte {
	body, err := p.draw(j)
	if err != nil {
		p.log.Error("draw picture", "parcel", j.Parcel.ID, "error", err)
		return nil
	}
	return body
}

func (p *pictures) draw(j models.JourneyPicture) (body []byte, err error) {
	defer guard.Recover("draw picture", &err)
	return p.painter.Journey(j)
}
