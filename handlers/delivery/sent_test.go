package delivery

import (
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// kept is how deliveries to a chat ended, as it is kept: "outcome xTries: reason", the
// last first.
func (r *rig) kept(conversation string) string {
	r.t.Helper()
	sent, err := r.db.SentTo(r.t.Context(), r.chat(conversation).ID, 20)
	r.must(err)
	var all []string
	for _, s := range sent {
		line := string(s.Outcome) + strings.Repeat("+", s.Attempts-1)
		if s.ParcelID == 0 {
			line = "reply " + line
		}
		if s.Reason != "" {
			line += ": " + s.Reason
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

func TestItIsKeptHowADeliveryEnded(t *testing.T) {
	for name, test := range map[string]struct {
		wrong error
		want  string
	}{
		"it was accepted":           {nil, "sent"},
		"it fails for now":          {errBroken, "failed: connection refused"},
		"the platform asks to wait": {&models.Wait{After: time.Minute}, "wait: "},
		"it is refused for good":    {models.ErrRefused, "refused: the platform refuses"},
		"the chat is gone":          {models.ErrGone, "gone: "},
		"no credit is left":         {models.ErrNoCredit, "credit: "},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				if test.wrong != nil {
					r.door.fails(always(test.wrong))
				}
				r.news(yt, "揽收", "a")
				r.sweep()
				if got := r.kept("a"); !strings.HasPrefix(got, test.want) {
					t.Errorf("kept %q, want %q", got, test.want)
				}
			})
		})
	}
}

func TestADeliveryThatFailsAgainIsCountedInItsRow(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(always(errBroken))
		r.news(yt, "揽收", "a")
		for range 3 {
			r.sweep()
			r.pass(time.Minute)
		}
		r.door.fails(nil)
		r.sweep()
		if got := r.kept("a"); got != "sent\nfailed++: connection refused" {
			t.Errorf("kept %q", got)
		}
	})
}

func TestAReplyThatCannotBeSentIsKeptToo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(func(string, handlers.Reply) error { return errBroken })
		r.writes("a", "hello")
		r.sweep()
		if got := r.kept("a"); got != "reply failed: connection refused" {
			t.Errorf("kept %q", got)
		}
	})
}

func TestAReplyThatIsRefusedIsKeptWithItsReason(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(always(models.ErrRefused))
		r.writes("a", "hello")
		r.sweep()
		if got := r.kept("a"); !strings.HasPrefix(got, "reply refused: the platform refuses") {
			t.Errorf("kept %q", got)
		}
	})
}
