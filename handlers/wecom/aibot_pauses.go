package wecom

import (
	"errors"
	"time"
)

const (
	aibotAwayLeast = 5 * time.Minute // after somebody else has connected
	aibotAwayMost  = time.Hour
	aibotTrials    = 5                // refused subscriptions in a row before it is tried rarely
	aibotRarely    = 10 * time.Minute // WeCom protects subscribing: a wrong secret must not hammer
	aibotSteady    = time.Minute      // a connection that lived as long was a good one
)

// aibotPauses is how long to wait before the next connection.
type aibotPauses struct {
	lost    time.Duration // the last wait after a failure
	away    time.Duration // the last wait after being thrown out
	refused int           // subscriptions in a row that WeCom refused
}

// after is the wait after a connection that lived so long and ended with err: a
// second, doubling to a minute; longer where coming back makes things worse.
func (p *aibotPauses) after(err error, lived time.Duration) time.Duration {
	if lived >= aibotSteady {
		p.lost = 0
	}
	if lived >= aibotAwayMost {
		p.away = 0
	}
	p.refused++
	if !refusesAIBot(err) {
		p.refused = 0
	}
	if errors.Is(err, errAIBotTakenOver) {
		p.away = min(max(2*p.away, aibotAwayLeast), aibotAwayMost)
		return p.away
	}
	p.lost = min(max(2*p.lost, time.Second), time.Minute)
	if p.refused >= aibotTrials {
		return aibotRarely
	}
	return max(p.lost, aibotWait(err))
}

// locked says that WeCom does not let the bot in and somebody has to look why:
// it was refused twice in a row, and not for being busy or asked too often.
func (p *aibotPauses) locked(err error) bool {
	return p.refused > 1 && codeOf(err) != codeBusy && codeOf(err) != codeAIBotFrequency && crowded(err) == 0
}

// refusesAIBot says that WeCom did not want the bot to connect at all.
func refusesAIBot(err error) bool {
	var f *fault
	return errors.As(err, &f) && f.path == aibotSubscribe
}
