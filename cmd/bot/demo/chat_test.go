package demo

import "testing"

func TestALineIsOverOnce(t *testing.T) {
	t.Parallel()
	c := &chat{answered: make(chan struct{}, 1)}
	for _, step := range []struct {
		what    string
		arrival int64
		over    bool
	}{
		{"a line that waits for a day", 1, true},
		{"the end of what was waiting", 1, false},
		{"the next line", 2, true},
	} {
		c.lineAnswered(step.arrival)
		select {
		case <-c.answered:
			if !step.over {
				t.Errorf("%s ends a line again", step.what)
			}
		default:
			if step.over {
				t.Errorf("%s does not end it", step.what)
			}
		}
	}
}
