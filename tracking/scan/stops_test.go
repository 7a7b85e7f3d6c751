package scan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill/models"
)

func TestStopsOfAJourney(t *testing.T) {
	placed := func(text, name, center string) models.Event {
		return models.Event{Text: text, Extra: `{"areaName":"` + name + `","areaCenter":"` + center + `"}`}
	}
	said := func(text string) models.Event { return models.Event{Text: text} }
	for _, c := range []struct {
		name   string
		parcel models.Parcel
		events []models.Event // newest first
		want   []models.Stop
	}{
		{"nothing is known", models.Parcel{}, nil, nil},
		{
			"read out of the words, each city once in a row, and the end ahead",
			models.Parcel{Status: models.InTransit, Origin: "西安", Destination: "长沙"},
			[]models.Event{said("【武汉市】快件离开【武汉转运中心】"), said("快件到达【武汉转运中心】"), said("【西安市】已揽收")},
			[]models.Stop{{City: "西安"}, {City: "武汉"}, {City: "长沙", Ahead: true}},
		},
		{
			"delivered where it goes to, though no scan says where",
			models.Parcel{Status: models.Delivered, Origin: "西安", Destination: "长沙"},
			[]models.Event{said("您的快件已签收"), said("【西安市】已揽收")},
			[]models.Stop{{City: "西安"}, {City: "长沙"}},
		},
		{
			"with the provider's places",
			models.Parcel{Status: models.OutForDelivery, Origin: "杭州", Destination: "广州"},
			[]models.Event{
				placed("正在派件", "广东,广州市,天河区", "113.36,23.12"),
				placed("【广州市】已到达", "广东,广州市", "113.26,23.13"),
				placed("离开杭州", "浙江,杭州市,上城区", "120.18,30.25"),
			},
			[]models.Stop{{City: "杭州", Lon: 120.18, Lat: 30.25}, {City: "广州", Lon: 113.26, Lat: 23.13}},
		},
		{
			"the words go before what a vendor reads out of them",
			models.Parcel{Status: models.InTransit},
			[]models.Event{placed("【武汉市】已发往长沙", "湖南,长沙市", "112.94,28.23")},
			[]models.Stop{{City: "武汉"}},
		},
		{
			"the middle of a province is nowhere, nor is a place off the earth",
			models.Parcel{Status: models.InTransit},
			[]models.Event{placed("已到达", "浙江,杭州市", "520.1,30"), placed("已到达", "广东", "113,23")},
			[]models.Stop{{City: "杭州"}},
		},
		{"extras that are no JSON", models.Parcel{}, []models.Event{{Text: "【长沙市】到达", Extra: "{"}}, []models.Stop{{City: "长沙"}}},
		{
			"returned parcels do not go on to their recipient",
			models.Parcel{Status: models.Returning, Origin: "西安", Destination: "长沙"},
			[]models.Event{said("【武汉市】退回中"), said("【西安市】已揽收")},
			[]models.Stop{{City: "西安"}, {City: "武汉"}},
		},
		{
			"abroad",
			models.Parcel{Status: models.InTransit},
			[]models.Event{{Text: "Arrived", Place: "Frankfurt, DE"}, {Text: "Departed", Place: "Gate 7"}, {Text: "Departed", Place: "São Paulo"}},
			[]models.Stop{{City: "São Paulo"}, {City: "Frankfurt"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Stops(c.events, c.parcel)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
