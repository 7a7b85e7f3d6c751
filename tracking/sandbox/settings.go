package sandbox

// Settings send the program to an emulation at url instead of to the vendors.
// They are what the environment of bot serve would say.
func Settings(url string) map[string]string {
	return map[string]string{
		"WAYBILL_MUZHI_APPCODE":     "sandbox-appcode",
		"WAYBILL_MUZHI_URL":         url,
		"WAYBILL_MUZHI_QUERY_PATH":  MuzhiQueryPath,
		"WAYBILL_MUZHI_DETECT_PATH": MuzhiDetectPath,
		"WAYBILL_MUZHI_LIST_PATH":   MuzhiListPath,

		"WAYBILL_KUAIDI100_CUSTOMER":       SampleCustomer,
		"WAYBILL_KUAIDI100_KEY":            SampleKey,
		"WAYBILL_KUAIDI100_URL":            url,
		"WAYBILL_KUAIDI100_AUTONUMBER_URL": url,

		"WAYBILL_JUHE_KEY": "sandbox-key",
		"WAYBILL_JUHE_URL": url,

		"WAYBILL_KUAIBAO_APP_ID":  SampleAppID,
		"WAYBILL_KUAIBAO_API_KEY": SampleAPIKey,
		"WAYBILL_KUAIBAO_URL":     url,
	}
}
