package muzhi_test

import (
	"errors"
	"slices"
	"testing"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/muzhi"
	"waybill/tracking/providertest"
)

func TestDetectionAndListAreOfferedOnlyWhereTheirPathsAreKnown(t *testing.T) {
	for name, c := range map[string]struct {
		detect, list string
		detects      bool
		lists        bool
	}{
		"neither": {"", "", false, false},
		"both":    {"/d", "/l", true, true},
		"detect":  {"https://other.example/d", "", true, false},
		"list":    {"", "/l", false, true},
	} {
		s := settings(t, "https://example.com")
		s.DetectPath, s.ListPath = c.detect, c.list
		p := client(t, s)
		detects, lists := p.Detect != nil, p.ListCarriers != nil
		if detects != c.detects || lists != c.lists {
			t.Errorf("%s: detects %v, lists %v", name, detects, lists)
		}
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	providertest.Refused(t, muzhi.New, settings(t, "https://example.com").Settings, map[string]func(*muzhi.Settings){
		"no appcode":           func(s *muzhi.Settings) { s.AppCode = "" },
		"a line break in it":   func(s *muzhi.Settings) { s.AppCode = "a\nb" },
		"no url":               func(s *muzhi.Settings) { s.URL = "" },
		"a url without scheme": func(s *muzhi.Settings) { s.URL = "example.com" },
		"another scheme":       func(s *muzhi.Settings) { s.DetectPath = "ftp://example.com/x" },
		"a broken path":        func(s *muzhi.Settings) { s.ListPath = "http://%zz" },
	})
}

func detect(t *testing.T, status int, body string) (tracking.Detected, error) {
	t.Helper()
	url, last := providertest.Answering(t, status, body)
	s := settings(t, "https://example.com")
	s.DetectPath = url + "/elsewhere?v=2"
	found, err := client(t, s).Detect(t.Context(), waybill)
	if last.Calls != 0 && (last.URL.Path != "/elsewhere" || last.URL.RawQuery != "v=2&kddh="+waybill) {
		t.Errorf("asked %s?%s", last.URL.Path, last.URL.RawQuery)
	}
	return found, err
}

func TestDetectNamesCanonicalCarriersInMuzhisOrder(t *testing.T) {
	found, err := detect(t, 200, providertest.Fixture(t, "detect.json"))
	want := []models.Carrier{"zto", "zto_intl", "sto", "ems"}
	if err != nil || !slices.Equal(found.Carriers, want) || !found.Billed {
		t.Errorf("got %v, billed %v, %v; want %v", found.Carriers, found.Billed, err, want)
	}
}

func TestDetectTellsNoneFromRefused(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		kind   error
		billed bool
	}{
		"no match":         {200, `{"ok":1,"msg":"查询成功,无法匹配物流类型","data":[]}`, nil, true},
		"not found":        {666, `{"ok":0,"msg":"匹配失败","data":[]}`, nil, false},
		"not a number":     {666, `{"ok":0,"msg":"快递单号格式不正确","kddh":"` + waybill + `","data":[]}`, tracking.ErrNumber, false},
		"banned":           {666, `{"ok":0,"msg":"非法来源","data":[]}`, tracking.ErrAuth, false},
		"out of order":     {666, `{"ok":0,"msg":"系统异常","data":[]}`, tracking.ErrUnavailable, false},
		"a page":           {200, `<html>`, tracking.ErrUnavailable, true},
		"data of no shape": {200, `{"ok":1,"data":[1]}`, tracking.ErrUnavailable, true},
		"quota":            {403, ``, tracking.ErrQuota, false},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := detect(t, c.status, c.body)
			if c.kind == nil {
				if err != nil || len(found.Carriers) != 0 || found.Billed != c.billed {
					t.Errorf("got %v, billed %v, %v", found.Carriers, found.Billed, err)
				}
				return
			}
			providertest.Failed(t, "detect", err, c.kind, c.billed)
		})
	}
	p := client(t, settings(t, "http://127.0.0.1:1"))
	if _, err := p.Detect(t.Context(), ""); !errors.Is(err, tracking.ErrNumber) {
		t.Errorf("no number: %v", err)
	}
}

func TestCarriersSearchesTheList(t *testing.T) {
	url, last := providertest.Answering(t, 200, `{"ok":1,"msg":"查询成功","data":[{"Name":"中天快运","simName":"zhongtian","phone":"4000056001","url":""}],"thispage":1,"pagecount":1,"count":1}`)
	listed, err := client(t, settings(t, url)).ListCarriers(t.Context(), "中天快运")
	want := []tracking.Named{{Code: "zhongtian", Name: "中天快运"}}
	if err != nil || !slices.Equal(listed.Carriers, want) || !listed.Billed {
		t.Errorf("got %v, billed %v, %v", listed.Carriers, listed.Billed, err)
	}
	if last.URL.Path != "/list" || last.URL.Query().Get("key") != "中天快运" {
		t.Errorf("asked %s?%s", last.URL.Path, last.URL.RawQuery)
	}
}

func TestCarriersThatAreNotListedAreNone(t *testing.T) {
	url, _ := providertest.Answering(t, 666, `{"ok":0,"msg":"暂未收录与关键字【测试】相关的快递公司,欢迎反馈添加,谢谢。","data":[],"pages":0,"count":0}`)
	listed, err := client(t, settings(t, url)).ListCarriers(t.Context(), "测试")
	if err != nil || len(listed.Carriers) != 0 || listed.Billed {
		t.Errorf("got %v, billed %v, %v", listed.Carriers, listed.Billed, err)
	}
	_, err = client(t, settings(t, url)).ListCarriers(t.Context(), "")
	var e *tracking.Error
	if !errors.As(err, &e) || !e.Unsent {
		t.Errorf("the whole list is asked for: %v", err)
	}
}
