// Package console is the door to a terminal, or to a pipe: one chat whose lines
// are typed at this machine. Lines are stored as arrivals, as a platform's updates
// are.
package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/width"

	"waybill/handlers"
	"waybill/models"
)

// Screen shows text, whole lines at a time.
type Screen interface {
	// Show writes text, which ends in a newline, at once.
	Show(text string) error
}

// Name is the door's name in addresses.
const Name = "console"

var _ handlers.Door = (*Door)(nil)

// Door is the way in and out of a terminal. Its methods may be used at the same time.
type Door struct {
	arrivals handlers.ArrivalStore
	screen   Screen
	colours  bool
	wake     func()
	now      func() time.Time
	session  string // tells this run's lines from those of earlier runs

	mu        sync.Mutex
	lines     int64
	answering bool     // the last line does not have all its replies yet
	outdated  bool     // choices belong to an earlier line
	choices   []string // the data of the buttons that the numbers stand for
}

// New makes the door. wake is called after an arrival was stored; it must not
// block. With colours, styles become ANSI sequences.
func New(arrivals handlers.ArrivalStore, screen Screen, colours bool, wake func(), now func() time.Time) *Door {
	return &Door{
		arrivals: arrivals, screen: screen, colours: colours, wake: wake, now: now,
		session: strconv.FormatInt(now().UnixNano(), 36),
	}
}

// Name is the door's name in addresses.
func (d *Door) Name() string { return Name }

// line is the body of an arrival.
type line struct {
	Text   string `json:"text,omitempty"`
	Button string `json:"button,omitempty"`
}

// Receive takes one line in: it returns once the line is stored. A bare number
// that stands before a choice on the screen presses that choice.
func (d *Door) Receive(ctx context.Context, text string) error {
	d.mu.Lock()
	d.lines++
	pos := d.lines
	d.answering, d.outdated = true, true
	body, err := json.Marshal(d.pick(text))
	d.mu.Unlock()
	if err != nil {
		return fmt.Errorf("store line: %w", err)
	}
	now := models.At(d.now())
	_, err = d.arrivals.Arrive(ctx, []models.Arrival{{
		Door: Name, Key: d.session + "-" + strconv.FormatInt(pos, 10), Pos: pos,
		Body: body, DueAt: now, At: now,
		Address: models.Address{Door: Name, Conversation: "local"},
	}}, now)
	if err != nil {
		return fmt.Errorf("store line: %w", err)
	}
	d.wake()
	return nil
}

// Answered says that the last line has all its replies. What is sent from now on
// is news, and takes no numbers: a number must not change its meaning between
// being shown and being typed.
func (d *Door) Answered() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answering = false
}

// pick turns a number into the choice that it stands for.
func (d *Door) pick(text string) line {
	n, err := strconv.Atoi(width.Fold.String(strings.TrimSpace(text)))
	if err != nil || n < 1 || n > len(d.choices) {
		d.choices = nil // the numbers are those of the last answer, not of an older one
		return line{Text: text}
	}
	return line{Button: d.choices[n-1]}
}

// Read turns a stored line into a Message.
func (d *Door) Read(body []byte) (handlers.Message, bool, error) {
	var l line
	if json.Unmarshal(body, &l) != nil {
		return handlers.Message{}, false, errors.New("read console line: not as this door writes it")
	}
	m := handlers.Message{
		Address:   models.Address{Door: Name, Conversation: "local"},
		Addressed: true, Text: l.Text, Button: l.Button, From: "local",
	}
	if l.Button != "" {
		m.Happening = handlers.Tapped
	}
	return m, l.Button != "" || strings.TrimSpace(l.Text) != "", nil
}

// Send shows one reply. It fails only when the screen is gone.
func (d *Door) Send(_ context.Context, _ models.Address, r handlers.Reply) error {
	if err := d.screen.Show(render(r, d.number(r), d.colours)); err != nil {
		return fmt.Errorf("show reply: %w", err)
	}
	return nil
}

// number gives the buttons of a reply their numbers and returns the first one,
// 0 when they get none. The replies to one line continue one count.
func (d *Door) number(r handlers.Reply) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.answering || len(r.Buttons) == 0 {
		return 0
	}
	if d.outdated {
		d.choices, d.outdated = nil, false
	}
	first := len(d.choices) + 1
	for _, row := range r.Buttons {
		for _, b := range row {
			d.choices = append(d.choices, b.Data)
		}
	}
	return first
}
