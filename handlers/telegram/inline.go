package telegram

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"waybill/handlers"
	"waybill/internal/guard"
	"waybill/internal/pattern"
	"waybill/models"
)

const (
	// queriesWaiting is how many inline queries wait for an answer at most; those
	// beyond get none, and their writers type on.
	queriesWaiting = 64
	// answeredAtOnce is how many of them are answered together.
	answeredAtOnce = 4
	// answerFor is how long an answer is worth anything: whoever types has typed
	// something else since.
	answerFor = 10 * time.Second
	// cacheFor is how many seconds Telegram may give one person the same answer.
	cacheFor = 5

	maxTitle       = 100 // characters of a result's title; apps cut it much earlier
	maxResultWords = 200 // characters of a result's description, likewise
	maxStart       = 64  // characters behind /start
)

// query is what somebody types behind the bot's name in some chat.
type query struct {
	ID   string `json:"id"`
	From user   `json:"from"`
	Text string `json:"query"`

	at time.Time // when it came: Telegram does not tell
}

// queries are the inline queries that wait for an answer. They are not stored as
// other updates are: each must be answered in seconds and is worthless later, it
// belongs to no chat, and one that is lost is typed again.
type queries struct {
	waiting chan query
	held    atomic.Int64 // until when Telegram wants no answers, in nanoseconds
}

// queried has a query answered, if somebody has time.
func (d *Door) queried(q query) {
	q.at = d.settings.Now()
	select {
	case d.queries.waiting <- q:
	default:
		d.settings.Log.Debug("telegram inline query is dropped: too many wait")
	}
}

// AnswerQueries answers what people type behind the bot's name in any chat, until ctx
// ends. It runs on every replica that takes updates in.
func (d *Door) AnswerQueries(ctx context.Context) {
	var workers sync.WaitGroup
	for range answeredAtOnce {
		workers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case q := <-d.queries.waiting:
					d.answerQuery(ctx, q)
				}
			}
		})
	}
	workers.Wait()
}

// answerQuery answers one query, unless it is too late by now. That Telegram thinks so
// is no failure.
func (d *Door) answerQuery(ctx context.Context, q query) {
	now := d.settings.Now()
	left := answerFor - now.Sub(q.at)
	if left <= 0 || now.UnixNano() < d.queries.held.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	err := d.search(ctx, q)
	if after := retryAfter(err); after > 0 {
		d.queries.held.Store(now.Add(after).UnixNano())
	}
	if err != nil && !isBadRequest(err) && ctx.Err() == nil {
		d.settings.Log.Warn("telegram inline query is not answered", slog.Any("error", d.client.redact(err)))
	}
}

// search finds a person's own parcels and shows them to that person alone.
func (d *Door) search(ctx context.Context, q query) (err error) {
	defer guard.Recover("answer inline query", &err)
	person := strconv.FormatInt(q.From.ID, 10) // and so is their private chat's id
	found, err := d.settings.Search(ctx, handlers.Search{
		Chat: models.Address{Door: d.Name(), Conversation: person}, Text: q.Text, Lang: q.From.Lang,
	})
	if err != nil {
		return fmt.Errorf("search for an inline query: %w", err)
	}
	results, err := json.Marshal(articles(found.Results))
	if err != nil {
		return fmt.Errorf("write inline results: %w", err)
	}
	fields := map[string]string{
		"inline_query_id": q.ID, "results": string(results), "is_personal": "true", "cache_time": strconv.Itoa(cacheFor),
	}
	if found.Offer != "" {
		opens, err := json.Marshal(map[string]string{"text": shortened(found.Offer, maxLabel), "start_parameter": startParameter(found.Number)})
		if err != nil {
			return fmt.Errorf("write inline button: %w", err)
		}
		fields["button"] = string(opens)
	}
	return d.call(ctx, "answerInlineQuery", fields)
}

// article is an inline result that sends a text.
type article struct {
	Type        string      `json:"type"`
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Description string      `json:"description,omitempty"`
	Content     articleText `json:"input_message_content"`
}

type articleText struct {
	Text    string          `json:"message_text"`
	Mode    string          `json:"parse_mode,omitempty"`
	Preview map[string]bool `json:"link_preview_options"`
}

// articles leaves out what says nothing: Telegram would refuse all of them for it.
func articles(rs []handlers.Result) []article {
	all := []article{}
	for _, r := range rs {
		pages := paginate(r.Blocks, maxText)
		if len(pages) == 0 {
			continue
		}
		p := partOf(pages[0])
		all = append(all, article{
			Type: "article", ID: r.ID, Title: shortened(r.Title, maxTitle), Description: shortened(r.Description, maxResultWords),
			Content: articleText{Text: p.text, Mode: string(p.mode()), Preview: map[string]bool{"is_disabled": true}},
		})
	}
	return all
}

var startShape = pattern.New(`^[A-Za-z0-9-]{1,64}$`)

// startParameter is a number as it stands behind /start, where the conversation reads
// it: as it is, or in base64 when it has other letters. Without a number there is only
// a word, because Telegram wants one.
func startParameter(number string) string {
	if startShape.MatchString(number) {
		return number
	}
	if coded := base64.RawURLEncoding.EncodeToString([]byte(number)); coded != "" && len(coded) <= maxStart {
		return coded
	}
	return "start"
}

// call makes a call that the library would make wrongly: it writes "web_app":null into
// an inline button, and leaves a cache time of 0 out, which then means 300.
func (d *Door) call(ctx context.Context, method string, fields map[string]string) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			return fmt.Errorf("write form: %w", err)
		}
	}
	if err := form.Close(); err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.settings.APIURL+"/bot"+d.settings.Token+"/"+method, &body)
	if err != nil {
		return d.client.redact(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := d.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
