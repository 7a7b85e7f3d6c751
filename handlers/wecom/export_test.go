package wecom

import "context"

// Check calls the API for nothing but to see whether it answers this app.
func (k *KF) Check(ctx context.Context) error {
	_, err := k.accounts(ctx)
	return err
}

// Check gets the app's access token, or says why there is none.
func (a *App) Check(ctx context.Context) error {
	_, err := a.tokens.get(ctx, "")
	return err
}

// PhrasesInTests are words for every language, Chinese where none is named.
func PhrasesInTests(lang string) Phrases {
	switch lang {
	case "en":
		return Phrases{
			Continue: "Reply to go on", Choose: "Choose", Human: "A human comes", NoHuman: "Nobody is there",
			Number: "Reply with a number:", MentionNumber: "@mention me with a number:", FileCut: "(Files cannot be sent here, so the rest is missing.)",
		}
	case "zh-TW":
		return Phrases{Number: "回覆數字：", MentionNumber: "@我，回覆數字：", FileCut: "（這裡傳不了檔案，後面的看不到了。）"}
	}
	return Phrases{
		Continue: "回复任意内容继续接收", Choose: "请选择", Human: "已为你转接人工", NoHuman: "现在没有人工客服",
		Number: "回复数字：", MentionNumber: "@我，回复数字：", FileCut: "（这里发不了文件，后面的看不到了。）",
	}
}

// KindBotName is the kind of the memory of a bot's name.
const KindBotName = kindBotName

// Unmention takes the mention of a bot with these names out of a text.
func Unmention(text string, names []string) string { return unmention(text, names) }
