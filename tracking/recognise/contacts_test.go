package recognise

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"waybill/models"
)

func TestACarrierIsReachedUnderItsHotlineAndPage(t *testing.T) {
	c := table(t)
	for carrier, want := range map[models.Carrier]Contact{
		"yto":     {"95554", "https://www.yto.net.cn", "kuaidi100 + domains"},
		"sf":      {"95338", "https://www.sf-express.com", "kuaidi100"},
		"tnt":     {"", "https://www.tnt.com", "apps"},
		"gto":     {Source: "closed"},
		"amazon":  {Page: "https://track.amazon.com", Source: "general"},
		"nowhere": {},
	} {
		if got := c.Contact(carrier); got != want {
			t.Errorf("%s: got %+v, want %+v", carrier, got, want)
		}
	}
	if c.Contact("gto").Known() || !c.Contact("tnt").Known() || !c.Contact("ups").Known() {
		t.Error("known is what has a hotline or a page")
	}
}

func TestEveryContactCanBeDialledOrOpenedAndHasASource(t *testing.T) {
	c := table(t)
	dialled := regexp.MustCompile(`^(\+\d{1,3} )?[0-9][0-9 -]{3,14}[0-9]$`)
	documented, err := os.ReadFile("../../docs/carriers.md")
	if err != nil {
		t.Fatal(err)
	}
	for carrier, contact := range c.contacts {
		if contact.Source == "" {
			t.Errorf("%s has no source", carrier)
		}
		if without := contact.Source == "closed" || contact.Source == "none found"; contact.Known() == without {
			t.Errorf("%s is %q, and known: %v", carrier, contact.Source, contact.Known())
		}
		if contact.Hotline != "" && !dialled.MatchString(contact.Hotline) {
			t.Errorf("%s: nobody can dial %q", carrier, contact.Hotline)
		}
		if page, err := url.Parse(contact.Page); contact.Page != "" && (err != nil || page.Host == "" || !strings.HasPrefix(page.Scheme, "http")) {
			t.Errorf("%s: nobody can open %q", carrier, contact.Page)
		}
		for part := range strings.SplitSeq(contact.Source, " + ") {
			same, isSame := strings.CutPrefix(part, "same as ")
			switch {
			case isSame && c.contacts[models.Carrier(same)].Hotline != contact.Hotline:
				t.Errorf("%s has another hotline than %s", carrier, same)
			case !isSame && !strings.Contains(string(documented), "| "+part+" |"):
				t.Errorf("%s: docs/carriers.md does not say what %q is", carrier, part)
			}
		}
	}
}
