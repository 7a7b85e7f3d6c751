package wecom

import (
	"context"
	"net/url"
)

// CodeOf is the errcode of a refusal by WeCom, 0 for any other error.
func CodeOf(err error) int64 { return codeOf(err) }

// What an errcode asks an operator to mend.
const (
	CodeSecret       = codeSecret       // the secret is not the app's
	CodeCorp         = codeCorp         // the company's id is wrong
	CodeAddress      = codeAddress      // this machine is none of the app's trusted IPs
	CodeNoPermission = codeNoPermission // the app may not call this API
	CodeOff          = codeOff          // the API of customer service is off
	CodeNoAccess     = codeNoAccess     // the app may not see this
)

// Account is a customer-service account.
type Account struct {
	ID      string `json:"open_kfid"`
	Name    string `json:"name"`
	Managed bool   `json:"manage_privilege"` // handed to the API: the bot may answer there
}

// accountsAtMost is how many accounts one call lists.
const accountsAtMost = 100

// Accounts lists the first hundred customer-service accounts as one app sees
// them. It changes nothing.
func (a *API) Accounts(ctx context.Context, agent, secret string) ([]Account, error) {
	return a.client(agent, secret).accounts(ctx)
}

func (c *client) accounts(ctx context.Context) ([]Account, error) {
	var got struct {
		List []Account `json:"account_list"`
	}
	err := c.post(ctx, "kf/account/list", map[string]int{"offset": 0, "limit": accountsAtMost}, &got)
	return got.List, err
}

// Title gets an app's access token, and with it the app's name in WeCom, which is
// refused to machines that are none of the app's trusted IPs. taken says that
// there was a token. It changes nothing.
func (a *API) Title(ctx context.Context, agent, secret string) (title string, taken bool, err error) {
	c := a.client(agent, secret)
	if _, err := c.tokens.get(ctx, ""); err != nil {
		return "", false, err
	}
	var got struct {
		Name string `json:"name"`
	}
	err = c.get(ctx, "agent/get", url.Values{"agentid": {agent}}, &got)
	return got.Name, true, err
}
