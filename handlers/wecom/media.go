package wecom

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/url"

	"github.com/silenceper/wechat/v2/util"

	"waybill/handlers"
)

// Limits of a file in bytes (document 90253).
const (
	minFile = 6
	maxFile = 20 << 20
)

// upload puts a file where messages can refer to it for three days.
func (c *caller) upload(ctx context.Context, f *handlers.File) (mediaID string, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	w, err := form.CreateFormFile("media", valid(f.Name))
	if err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	if _, err := w.Write(f.Body); err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	if err := form.Close(); err != nil {
		return "", fmt.Errorf("pack file: %w", err)
	}
	var got struct {
		ID string `json:"media_id"`
	}
	header := map[string]string{"Content-Type": form.FormDataContentType()}
	err = c.call(ctx, "media/upload", url.Values{"type": {"file"}}, func(ctx context.Context, uri string) ([]byte, error) {
		return util.HTTPPostContext(ctx, uri, body.Bytes(), header)
	}, &got)
	return got.ID, err
}
