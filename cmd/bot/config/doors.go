package config

// Door is a door whose settings are complete.
type Door struct {
	Name    string
	Address string // of the platform behind it
}

// Doors are the doors whose settings are complete. The group robots are a way
// out only.
func (s Settings) Doors() []Door {
	var on []Door
	add := func(complete bool, name, address string) {
		if complete {
			on = append(on, Door{name, address})
		}
	}
	w := s.WeCom
	add(s.Telegram.Token != "", "telegram", s.Telegram.APIURL)
	add(w.CorpID != "" && w.KF.Complete(), "wecom_kf", w.APIURL)
	add(w.CorpID != "" && w.App.Complete(), "wecom_app", w.APIURL)
	add(w.AibotID != "" && w.AibotSecret != "", "wecom_aibot", w.AibotURL)
	add(len(w.Robots()) > 0, "wecom_robot", w.APIURL)
	return on
}

// Complete says that all of a callback's settings are there.
func (c Callback) Complete() bool {
	return c.AgentID != "" && c.Secret != "" && c.Token != "" && c.AESKey != ""
}
