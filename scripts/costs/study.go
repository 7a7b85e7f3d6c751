package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"waybill/models"
)

// outcomes are what policies cost and achieved, by their keys.
type outcomes map[string]outcome

// played plays journeys under some policies. The world of the last is returned, too.
func playAll(ctx context.Context, journeys []Journey, base policy, keys ...string) (outcomes, map[string]*world, error) {
	all, worlds := outcomes{}, map[string]*world{}
	for _, key := range keys {
		w, err := play(ctx, journeys, policies(base)[key])
		if err != nil {
			return nil, nil, fmt.Errorf("play %s: %w", key, err)
		}
		all[key], worlds[key] = w.sum(""), w
	}
	return all, worlds, nil
}

// fixedKeys are the fixed intervals, from the shortest.
func fixedKeys() []string { return []string{"fixed30", "fixed60", "fixed120", "fixed240"} }

// fixedAt is how many calls polling at a fixed interval needs for a median delay: between
// two intervals that were played it goes by their inverse.
func (o outcomes) fixedAt(median time.Duration) float64 {
	keys := fixedKeys()
	for i := range len(keys) - 1 {
		a, b := o[keys[i]], o[keys[i+1]]
		if median <= b.median() || i == len(keys)-2 {
			x, from, to := 1/median.Hours(), 1/a.median().Hours(), 1/b.median().Hours()
			return a.perDelivered() + (b.perDelivered()-a.perDelivered())*(x-from)/(to-from)
		}
	}
	return 0
}

// result is all that docs/costs.md shows.
type result struct {
	count    int
	base     policy
	networks []outcomes // in the order of networks()
	now      *world     // of the first, as Waybill asks
	hourly   *world
}

// study plays the emulated journeys.
func study(ctx context.Context, seed uint64, count int, base policy) (*result, error) {
	r := &result{count: count, base: base}
	for i, n := range networks() {
		keys := append(fixedKeys(), "builtin", "now", "before")
		if i == 0 {
			keys = append(keys, "push", "pushnet", "beforefull", "nowfull", "now0.25", "now0.5", "now2", "now4", "now8")
		}
		all, worlds, err := playAll(ctx, n.generate(seed, count, days), base, keys...)
		if err != nil {
			return nil, fmt.Errorf("network %s: %w", n.name, err)
		}
		if i == 0 {
			r.now, r.hourly = worlds["now"], worlds["fixed60"]
		}
		r.networks = append(r.networks, all)
	}
	return r, nil
}

// recorded says what journeys of a file cost.
func recorded(ctx context.Context, w io.Writer, journeys []Journey, base policy, price prices) error {
	all, worlds, err := playAll(ctx, journeys, base, append(fixedKeys(), "push", "pushnet", "before", "beforefull", "builtin", "now", "nowfull")...)
	if err != nil {
		return err
	}
	l := english()
	_, err = fmt.Fprintf(w, "%d journeys, %d delivered\n\n%s\n%s\n%s\n%s\n%s", len(journeys), all["now"].delivered,
		l.compared(all, append(fixedKeys(), "push", "pushnet", "before", "beforefull", "builtin", "now", "nowfull")),
		l.atEqualDelay([]string{"-"}, []outcomes{all}), l.byCarrier(worlds["fixed60"], worlds["now"]), l.monthly(all, price), l.contracts(all, price))
	return err
}

// sections are the parts of docs/costs.md between <!-- NAME --> and <!-- /NAME -->.
func (r *result) sections(l language, price prices) map[string]string {
	first := r.networks[0]
	var names []string
	for _, n := range networks() {
		names = append(names, l.network(n.name))
	}
	return map[string]string{
		"compared":  l.compared(first, append(fixedKeys(), "push", "pushnet", "before", "beforefull", "builtin", "now", "nowfull")),
		"networks":  l.atEqualDelay(names, r.networks),
		"carriers":  l.byCarrier(r.hourly, r.now),
		"curve":     l.curve(first),
		"month":     l.monthly(first, price),
		"contracts": l.contracts(first, price),
	}
}

func (r *result) print(w io.Writer, price prices) error {
	l := english()
	parts := r.sections(l, price)
	for _, name := range []string{"compared", "networks", "carriers", "curve", "month", "contracts"} {
		if _, err := fmt.Fprintf(w, "%s\n%s\n", name, parts[name]); err != nil {
			return err
		}
	}
	return nil
}

// write puts the tables into docs and draws the curve.
func (r *result) write(price prices) error {
	for _, l := range []language{english(), chinese()} {
		text, err := os.ReadFile(l.file)
		if err != nil {
			return err
		}
		for name, part := range r.sections(l, price) {
			if text, err = between(text, name, part); err != nil {
				return fmt.Errorf("write %s: %w", l.file, err)
			}
		}
		if err := os.WriteFile(l.file, text, 0o644); err != nil {
			return err
		}
		svg, err := draw(r.networks[0], l)
		if err != nil {
			return fmt.Errorf("draw curve: %w", err)
		}
		if err := os.WriteFile(l.picture, svg, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// between replaces what stands between the markers of a name.
func between(text []byte, name, part string) ([]byte, error) {
	opens, closes := []byte("<!-- "+name+" -->\n"), []byte("<!-- /"+name+" -->")
	before, rest, found := bytes.Cut(text, opens)
	_, after, ended := bytes.Cut(rest, closes)
	if !found || !ended {
		return nil, fmt.Errorf("there is no <!-- %s --> … <!-- /%s -->", name, name)
	}
	return bytes.Join([][]byte{before, opens, []byte(part), closes, after}, nil), nil
}

// carriersOf lists the carriers of journeys, most parcels first.
func carriersOf(w *world) []models.Carrier {
	var all []models.Carrier
	n := map[models.Carrier]int{}
	for _, p := range w.parcels {
		n[p.journey.Carrier]++
		if n[p.journey.Carrier] == 1 {
			all = append(all, p.journey.Carrier)
		}
	}
	sortBy(all, func(c models.Carrier) string { return fmt.Sprintf("%09d%s", 1_000_000_000-n[c], c) })
	return all
}

// table writes a Markdown table.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	b.WriteString("|" + strings.Repeat("---|", len(head)) + "\n")
	for _, row := range rows {
		line(row)
	}
	return b.String()
}
