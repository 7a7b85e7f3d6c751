package telegramtest

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf16"

	"waybill/handlers/doortest"
)

// Telegram's limits for inline mode (core.telegram.org/bots/api#answerinlinequery).
const (
	maxResults = 50
	maxResult  = 64  // bytes of a result's id
	maxQuery   = 256 // characters that somebody types
)

var startShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Found is an answer to an inline query.
type Found struct {
	Query      string // the query's id
	Results    []Result
	CacheTime  int64 // seconds
	IsPersonal bool
	Button     *OpenButton
}

// Result is one that somebody can choose, with the message that it sends.
type Result struct {
	ID          string
	Title       string
	Description string
	Text        string // markup parsed
	Raw         string
	Entities    []Entity
	Preview     bool
}

// OpenButton opens the private chat, and sends /start with a parameter there.
type OpenButton struct {
	Text  string
	Start string
}

// Search lets somebody type behind the bot's name in some chat and returns the
// query's id, "" when the bot does not hear of it. Of a query beyond 256 characters
// Telegram tells the first ones.
func (a *API) Search(person int64, lang, text string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if units := []rune(text); len(units) > maxQuery {
		text = string(units[:maxQuery])
	}
	id := strconv.FormatInt(a.lastID+1, 10) + "99"
	from := map[string]any{"id": person, "is_bot": false, "first_name": "Somebody"}
	if lang != "" {
		from["language_code"] = lang
	}
	a.searches[id] = true
	if a.push("inline_query", map[string]any{"id": id, "from": from, "query": text, "offset": "", "chat_type": "group"}) == 0 {
		return ""
	}
	return id
}

// EndSearches makes all inline queries too old to be answered.
func (a *API) EndSearches() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.searches)
}

// Found are the answers to inline queries, oldest first.
func (a *API) Found() []Found {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.found)
}

// WaitFound waits for the answer to an inline query.
func (a *API) WaitFound(ctx context.Context, query string) (Found, error) {
	return doortest.First(ctx, &a.mu, func() []Found { return slices.Clone(a.found) }, func(f Found) bool { return f.Query == query })
}

// answerInlineQuery takes an answer once.
func (a *API) answerInlineQuery(f form) (any, *refusal) {
	var results []json.RawMessage
	if f.values["results"] == "" || f.json("results", &results) != nil || results == nil {
		return nil, bad("can't parse inline query results JSON array")
	}
	if len(results) > maxResults {
		return nil, bad("RESULTS_TOO_MUCH")
	}
	answer := Found{Query: f.values["inline_query_id"], IsPersonal: f.values["is_personal"] == "true", CacheTime: 300}
	if f.values["cache_time"] != "" {
		answer.CacheTime = f.int("cache_time")
	}
	ids := map[string]bool{}
	for _, raw := range results {
		r, no := readResult(raw)
		if no != nil {
			return nil, no
		}
		if ids[r.ID] {
			return nil, bad("RESULT_ID_DUPLICATE")
		}
		ids[r.ID] = true
		answer.Results = append(answer.Results, r)
	}
	var no *refusal
	if answer.Button, no = readButton(f.values["button"]); no != nil {
		return nil, no
	}
	if !a.searches[answer.Query] {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	delete(a.searches, answer.Query)
	a.found = append(a.found, answer)
	return true, nil
}

// readResult reads an article with a text message, the only kind that is known here.
func readResult(raw json.RawMessage) (Result, *refusal) {
	var r struct {
		Type        string `json:"type"`
		ID          string `json:"id"`
		Title       string `json:"title"`
		Description string `json:"description"`
		Content     *struct {
			Text    string `json:"message_text"`
			Mode    string `json:"parse_mode"`
			Preview struct {
				Off bool `json:"is_disabled"`
			} `json:"link_preview_options"`
		} `json:"input_message_content"`
	}
	err := json.Unmarshal(raw, &r)
	switch {
	case err != nil || r.Type != "article":
		return Result{}, bad("can't parse inline query result: unallowed type")
	case len(r.ID) < 1 || len(r.ID) > maxResult:
		return Result{}, bad("RESULT_ID_INVALID")
	case r.Title == "":
		return Result{}, bad("can't parse inline query result: field \"title\" must be non-empty")
	case r.Content == nil || r.Content.Text == "":
		return Result{}, bad("can't parse inline query result: message text is empty")
	}
	out := Result{ID: r.ID, Title: r.Title, Description: r.Description, Raw: r.Content.Text, Text: r.Content.Text, Preview: !r.Content.Preview.Off}
	if r.Content.Mode == "HTML" {
		if out.Text, out.Entities, err = ParseHTML(r.Content.Text); err != nil {
			return Result{}, bad("can't parse entities: %v", err)
		}
	}
	if len(utf16.Encode([]rune(out.Text))) > maxText {
		return Result{}, bad("message is too long")
	}
	return out, nil
}

// readButton reads the button above the results; nil when there is none.
func readButton(raw string) (*OpenButton, *refusal) {
	if raw == "" {
		return nil, nil
	}
	var b map[string]string // a web app would be an object
	if json.Unmarshal([]byte(raw), &b) != nil || b["text"] == "" {
		return nil, bad("can't parse inline query results button")
	}
	if !startShape.MatchString(b["start_parameter"]) {
		return nil, bad("START_PARAM_INVALID")
	}
	return &OpenButton{Text: b["text"], Start: b["start_parameter"]}, nil
}
