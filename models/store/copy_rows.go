package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// copyTables copies one table after the other.
func (w *copier) copyTables(ctx context.Context) error {
	if err := w.findTables(ctx); err != nil {
		return fmt.Errorf("list tables of source: %w", err)
	}
	total := int64(0)
	for i, table := range w.tables {
		w.copied = append(w.copied, Copied{Table: table})
		if err := w.from.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM "`+table+`"`).Scan(&w.copied[i].Rows); err != nil {
			return fmt.Errorf("count %s: %w", table, err)
		}
		total += w.copied[i].Rows
	}
	w.Begin(total)
	for _, table := range w.tables {
		if err := w.copyTable(ctx, table); err != nil {
			return fmt.Errorf("copy %s: %w", table, err)
		}
	}
	return nil
}

// findTables lists the tables whose rows are copied.
func (w *copier) findTables(ctx context.Context) (err error) {
	rows, err := w.from.tx.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if !slices.Contains(ownSchema(), name) && !slices.Contains(ownRows(), name) {
			w.tables = append(w.tables, name)
		}
	}
	return rows.Err()
}

// columns are those of a table that are stored, and what is read for each.
func (w *copier) columns(ctx context.Context, table string) (names, values []string, err error) {
	rows, err := w.from.tx.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table) // without those that are computed
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, nil, err
		}
		value := `"` + name + `"`
		switch table + "." + name {
		case "chats.claim_owner":
			value = "''" // nobody works on the copy
		case "chats.claim_until":
			value = "0"
		}
		names, values = append(names, "`"+name+"`"), append(values, value)
	}
	return names, values, rows.Err()
}

// copyTable copies a table in its order, some rows in a statement.
func (w *copier) copyTable(ctx context.Context, table string) (err error) {
	names, values, err := w.columns(ctx, table)
	if err != nil {
		return err
	}
	rows, err := w.from.tx.QueryContext(ctx, "SELECT "+strings.Join(values, ", ")+` FROM "`+table+`"`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	part := copyPart{into: "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES ", width: len(names)}
	for rows.Next() {
		row := make([]any, len(names))
		into := make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		part.add(row)
		if part.rows < written && part.bytes < copyAtOnce {
			continue
		}
		if err := w.write(ctx, &part); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), w.write(ctx, &part))
}

// copyPart is some rows on their way.
type copyPart struct {
	into  string
	width int
	rows  int
	bytes int
	args  []any
}

func (p *copyPart) add(row []any) {
	p.rows++
	p.args = append(p.args, row...)
	for _, value := range row {
		switch v := value.(type) {
		case string:
			p.bytes += len(v)
		case []byte:
			p.bytes += len(v)
		default:
			p.bytes += 8
		}
	}
}

// write writes the rows of a part, and empties it.
func (w *copier) write(ctx context.Context, p *copyPart) error {
	if p.rows == 0 {
		return nil
	}
	row := "(?" + strings.Repeat(",?", p.width-1) + ")"
	if _, err := w.s.change(ctx, p.into+row+strings.Repeat(","+row, p.rows-1), p.args...); err != nil {
		return err
	}
	w.Step(p.rows)
	p.rows, p.bytes, p.args = 0, 0, p.args[:0]
	return w.renew(ctx)
}
