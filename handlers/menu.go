package handlers

import "waybill/locales"

// MenuItem is one command as a platform's menu shows it.
type MenuItem struct {
	Name string // without the slash
	Text string // what it does, one line
}

// Menu is the menu of commands in every language, by its tag (BCP 47).
func Menu(words *locales.Bundle) map[string][]MenuItem {
	menus := map[string][]MenuItem{}
	for _, lang := range words.Languages() {
		localizer := words.For(lang)
		for _, v := range menuVerbs() {
			menus[lang] = append(menus[lang], MenuItem{Name: string(v), Text: localizer.Say("menu." + string(v))})
		}
	}
	return menus
}

func menuVerbs() []verb {
	return []verb{
		verbList, verbTrack, verbDetail, verbName, verbStop, verbUndo, verbNews, verbMute, verbUnmute,
		verbTail, verbLang, verbExport, verbForget, verbHelp,
	}
}
