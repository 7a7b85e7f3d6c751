package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"waybill/locales"
	"waybill/models"
)

// broken is a painter that cannot draw.
type broken func() error

func (b broken) Journey(models.JourneyPicture) ([]byte, error) { return nil, b() }

func TestAPictureThatCannotBeDrawnIsLoggedAndLeftOut(t *testing.T) {
	for name, fails := range map[string]broken{
		"an error": func() error { return errors.New("no ink") },
		"a panic":  func() error { panic("no ink") },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			p := &pictures{fails, slog.New(slog.NewTextHandler(&out, nil))}
			if body := p.Journey(models.JourneyPicture{Parcel: models.Parcel{ID: 7, Number: "SF1000000000015"}}); body != nil {
				t.Error("there is a picture")
			}
			if log := out.String(); !strings.Contains(log, "no ink") || !strings.Contains(log, "parcel=7") || strings.Contains(log, "SF1000000000015") {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

func TestPicturesAreDrawn(t *testing.T) {
	words, err := locales.Load("zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPictures(words, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if body := p.Journey(models.JourneyPicture{Parcel: models.Parcel{Number: "SF1000000000015"}, Zone: models.Shanghai}); !bytes.HasPrefix(body, []byte("\x89PNG")) {
		t.Error("no PNG")
	}
}
