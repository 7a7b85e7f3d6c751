package wecomtest

import "time"

// Left is how many messages the bot may still send to a customer now.
func (a *API) Left(account, customer string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, no := a.find(account, customer)
	if no != nil || s.state > StateBot || a.Now().Sub(s.spoke) >= 48*time.Hour {
		return 0
	}
	return s.left
}
