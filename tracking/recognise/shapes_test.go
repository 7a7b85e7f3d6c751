package recognise

import (
	"fmt"
	"slices"
	"testing"

	"waybill/models"
)

func TestRulesNameTheCarriersByLikelihood(t *testing.T) {
	for _, c := range []struct {
		number, carriers string
		sure             bool
	}{
		{"SF1000000000015", "sf", true},
		{"sfA000000000015", "sf", true},
		{"SF 1000-0000-00015", "sf", true},
		{"YT9876543210123", "yto", true},
		{"YT1234567890123456", "yunexpress", true},
		{"JT3000000000015", "jt", true},
		{"JT300000000015", "jt", false},
		{"JDVA00000000015", "jd", true},
		{"JD0000000000015", "jd", true},
		{"JDX000000000015", "jd", true},
		{"JD014600003123456789", "dhl", false},
		{"DPK364123456789", "deppon", true},
		{"DPK3641234567890", "deppon", false},
		{"TT1234567890123", "ttk", true},
		{"YD1234567890123", "yunda", true},
		{"YD123456789012345", "yunda", true},
		{"ZJS123456789012", "zjs", true},
		{"SUR123456789012", "suer", true},
		{"STO1234567890", "sto", false},
		{"4PX3000123456789CN", "fourpx", true},
		{"LP00123456789012", "cainiao", false},
		{"1Z999AA10123456784", "ups", true},
		{"1Z999AA10123456785", "ups", false},
		{"PA92345678901", "ems chinapost_parcel chinapost_std", false},
		{"PA13800138000", "", false},
		{"XA92345678901", "chinapost_reg chinapost_parcel ems", false},
		{"73123456789012", "zto", true},
		{"78123456789012", "zto", true},
		{"77123456789012", "sto zto", false},
		{"43123456789012", "sto yunda", false},
		{"72123456789012", "zto best", false},
		{"773123456789012", "sto", true},
		{"431234567890123", "yunda sto", false},
		{"311234567890123", "yunda", true},
		{"461234567890123", "yunda", true},
		{"331234567890123", "yunda", false},
		{"621123456789012", "cainiao", true},
		{"991234567890123", "fengwang jt", false},
		{"881234567890123", "", false},
		{"7712345678901234", "sto", false},
		{"5812345678901234", "jt best", false},
		{"77123456789012345", "sto", false},
		{"800123456789012345", "yto", false},
		{"4310508235533", "yunda ems chinapost_parcel", false},
		{"5012345678901", "yunda ems chinapost_parcel", false},
		{"1186465887499", "ems chinapost_parcel yunda", false},
		{"9712345678901", "ems chinapost_parcel yunda", false},
		{"9912345678901", "chinapost_parcel ems yunda", false},
		{"8112345678901", "ems yunda chinapost_parcel", false},
		{"1512345678901", "yunda ems chinapost_parcel", false},
		{"780123456789", "zto sf sto ane ymdd zto_freight", false},
		{"468123456789", "sto sf zto ane ymdd zto_freight", false},
		{"300123456789", "sf zto sto ane ymdd zto_freight", false},
		{"091123456789", "fengwang", false},
		{"9205500000000000000001", "usps", true},
		{"9205500000000000000002", "usps", false},
		{"1234567890", "deppon yto", false},
		{"12345678901", "", false},
		{"", "", false},
		{"单号", "", false},
	} {
		t.Run(fmt.Sprint(c.carriers, len(c.number)), func(t *testing.T) {
			got, sure := ByShape(c.number)
			if got == nil || !slices.Equal(got, rule{codes: c.carriers}.carriers()) || sure != c.sure {
				t.Errorf("%s is of %v, sure %v; want %s, %v", c.number, got, sure, c.carriers, c.sure)
			}
		})
	}
}

func TestRulesNameOnlyCarriersOfTheTable(t *testing.T) {
	c := table(t)
	for _, number := range []string{
		"SF1000000000015", "YT1234567890123456", "LP00123456789012", "XA92345678901", "PA92345678901", "91123456789012", "991234567890123",
		"72123456789012", "780123456789", "1234567890", "5812345678901234", "091123456789", "4PX3000123456789CN", "RB123456785HK", "RB123456785US", "UA123456785YP",
	} {
		carriers, _ := ByShape(number)
		for _, carrier := range carriers {
			if c.Name(carrier) == "" {
				t.Errorf("a rule names %s, which the table does not know", carrier)
			}
		}
	}
}

func TestPostalNumbers(t *testing.T) {
	for _, c := range []struct {
		number string
		want   models.Carrier
		sure   bool
	}{
		{"EE123456785CN", "ems", true},
		{"EA123456789CN", "ems", false}, // a wrong check digit takes the certainty only
		{"RB123456785CN", "chinapost_reg", true},
		{"CP123456785CN", "chinapost_parcel", true},
		{"CP123456786CN", "chinapost_parcel", false},
		{"RB123456785GB", "!post.GB", false},
		{"LB270687462SG", "!post.SG", false},
		{"RB123456785HK", "hkpost", true},
		{"RB123456786US", "usps", false},
		{"UA123456785YP", "yanwen", true},
	} {
		r, ok := ruleFor(c.number)
		if !ok || models.Carrier(r.codes) != c.want || r.sure != c.sure {
			t.Errorf("%s is of %q, sure %v; want %q, %v", c.number, r.codes, r.sure, c.want, c.sure)
		}
	}
	if _, ok := ruleFor("RB123456785XX"); ok {
		t.Error("a country that does not exist")
	}
}

func TestCheckDigits(t *testing.T) {
	for number, want := range map[string]bool{
		"RB123456785GB": true, "LB270687462SG": true, "RB123456786US": false, "EA123456789CN": false,
		"AA000000000GB": false, "AA000000005GB": true, // remainder 0: the digit is 5
		"AA000000020GB": false, "AA000000303GB": false,
	} {
		if s10Checks(number) != want {
			t.Errorf("%s checks: %v", number, !want)
		}
	}
	if !luhnChecks("6222021234567890128") || luhnChecks("6222021234567890123") {
		t.Error("Luhn")
	}
}
