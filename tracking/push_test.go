package tracking

import (
	"testing"

	"waybill/models"
)

func TestAPushEndsTheSubscriptionOnlyWhenNoOtherFollows(t *testing.T) {
	for name, c := range map[string]struct {
		push Push
		over bool
	}{
		"watching":                 {Push{Stage: StagePolling}, false},
		"everything once more":     {Push{Stage: StageUpdateAll}, false},
		"a hint":                   {Push{Stage: StageHint}, false},
		"shut down":                {Push{Stage: StageShutdown}, true},
		"given up":                 {Push{Stage: StageAbort}, true},
		"goes on under a new code": {Push{Stage: StageAbort, ComNew: "jtexpress"}, false},
		"shut down and corrected":  {Push{Stage: StageShutdown, ComNew: "jtexpress"}, true},
	} {
		if c.push.Over() != c.over {
			t.Errorf("%s: over %v", name, c.push.Over())
		}
	}
	if (Push{}).Traced() || !(Push{Trace: models.Trace{Provider: "p"}}).Traced() {
		t.Error("traced")
	}
}
