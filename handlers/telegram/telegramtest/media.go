package telegramtest

import (
	"bytes"
	"image"
	_ "image/jpeg" // what photos are sent as
	_ "image/png"
	"net/http"
	"slices"
	"time"
)

// Telegram's limits for what is sent as a photo (core.telegram.org/bots/api#sendphoto).
const (
	maxPhoto  = 10 << 20 // bytes
	maxSides  = 10000    // width and height together, in pixels
	maxAspect = 20       // the longer side in shorter ones
)

// sendChatAction shows what the bot is doing.
func (a *API) sendChatAction(f form) (any, *refusal) {
	chat, thread := f.int("chat_id"), f.int("message_thread_id")
	r, no := a.reach(chat)
	switch {
	case no != nil:
		return nil, no
	case thread != 0 && !r.threads[thread]:
		return nil, bad("message thread not found")
	case !slices.Contains([]string{"typing", "upload_document", "upload_photo"}, f.values["action"]):
		return nil, bad("wrong parameter action in request")
	}
	a.actions = append(a.actions, Action{Chat: chat, Thread: thread, Name: f.values["action"], At: time.Now()})
	return true, nil
}

func (a *API) sendDocument(f form) (any, *refusal) {
	s, no := compose(f, "caption", maxCaption)
	if no != nil {
		return nil, no
	}
	file, ok := f.files["document"]
	if !ok || len(file.Body) == 0 {
		return nil, bad("there is no document in the request")
	}
	s.File = &file
	return a.send(s, f)
}

// sendPhoto takes what can be shown in a chat.
func (a *API) sendPhoto(f form) (any, *refusal) {
	s, no := compose(f, "caption", maxCaption)
	if no != nil {
		return nil, no
	}
	photo, ok := f.files["photo"]
	if !ok || len(photo.Body) == 0 {
		return nil, bad("there is no photo in the request")
	}
	if no := checkPhoto(photo.Body); no != nil {
		return nil, no
	}
	s.Photo = &photo
	return a.send(s, f)
}

func checkPhoto(body []byte) *refusal {
	if len(body) > maxPhoto {
		return &refusal{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(body))
	switch {
	case err != nil:
		return bad("IMAGE_PROCESS_FAILED")
	case c.Width+c.Height > maxSides, max(c.Width, c.Height) > maxAspect*min(c.Width, c.Height):
		return bad("PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

// editMessageCaption changes what stands under a photo or a document.
func (a *API) editMessageCaption(f form) (any, *refusal) {
	now, no := compose(f, "caption", maxCaption)
	if no != nil {
		return nil, no
	}
	return a.edit(f, now, func(s *Sent) *refusal {
		if s.Photo == nil && s.File == nil {
			return bad("there is no caption in the message to edit")
		}
		return nil
	})
}
