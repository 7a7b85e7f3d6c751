package main

import "waybill/models"

// read reads every setting of the contract, in its order.
func read(e *env) Settings {
	s := Settings{
		DB:         readDB(e),
		NATSURL:    parsed(e, "WAYBILL_NATS_URL", "", parseNATS),
		HTTPAddr:   parsed(e, "WAYBILL_HTTP_ADDR", "127.0.0.1:8080", parseAddr),
		PublicURL:  parsed(e, "WAYBILL_PUBLIC_URL", "", parseURL),
		SecretKey:  readKeys(e),
		AdminToken: e.secret("WAYBILL_ADMIN_TOKEN"),
		AdminChats: parsed(e, "WAYBILL_ADMIN_CHATS", "", parseChats),
		Locale:     parsed(e, "WAYBILL_LOCALE", "zh-CN", parseLocale),
		Zone:       parsed(e, "WAYBILL_TIMEZONE", "Asia/Shanghai", parseZone),
		LogLevel:   e.one("WAYBILL_LOG_LEVEL", "info", "debug", "warn", "error"),
		LogFormat:  e.one("WAYBILL_LOG_FORMAT", "text", "json"),
		Telegram:   readTelegram(e),
		WeCom:      readWeCom(e),
	}
	readProviders(e, &s)
	readRules(e, &s)
	return s
}

func readDB(e *env) string { return parsed(e, "WAYBILL_DB", "sqlite://waybill.db", parseDB) }

func readKeys(e *env) Secret { return parsed(e, "WAYBILL_SECRET_KEY", "", parseKeys) }

func readTelegram(e *env) Telegram {
	return Telegram{
		Token:         parsed(e, "WAYBILL_TELEGRAM_TOKEN", "", parseToken),
		APIURL:        parsed(e, "WAYBILL_TELEGRAM_API_URL", "https://api.telegram.org", parseURL),
		WebhookSecret: parsed(e, "WAYBILL_TELEGRAM_WEBHOOK_SECRET", "", parseWebhookSecret),
	}
}

// What the settings of the two WeCom doors with callbacks begin with.
const (
	kfPrefix  = "WAYBILL_WECOM_KF_"
	appPrefix = "WAYBILL_WECOM_APP_"
)

func readWeCom(e *env) WeCom {
	return WeCom{
		CorpID:        parsed(e, "WAYBILL_WECOM_CORP_ID", "", parseID),
		APIURL:        parsed(e, "WAYBILL_WECOM_API_URL", "https://qyapi.weixin.qq.com", parseURL),
		KF:            readCallback(e, kfPrefix),
		App:           readCallback(e, appPrefix),
		AibotID:       parsed(e, "WAYBILL_WECOM_AIBOT_ID", "", parseID),
		AibotSecret:   parsed(e, "WAYBILL_WECOM_AIBOT_SECRET", "", parseWord),
		AibotURL:      parsed(e, "WAYBILL_WECOM_AIBOT_URL", "wss://openws.work.weixin.qq.com", parseSocketURL),
		GroupWebhooks: parsed(e, "WAYBILL_WECOM_GROUP_WEBHOOKS", "", parseRobots),
	}
}

func readCallback(e *env, prefix string) Callback {
	return Callback{
		AgentID: parsed(e, prefix+"AGENT_ID", "", parseAgent),
		Secret:  parsed(e, prefix+"SECRET", "", parseWord),
		Token:   parsed(e, prefix+"TOKEN", "", parseWord),
		AESKey:  parsed(e, prefix+"AES_KEY", "", parseAESKey),
	}
}

// callbackNames are the settings that readCallback reads.
func callbackNames(prefix string) []string {
	return []string{prefix + "AGENT_ID", prefix + "SECRET", prefix + "TOKEN", prefix + "AES_KEY"}
}

func readProviders(e *env, s *Settings) {
	s.Providers = parsed(e, "WAYBILL_PROVIDERS", "muzhi,kuaidi100,juhe,kuaibao", parseProviders)
	s.Muzhi = Muzhi{
		AppCode:    e.secret("WAYBILL_MUZHI_APPCODE"),
		URL:        parsed(e, "WAYBILL_MUZHI_URL", "https://chawuliu.market.alicloudapi.com", parseURL),
		QueryPath:  parsed(e, "WAYBILL_MUZHI_QUERY_PATH", "/query", parsePath),
		DetectPath: parsed(e, "WAYBILL_MUZHI_DETECT_PATH", "", parsePath),
		ListPath:   parsed(e, "WAYBILL_MUZHI_LIST_PATH", "", parsePath),
	}
	s.Kuaidi100 = Kuaidi100{
		Customer:      e.secret("WAYBILL_KUAIDI100_CUSTOMER"),
		Key:           e.secret("WAYBILL_KUAIDI100_KEY"),
		URL:           parsed(e, "WAYBILL_KUAIDI100_URL", "https://poll.kuaidi100.com", parseURL),
		AutonumberURL: parsed(e, "WAYBILL_KUAIDI100_AUTONUMBER_URL", "https://www.kuaidi100.com", parseURL),
		Salt:          e.secret("WAYBILL_KUAIDI100_SALT"),
		CallbackURL:   parsed(e, "WAYBILL_KUAIDI100_CALLBACK_URL", "", parseCallbackURL),
	}
	s.Juhe = Juhe{
		Key:    e.secret("WAYBILL_JUHE_KEY"),
		URL:    parsed(e, "WAYBILL_JUHE_URL", "https://v.juhe.cn", parseURL),
		Format: e.one("WAYBILL_JUHE_FORMAT", "json", "xml"),
	}
	s.Kuaibao = Kuaibao{
		AppID:     e.text("WAYBILL_KUAIBAO_APP_ID"),
		APIKey:    e.secret("WAYBILL_KUAIBAO_API_KEY"),
		URL:       parsed(e, "WAYBILL_KUAIBAO_URL", "https://kop.kuaidihelp.com", parseURL),
		PushToken: parsed(e, "WAYBILL_KUAIBAO_PUSH_TOKEN", "", parsePushToken),
	}
}

func readRules(e *env, s *Settings) {
	s.TailCarriers = parsed(e, "WAYBILL_TAIL_CARRIERS", defaultTailCarriers, parseCarriers)
	s.Budgets = parsed(e, "WAYBILL_DAILY_BUDGET", "", parseBudgets)
	s.Rates = parsed(e, "WAYBILL_RATE", defaultRates, parseRates)
	s.Prices = parsed(e, "WAYBILL_PRICES", "", parsePrices)
	s.MinInterval = parsed(e, "WAYBILL_MIN_INTERVAL", "30m", parseInterval)
	s.PollSpeed = parsed(e, "WAYBILL_POLL_SPEED", "1", parseSpeed)
	s.MaxParcels = parsed(e, "WAYBILL_MAX_PARCELS", "50", parseCount)
	s.Quiet = parsed(e, "WAYBILL_QUIET_HOURS", "23-7", func(text string) (models.Quiet, error) {
		return models.ParseQuiet(text, s.Zone)
	})
}
