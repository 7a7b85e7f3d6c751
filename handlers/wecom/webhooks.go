package wecom

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work/robot"

	"waybill/handlers"
	"waybill/internal/ratelimit"
	"waybill/internal/redact"
	"waybill/models"
)

// Limits of a group robot, as other clients have found them.
const (
	perRobot    = 20   // messages a minute
	maxMarkdown = 4096 // bytes of one message
)

var _ handlers.Door = (*Webhooks)(nil)

// Webhooks are the group robots to which news can be sent as well, by name. A
// robot receives nothing. It is a door whose conversation ids are the robots' names. Its
// methods may be used at the same time.
type Webhooks struct {
	*API
	keys map[string]string
	pace *ratelimit.Windows // by robot
}

// NewWebhooks makes them out of the keys of their addresses, by name. It makes no calls.
func NewWebhooks(a *API, keys map[string]string) (*Webhooks, error) {
	for name, key := range keys {
		if name == "" || key == "" {
			return nil, errors.New("set up wecom group robots: a name or a key is missing")
		}
	}
	pace := ratelimit.NewWindows(a.settings.Now, ratelimit.Window{Most: perRobot, Within: time.Minute})
	return &Webhooks{API: a, keys: maps.Clone(keys), pace: pace}, nil
}

// Name is the door's name in addresses.
func (w *Webhooks) Name() string { return models.RobotDoor }

// Read finds nothing: a robot receives no messages.
func (w *Webhooks) Read([]byte) (handlers.Message, bool, error) {
	return handlers.Message{}, false, nil
}

// Send sends a reply to the group of the robot whose name is the conversation id.
func (w *Webhooks) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	return w.Push(ctx, to.Conversation, r)
}

// Push sends a reply to the group of a robot, as markdown of at most 4096
// bytes a message, 20 a minute. Buttons and files are left out: a group robot
// has neither. *models.Wait, and the operators are told, while WeCom does not
// know the robot or nobody has configured it.
func (w *Webhooks) Push(ctx context.Context, name string, r handlers.Reply) error {
	key, ok := w.keys[name]
	if !ok {
		w.settings.Alerts.AlertDaily(ctx, name, AlertRobot, "Robot", name)
		return fmt.Errorf("push to a group robot: %w: nobody has configured it", &models.Wait{After: repairWait})
	}
	parts := pages(texts(r.Blocks, markdown), maxMarkdown)
	to := models.Address{Door: models.RobotDoor, Conversation: name}
	err := w.sendParts(ctx, to, r, parts, func(i int) error { return w.send(ctx, name, key, parts[i]) })
	return redact.Error(wrap("push to a group robot", err), key)
}

// send sends one message, when its turn has come. The SDK's own method takes a
// refusal for success.
func (w *Webhooks) send(ctx context.Context, name, key, text string) error {
	if err := waitTurn(ctx, w.pace, name); err != nil {
		return err
	}
	body := robot.WebhookSendMarkdownOption{MsgType: "markdown"}
	body.Markdown.Content = text
	err := exchange(ctx, "webhook/send", address("webhook/send", nil, "key", key),
		func(ctx context.Context, uri string) ([]byte, error) { return util.PostJSONContext(ctx, uri, body) }, nil)
	if unreachable(err) {
		w.settings.Alerts.AlertDaily(ctx, name, AlertRobot, "Robot", name)
	}
	return doorError(err)
}
