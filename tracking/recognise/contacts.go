package recognise

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"

	"waybill/models"
)

//go:embed contacts.csv
var contactsCSV string

// Contact is how people reach a carrier.
type Contact struct {
	Hotline string // as it is dialled, "" when none is known
	Page    string // https:// or http://, "" when none is known
	Source  string // where the row comes from; docs/carriers.md says what the words mean
}

// Known says that there is a hotline or a page.
func (c Contact) Known() bool { return c.Hotline != "" || c.Page != "" }

// Contact is how people reach a carrier of the table, or a foreign one that has no
// code (amazon, post.GB); zero when nothing is known.
func (c *Carriers) Contact(carrier models.Carrier) Contact { return c.contacts[carrier] }

// loadContacts reads the embedded table of contacts; it has a row for every carrier
// of the other table, with "-" where nothing is known.
func (c *Carriers) loadContacts() error {
	rows, err := csv.NewReader(strings.NewReader(contactsCSV)).ReadAll()
	if err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	for _, row := range rows[1:] {
		carrier := models.Carrier(row[0])
		if _, twice := c.contacts[carrier]; twice || carrier == "" {
			return fmt.Errorf("read contacts: carrier %q is empty or stands twice", carrier)
		}
		c.contacts[carrier] = Contact{Hotline: unlessDash(row[1]), Page: unlessDash(row[2]), Source: row[3]}
	}
	for _, carrier := range c.all {
		if _, has := c.contacts[carrier]; !has {
			return fmt.Errorf("read contacts: no row for %q", carrier)
		}
	}
	return nil
}

func unlessDash(cell string) string {
	if cell == "-" {
		return ""
	}
	return cell
}
