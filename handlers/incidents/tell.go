package incidents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"

	"waybill/handlers"
	"waybill/models"
)

// tellStart tells operators that something has begun, unless another process does.
func (w *Watcher) tellStart(ctx context.Context, i models.Incident) error {
	now := w.moment()
	posts, err := w.posts(ctx, i, "start", func(langs ...string) string { return w.startText(i, langs...) })
	if err != nil {
		return err
	}
	note := models.Note{Kind: models.NoteAlert, What: w.startText(i), At: now}
	started, err := w.s.Store.StartIncident(ctx, i, posts, note, now)
	if err == nil && started {
		w.logStart(i)
	}
	return err
}

// tellEnd tells operators that it is over. When all APIs were down, what of
// one of them nobody was told is over, too: it must fail again.
func (w *Watcher) tellEnd(ctx context.Context, i models.Incident, open []models.Incident) error {
	now := w.moment()
	posts, err := w.posts(ctx, i, "end", func(langs ...string) string { return w.endText(i, langs...) })
	if err != nil {
		return err
	}
	note := models.Note{Kind: models.NoteAlert, What: w.endText(i), At: now}
	ended, err := w.s.Store.EndIncident(ctx, i, posts, note, now)
	if err != nil || !ended {
		return err
	}
	w.s.Log.Warn("incident ended", "incident", i.Name, "subject", i.Subject, "lasted", i.GoodAt.Sub(i.FirstAt).String())
	if i.Name != models.ProvidersDown {
		return nil
	}
	var failed []error
	for _, one := range open {
		if one.Name == models.ProviderDown && one.AlertedAt == 0 {
			_, err := w.s.Store.EndIncident(ctx, one, nil, models.Note{}, now)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (w *Watcher) logStart(i models.Incident, more ...any) {
	about := []any{"incident", i.Name, "subject", i.Subject, "since", i.FirstAt.Time()}
	for _, name := range slices.Sorted(maps.Keys(i.Args)) {
		if name != "Key" && name != "Ends" {
			about = append(about, slog.String(strings.ToLower(name), i.Args[name]))
		}
	}
	w.s.Log.Warn("incident started", append(about, more...)...)
}

// posts are what each operator's chat reads, in its language. Chats of doors that
// are not there hear nothing.
func (w *Watcher) posts(ctx context.Context, i models.Incident, step string, text func(langs ...string) string) ([]models.Post, error) {
	sum := sha256.Sum256([]byte(fmt.Sprint(i.Name, "/", i.Subject, "/", i.FirstAt, "/", step)))
	var posts []models.Post
	for _, chat := range w.s.Chats {
		if _, open := w.s.Doors[chat.Door]; !open {
			continue
		}
		c, _, err := w.s.Store.ChatAt(ctx, chat)
		if err != nil {
			return nil, err
		}
		w.langs[chat] = [2]string{c.Lang, c.Spoken}
		replies, err := json.Marshal([]handlers.Reply{handlers.PlainText(text(c.Lang, c.Spoken))})
		if err != nil {
			return nil, fmt.Errorf("write alert: %w", err)
		}
		posts = append(posts, models.Post{To: chat, About: handlers.AboutAlert + hex.EncodeToString(sum[:16]), Replies: replies})
	}
	return posts, nil
}

// startText says what has begun, what it means and what to do.
func (w *Watcher) startText(i models.Incident, langs ...string) string {
	words := w.wording(langs...)
	if key := i.Args["Key"]; key != "" {
		return words.Say(key, w.args(i, words)...)
	}
	return words.Say("incident."+string(i.Name)+"_start", w.args(i, words)...)
}

// endText says that it is over, and how long it has lasted.
func (w *Watcher) endText(i models.Incident, langs ...string) string {
	words := w.wording(langs...)
	return words.Say("incident."+string(i.Name)+"_end", w.args(i, words)...)
}

func (w *Watcher) wording(langs ...string) handlers.Wording {
	return handlers.NewWording(w.s.Words.For(langs...), w.s.Zone, w.moment())
}

// args are what the sentences are filled with.
func (w *Watcher) args(i models.Incident, words handlers.Wording) []any {
	args := []any{"Since", i.FirstAt.Clock(words.Now(), w.s.Zone), "Lasted", words.Lasts(max(0, max(i.GoodAt, i.BadAt).Sub(i.FirstAt)))}
	for name, value := range i.Args {
		switch name {
		case "Ends":
			ends, _ := strconv.ParseInt(value, 10, 64)
			value = models.Moment(ends).Clock(words.Now(), models.Shanghai)
		case "Provider":
			if kind := i.Args["Kind"]; kind != "" && kind != string(models.CallQuery) {
				value = words.Say("incident.of", "Provider", value, "What", words.Say("call."+kind))
			}
		}
		args = append(args, name, value)
	}
	if i.Name != models.ProvidersDown {
		return args
	}
	var all []string
	for _, provider := range troubles(i.Args) {
		all = append(all, words.Say("incident.of", "Provider", provider, "What", words.Say("incident.why_"+i.Args[provider])))
	}
	return append(args, "Providers", strings.Join(all, words.Say("bill.and")))
}
