package main

// door is one way in and out as the program knows it: when it is on, and the
// address of the platform behind it.
type door struct {
	name       string
	configured func(Settings) bool
	address    func(Settings) string
}

// doors is where the next door is registered.
func doors() []door {
	return []door{
		{
			name:       "telegram",
			configured: func(s Settings) bool { return s.Telegram.Token != "" },
			address:    func(s Settings) string { return s.Telegram.APIURL },
		},
	}
}

// configuredDoors are those whose settings are there.
func configuredDoors(s Settings) []door {
	var on []door
	for _, d := range doors() {
		if d.configured(s) {
			on = append(on, d)
		}
	}
	return on
}
