package table

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"waybill/tracking/recognise"
)

func names(t *testing.T) Names {
	t.Helper()
	c, err := recognise.LoadCarriers()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines are a table's rows in short: line, number or reason, and what else is known.
func lines(table Table) []string {
	var out []string
	for _, r := range table.Rows {
		line := fmt.Sprintf("%d %s", r.Line, r.Number.Number)
		if r.Why != "" {
			line = fmt.Sprintf("%d !%s", r.Line, r.Why)
		}
		for _, word := range []string{r.Carrier, r.Name, r.Tail} {
			if word != "" {
				line += " " + word
			}
		}
		out = append(out, line)
	}
	return out
}

func TestTextTables(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		want       []string
	}{
		"titles": {
			"a.csv", "订单号,快递公司,快递单号,商品,收件电话\n" +
				"202611280001234567,圆通速递,YT1000000000017,茶叶,13800001234\n" +
				"202611280001234568,顺丰,SF1000000000015,\"口红, 红\",138****5678\n",
			[]string{"2 YT1000000000017 圆通速递 茶叶 1234", "3 SF1000000000015 顺丰 口红, 红 5678"},
		},
		"Traditional titles with blanks":    {"a.csv", "物流公司,託 運 單 號,備註,手機號碼\n順豐,SF1000000000015,茶葉,0912345678\n", []string{"2 SF1000000000015 順豐 茶葉 5678"}},
		"English titles":                    {"a.csv", "Order No,Tracking Number (required),Carrier,Item,Phone\nA1,sf1000000000015,SF Express,Tea,+86 138 0000 1234\n", []string{"2 SF1000000000015 SF Express Tea 1234"}},
		"semicolons":                        {"a.csv", "单号;备注\nYT1000000000017;茶\n", []string{"2 YT1000000000017 茶"}},
		"Excel's own hint of the delimiter": {"a.csv", "sep=;\n单号;备注\nYT1000000000017;茶\n", []string{"3 YT1000000000017 茶"}},
		"tabs":                              {"a.tsv", "运单号\t名称\nYT1000000000017\t茶\n", []string{"2 YT1000000000017 茶"}},
		"no titles":                         {"a.csv", "2026-11-01,YT1000000000017,圆通,茶叶\n2026-11-02,SF1000000000015,顺丰,口红\n", []string{"1 YT1000000000017 圆通 茶叶", "2 SF1000000000015 顺丰 口红"}},
		"a column of an order's number is never taken": {"a.csv", "订单编号,单号\nYT1000000000025,YT1000000000017\n", []string{"2 YT1000000000017"}},
		"an order's title alone is no title":           {"a.csv", "订单号,备注\nYT1000000000017,茶\n", []string{"2 YT1000000000017 茶"}},
		"what spreadsheets do to numbers": {
			"a.csv", "快递单号\n7.73E+14\n7.73000000000015E+14\n'773000000000015\n\"=\"\"773000000000023\"\"\"\n=\"773000000000031\"\n773000000000049.0\n773000000000056\t\n７７３００００００００００６４\nYT 1000 0000 00017\n####\n",
			[]string{"2 !rounded", "3 !rounded", "4 773000000000015", "5 773000000000023", "6 773000000000031", "7 773000000000049", "8 773000000000056", "9 773000000000064", "10 YT1000000000017", "11 !narrow"},
		},
		"phones and virtual numbers": {
			"a.csv", "运单号,手机号\nYT1000000000017,18412345678-1234\nYT1000000000025,18412345678转5678\nYT1000000000033,138****4321\nYT1000000000041,13800009999/13900008888\nYT1000000000058,1.38E+10\n",
			[]string{"2 YT1000000000017 1234", "3 YT1000000000025 5678", "4 YT1000000000033 4321", "5 YT1000000000041 9999", "6 YT1000000000058"},
		},
		"tails whose zeros are lost":           {"a.csv", "运单号,尾号\nYT1000000000017,12\n", []string{"2 YT1000000000017 0012"}},
		"a phone never stands in a name":       {"a.csv", "运单号,备注\nYT1000000000017,给张三 13800001234 的茶\n", []string{"2 YT1000000000017 给张三 的茶"}},
		"several parcels of one order":         {"a.csv", "快递单号\n\"YT1000000000017,YT1000000000025\"\n", []string{"2 YT1000000000017", "2 YT1000000000025"}},
		"a carrier in the number's cell":       {"a.csv", "快递单号\n圆通 YT1000000000017\n", []string{"2 YT1000000000017"}},
		"what is no number":                    {"a.csv", "快递单号\n13800001234\n合计\n\n无\nYT1000000000017\nYT1000000000017\n", []string{"2 !phone", "3 !no_number", "6 YT1000000000017", "7 !repeated"}},
		"what a number's second row says more": {"a.csv", "单号,快递公司,备注\n431000000001,,书\n431000000001,韵达,笔\n", []string{"2 431000000001 韵达 书", "3 !repeated 韵达 笔"}},
		"titles that are repeated":             {"a.csv", "单号\nYT1000000000017\n单号\nYT1000000000025\n", []string{"2 YT1000000000017", "4 YT1000000000025"}},
		"a title over the titles":              {"a.csv", "十一月快递单号登记表,,\n\n序号,快递单号,品名\n1,YT1000000000017,茶\n", []string{"4 YT1000000000017 茶"}},
		"cells of several lines":               {"a.csv", "备注,单号\n\"一\n二\",YT1000000000017\n三,YT1000000000025\n", []string{"2 YT1000000000017 一 二", "3 YT1000000000025 三"}},
		"a quotation mark nobody closes":       {"a.csv", "备注,单号\n\"一,YT1000000000017\n二,YT1000000000025\n", []string{"2 YT1000000000017 一", "3 YT1000000000025 二"}},
		"lines of text":                        {"a.txt", "SF1000000000015 1234 妈妈的茶叶\n你好\nYT1000000000017\n13800001234\n", []string{"1 SF1000000000015 妈妈的茶叶 1234", "3 YT1000000000017", "4 !phone"}},
		"a csv of lines":                       {"a.csv", "我的快递 SF1000000000015 1234\n还有 YT1000000000017\n", []string{"1 SF1000000000015 1234", "2 YT1000000000017"}},
		"a text that is a table":               {"a.txt", "运单号\t备注\nYT1000000000017\t茶\n", []string{"2 YT1000000000017 茶"}},
		"an export":                            {"waybill.json", `{"chat":{},"parcels":[{"number":"SF1000000000015","carrier":"sf","name":"茶","phone_tail":"set"},{"number":"431000000001","carrier":"yunda"}]}`, []string{"1 SF1000000000015 sf 茶", "2 431000000001 yunda"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read(c.file, []byte(c.text), names(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(got)); diff != "" {
				t.Errorf("read otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	const text = "快递单号,备注\nYT1000000000017,茶叶\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{0xff, 0xfe}
	wideBig := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
		wideBig = append(wideBig, byte(u>>8), byte(u))
	}
	for name, body := range map[string][]byte{"utf-8": []byte(text), "with a mark": []byte(bom + text), "gb18030": []byte(gb), "utf-16 LE": wide, "utf-16 BE": wideBig, "LE without a mark": wide[2:], "BE without a mark": wideBig[2:]} {
		got, err := Read("a.csv", body, names(t))
		if want := []string{"2 YT1000000000017 茶叶"}; err != nil || !cmp.Equal(lines(got), want) {
			t.Errorf("%s: got %v, %v", name, lines(got), err)
		}
	}
}

func TestTaiwansEncoding(t *testing.T) {
	big5, err := traditionalchinese.Big5.NewEncoder().String("託運單號,物流公司,品名\nYT1000000000017,圓通,茶葉\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read("a.csv", []byte(big5), names(t))
	if want := []string{"2 YT1000000000017 圓通 茶葉"}; err != nil || !cmp.Equal(lines(got), want) {
		t.Errorf("got %v, %v", lines(got), err)
	}
}

// book makes a workbook; a cell that is a formula begins with "=".
func book(t *testing.T, sheets ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, rows := range sheets {
		name := fmt.Sprintf("Sheet%d", i+1)
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x, value := range row {
				at, _ := excelize.CoordinatesToCellName(x+1, y+1)
				if err := f.SetCellValue(name, at, value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	body, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

func TestWorkbooks(t *testing.T) {
	for name, c := range map[string]struct {
		sheets [][][]any
		want   []string
	}{
		"titles under a title": {
			[][][]any{{{"发货清单"}, {}, {"快递公司", "快递单号", "品名", "收件人手机"}, {"圆通", "YT1000000000017", "茶", 13800001234}}},
			[]string{"4 YT1000000000017 圆通 茶 1234"},
		},
		"numbers as numbers": {
			[][][]any{{{"单号"}, {773000000000015}, {431000000001}, {7.73e14}, {int64(1234567890123456)}, {"1234567890123456789012"}}},
			[]string{"2 773000000000015", "3 431000000001", "4 !rounded", "5 !rounded", "6 1234567890123456789012"},
		},
		"the first sheet that holds numbers": {
			[][][]any{{{"说明"}, {"请看第二页"}}, {{"单号"}, {"YT1000000000017"}}},
			[]string{"2 YT1000000000017"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read("a.xlsx", book(t, c.sheets...), names(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(got)); diff != "" {
				t.Errorf("read otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	secret := excelize.NewFile()
	var locked strings.Builder
	if err := secret.Write(&locked, excelize.Options{Password: "p"}); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile("testdata/old.xls")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body string
		want Problem
	}{
		"old Excel as LibreOffice writes it": {string(old), OldExcel},
		"a Numbers document":                 {archive(t, "Index/Document.iwa"), Numbers},
		"another archive":                    {archive(t, "word/document.xml"), NoTable},

		"old Excel":           {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), OldExcel},
		"a password":          {locked.String(), Encrypted},
		"a page named as xls": {"<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><table></table></html>", HTML},
		"another kind":        {"%PDF-1.7", NoTable},
		"bytes":               {"a\x00b", NoTable},
		"half a workbook":     {"PK\x03\x04 and nothing more", Broken},
		"nothing":             {" \n", Empty},
		"no numbers":          {"姓名,年龄\n张三,20\n", Empty},
		"too many bytes":      {strings.Repeat("a", MaxBytes+1), TooLarge},
	} {
		_, err := Read("a.xlsx", []byte(c.body), names(t))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// archive is a zip with one file.
func archive(t *testing.T, name string) string {
	t.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	if _, err := z.Create(name); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAWorkbookThatUnpacksToTooMuchIsRefused(t *testing.T) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for line := range 20_000 {
		at, _ := excelize.CoordinatesToCellName(1, line+1)
		if err := w.SetRow(at, []any{strings.Repeat("a", 3000)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	body, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if body.Len() > MaxBytes {
		t.Fatalf("the bomb has %d bytes", body.Len())
	}
	if _, err := Read("a.xlsx", body.Bytes(), names(t)); !errors.Is(err, TooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestRowsBehindTheLimitAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("单号\n")
	for i := range MaxRows + 7 {
		fmt.Fprintf(&b, "YT%013d\n", 1_000_000_000_000+i)
	}
	got, err := Read("a.csv", []byte(b.String()), names(t))
	if err != nil || len(got.Rows) != MaxRows || got.Cut != 7 {
		t.Errorf("read %d rows, cut %d, %v", len(got.Rows), got.Cut, err)
	}
}

// TestFilesOfSpreadsheets reads what spreadsheets have written: see testdata/README.md.
func TestFilesOfSpreadsheets(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".want")
		if !ok {
			continue
		}
		body, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(name, body, names(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), lines(got)); diff != "" {
			t.Errorf("%s is read otherwise (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsWrittenIsTextAndReadsBack(t *testing.T) {
	s := Sheet{Name: "包裹", Titles: []string{"快递单号", "快递公司", "备注"}, Widths: []float64{22, 14, 24}, Rows: [][]string{
		{"773000000000015", "申通", "=HYPERLINK(\"http://evil.example\")"},
		{"1234567890123456789012", "", "+1"},
		{"YT1000000000017", "圆通", "@x"},
	}}
	body, err := Workbook(s)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"A2", "A3", "C2", "C3"} {
		kind, err := f.GetCellType(s.Name, at)
		formula, _ := f.GetCellFormula(s.Name, at)
		if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString || formula != "" {
			t.Errorf("%s is of type %v with formula %q, %v", at, kind, formula, err)
		}
	}
	text, err := CSV(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{bom + "快递单号,快递公司,备注\r\n", "'=HYPERLINK", ",'+1\r\n", ",'@x\r\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the csv lacks %q:\n%s", want, text)
		}
	}
	for name, body := range map[string][]byte{"a.xlsx": body, "a.csv": text} {
		got, err := Read(name, body, names(t))
		if err != nil || len(got.Rows) != 3 || got.Rows[0].Number.Number != "773000000000015" || got.Rows[1].Number.Number != "1234567890123456789012" {
			t.Errorf("%s reads back as %v, %v", name, lines(got), err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.csv", []byte("单号,备注\nYT1000000000017,茶\n"))
	f.Add("a.txt", []byte("\xff\xfea\x00"))
	f.Add("a.json", []byte(`{"parcels":[{"number":"SF1000000000015"}]}`))
	c, err := recognise.LoadCarriers()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		got, err := Read(name, body, c)
		var problem Problem
		if err != nil && !errors.As(err, &problem) {
			t.Errorf("%v is no problem that can be told", err)
		}
		for _, r := range got.Rows {
			if (r.Why == "") == (r.Number.Number == "") && r.Why != Repeated {
				t.Errorf("row %+v says neither number nor reason, or both", r)
			}
		}
	})
}
