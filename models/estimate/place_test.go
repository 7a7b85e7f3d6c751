package estimate

import (
	"os"
	"strings"
	"testing"

	"waybill/models"
)

func TestPlacesAreSpelledInOneWay(t *testing.T) {
	for name, want := range map[string][2]string{
		"深圳": {"深圳", "广东"}, "深圳市": {"深圳", "广东"}, "广东省深圳市": {"深圳", "广东"}, "浙江,杭州市": {"杭州", "浙江"}, "中国 广东省 广州市": {"广州", "广东"},
		"上海": {"上海", "上海"}, "上海市": {"上海", "上海"}, "重慶": {"重庆", "重庆"}, "寧波市": {"宁波", "浙江"}, "乌鲁木齐市": {"乌鲁木齐", "新疆"},
		"锡林郭勒盟": {"锡林郭勒盟", "内蒙古"}, "吉林": {"吉林", "吉林"}, "吉林省长春市": {"长春", "吉林"}, "深圳市南山区": {"深圳", "广东"},
		"广东省": {"", "广东"}, "广东": {"", "广东"}, "广西壮族自治区": {"", "广西"}, "香港特别行政区": {"香港", "香港"},
		"昆山市": {"昆山", "江苏"}, "法兰克福": {"法兰克福", ""}, "某某市": {"某某", ""}, "Berlin": {"Berlin", ""}, "": {"", ""}, " ": {"", ""},
	} {
		if city, area := place(name); city != want[0] || area != want[1] {
			t.Errorf("%q is %q in %q, want %q", name, city, area, want)
		}
	}
}

func TestEveryCityThatScansNameHasItsProvince(t *testing.T) {
	list, err := os.ReadFile("../../tracking/scan/cities.txt")
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(list)) {
		if city, area := place(name); city == "" || area == "" {
			t.Errorf("%s is %q in %q", name, city, area)
		}
	}
}

func TestARouteIsKnownAsFarAsItsPlacesAre(t *testing.T) {
	got := RouteOf(models.Parcel{Carrier: "sf", Origin: "广东省深圳市"})
	if want := (models.Route{Carrier: "sf", Origin: "深圳", OriginArea: "广东"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
