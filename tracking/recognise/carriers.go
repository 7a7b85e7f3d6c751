package recognise

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"waybill/models"
)

//go:embed carriers.csv
var carriersCSV string

// Carriers is the one table of carriers: canonical code, Chinese name, and a
// column of codes for each provider under its name. Kuaibao has a second one,
// "kuaibao.sub", because its subscription (express.sub.msg) has other codes than
// its query. It is read-only and safe for concurrent use.
//
// A "-" means that the provider has no code, as far as is known. Where a cell
// holds two codes ("a / b") the first is sent and both are read back.
type Carriers struct {
	all     []models.Carrier
	names   map[models.Carrier]string
	columns []string
	sent    map[string]map[models.Carrier]string // column -> carrier -> the code to send
	read    map[string]map[string]models.Carrier // column -> code in lower case -> carrier
	called  map[string]models.Carrier            // every name that stands in the table, folded
	stems   map[string][]brand                   // the same without 快递, 物流, …

	contacts map[models.Carrier]Contact
}

// LoadCarriers reads the embedded tables. An error means that a table itself is broken.
func LoadCarriers() (*Carriers, error) {
	rows, err := csv.NewReader(strings.NewReader(carriersCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read carrier table: %w", err)
	}
	c := &Carriers{
		columns: rows[0][2:],
		names:   map[models.Carrier]string{},
		sent:    map[string]map[models.Carrier]string{},
		read:    map[string]map[string]models.Carrier{},
		called:  map[string]models.Carrier{},
		stems:   map[string][]brand{},

		contacts: map[models.Carrier]Contact{},
	}
	for _, row := range rows[1:] {
		if err := c.add(row); err != nil {
			return nil, err
		}
	}
	if err := c.loadContacts(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Carriers) add(row []string) error {
	code := models.Carrier(row[0])
	if _, twice := c.names[code]; twice || code == "" {
		return fmt.Errorf("read carrier table: code %q is empty or stands twice", code)
	}
	c.all = append(c.all, code)
	c.names[code] = row[1]
	c.addNames(row[1], code)
	for i, column := range c.columns {
		c.addCodes(column, row[2+i], code)
	}
	return nil
}

// addCodes keeps a cell: its first code is sent, all of them are read back,
// unless an earlier row has the same code.
func (c *Carriers) addCodes(col, cell string, carrier models.Carrier) {
	if c.sent[col] == nil {
		c.sent[col], c.read[col] = map[models.Carrier]string{}, map[string]models.Carrier{}
	}
	if cell == "-" {
		return
	}
	codes := strings.Split(cell, " / ")
	c.sent[col][carrier] = codes[0]
	for _, code := range codes {
		if _, taken := c.read[col][strings.ToLower(code)]; !taken {
			c.read[col][strings.ToLower(code)] = carrier
		}
	}
}

// All lists the canonical codes in the table's order.
func (c *Carriers) All() []models.Carrier { return slices.Clone(c.all) }

// Name is the carrier's Chinese name as the table has it, "" for a code that it does not know.
func (c *Carriers) Name(carrier models.Carrier) string { return c.names[carrier] }

// Code is what to send to a provider for a carrier. False: the provider has no
// code for it, as far as is known.
func (c *Carriers) Code(column string, carrier models.Carrier) (string, bool) {
	code, ok := c.sent[column][carrier]
	return code, ok
}

// ByCode is the carrier that a provider's code means; upper or lower case.
// Where several rows share the code it is the first of them.
func (c *Carriers) ByCode(column, code string) (models.Carrier, bool) {
	carrier, ok := c.read[column][strings.ToLower(strings.TrimSpace(code))]
	return carrier, ok
}

// Typed is the carrier that a person means who writes 顺丰, sf, zto, shunfeng
// or "ZTO Express": by name, by canonical code, or by any provider's code, in
// this order.
func (c *Carriers) Typed(text string) (models.Carrier, bool) {
	if carrier, ok := c.ByName(text); ok {
		return carrier, true
	}
	word := strings.ToLower(strings.TrimSpace(Normalise(text)))
	stem, _ := cutEnding(foldName(text))
	for _, code := range [...]string{strings.ReplaceAll(word, " ", "_"), strings.ToLower(stem)} {
		if carrier, ok := c.coded(code); ok {
			return carrier, true
		}
	}
	return "", false
}

// coded is the carrier of a canonical code, or of any provider's.
func (c *Carriers) coded(code string) (models.Carrier, bool) {
	if _, ok := c.names[models.Carrier(code)]; ok {
		return models.Carrier(code), true
	}
	for _, column := range c.columns {
		if carrier, ok := c.ByCode(column, code); ok {
			return carrier, true
		}
	}
	return "", false
}
