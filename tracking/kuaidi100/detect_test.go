package kuaidi100_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/providertest"
)

func detect(ctx context.Context, t *testing.T, status int, body string) (tracking.Detected, *providertest.LastRequest, error) {
	t.Helper()
	url, last := providertest.Answering(t, status, body)
	s := settings(t, "https://example.com")
	s.AutonumberURL = url + "/"
	found, err := client(t, s).Detect(ctx, waybill)
	return found, last, err
}

func TestDetectTakesEveryShapeOfTheAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []models.Carrier
	}{
		"a list, best first":            {`[{"lengthPre":15,"comCode":"yuantong","noCount":"9","noPre":"YT1","name":"圆通速递"},{"comCode":"shentong","lengthPre":"15"}]`, []models.Carrier{"yto", "sto"}},
		"one row alone":                 {`{"lengthPre":15,"comCode":"yuantong","name":"圆通速递"}`, []models.Carrier{"yto"}},
		"a code twice":                  {`[{"comCode":"youzhengguonei"},{"comCode":"youzhengguonei"}]`, []models.Carrier{"chinapost_parcel"}},
		"a code nobody knows, by name":  {`[{"comCode":"zzz","name":"申通快递"}]`, []models.Carrier{"sto"}},
		"neither code nor name known":   {`[{"comCode":"zzz","name":"无名"}]`, nil},
		"an empty list":                 {`[]`, nil},
		"a byte order mark and a space": {"\ufeff [{\"comCode\":\"ems\"}]", []models.Carrier{"ems"}},
	} {
		t.Run(name, func(t *testing.T) {
			found, last, err := detect(t.Context(), t, 200, c.body)
			if err != nil || !slices.Equal(found.Carriers, c.want) || found.Billed {
				t.Errorf("got %v, billed %v, %v; want %v", found.Carriers, found.Billed, err, c.want)
			}
			if last.Method != http.MethodGet || last.URL.Path != "/autonumber/auto" || last.URL.Query().Get("num") != waybill || last.URL.Query().Get("key") != key || len(last.URL.Query()) != 2 {
				t.Errorf("asked %s %s", last.Method, last.URL.Path)
			}
		})
	}
}

func TestDetectIsNeverBilledWhateverComesOfIt(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		status int
		body   string
		kind   error
	}{
		"no valid number":    {t.Context(), 200, `{"returnCode":"201","message":"不是有效的快递单号 ` + waybill + `","result":false}`, tracking.ErrNumber},
		"not opened":         {t.Context(), 200, `{"returnCode":"601","message":"POLL:KEY 已过期","result":false}`, tracking.ErrQuota},
		"the key is missing": {t.Context(), 200, `{"returnCode":701,"message":"key缺失 ` + key + `","result":false}`, tracking.ErrAuth},
		"another code":       {t.Context(), 200, `{"returnCode":"500","message":"x","result":false}`, tracking.ErrUnavailable},
		"a page":             {t.Context(), 200, `<html>`, tracking.ErrUnavailable},
		"an empty object":    {t.Context(), 200, `{}`, tracking.ErrUnavailable},
		"a list of texts":    {t.Context(), 200, `["x"]`, tracking.ErrUnavailable},
		"a server error":     {t.Context(), 502, ``, tracking.ErrUnavailable},
		"too many":           {t.Context(), 429, ``, tracking.ErrRate},
		"nobody waits":       {gone, 200, `[]`, tracking.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := detect(c.ctx, t, c.status, c.body)
			var e *tracking.Error
			if !errors.As(err, &e) || !errors.Is(err, c.kind) || e.Billed {
				t.Fatalf("got %v, want %v", err, c.kind)
			}
			if strings.Contains(err.Error(), key) || strings.Contains(err.Error(), waybill) {
				t.Error("the error tells the key or the waybill")
			}
		})
	}
}

func TestDetectTellsNoKeyWhenNobodyAnswers(t *testing.T) {
	s := settings(t, "http://127.0.0.1:1")
	p := client(t, s)
	_, err := p.Detect(t.Context(), waybill)
	var e *tracking.Error
	if !errors.As(err, &e) || !e.Unsent || e.Billed || strings.Contains(err.Error(), key) || strings.Contains(err.Error(), waybill) {
		t.Errorf("got an error that is sent, billed or tells too much: %v", errors.As(err, &e))
	}
	if _, err := p.Detect(t.Context(), "1"); !errors.Is(err, tracking.ErrNumber) {
		t.Errorf("too short: %v", err)
	}
}
