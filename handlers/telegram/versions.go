package telegram

import (
	"crypto/sha256"
	"encoding/json"
	"time"

	"waybill/internal/expiring"
)

const versionsKept = 4096 // messages, and albums, that are remembered

// versions remembers what messages said when they came. Telegram reports some as
// edited that nobody has edited, a first reaction for one, and says that this
// cannot be told from the update (tdlib/telegram-bot-api issue 388); and it sends
// an album as one message for each of its parts, of which those without words or a
// file say nothing new. What is stored by another process is
// not known here: such a message may be answered twice.
type versions struct {
	last *expiring.Map[versioned, digest]
}

// versioned is a message, or an album where message is 0.
type versioned struct {
	chat    int64
	message int64
	album   string
}

// version is what a message says at one time; the zero value is of no message.
type version struct {
	of       versioned
	content  digest
	album    versioned // zero when it belongs to none
	edited   bool
	wordless bool
}

func newVersions(now func() time.Time) versions {
	return versions{expiring.New[versioned, digest](versionsKept, now)}
}

func versionOf(u update) version {
	m, edited := u.Message, false
	if m == nil {
		m, edited = u.Edited, true
	}
	if m == nil {
		return version{}
	}
	file, has := m.file()
	v := version{of: versioned{chat: m.Chat.ID, message: m.ID}, edited: edited, wordless: m.words() == "" && !has}
	if m.Album != "" {
		v.album = versioned{chat: m.Chat.ID, album: m.Album}
	}
	body, err := json.Marshal(struct {
		Words    string
		Entities []entity
		File     string
	}{m.words(), m.entities(), file.Unique})
	if err != nil {
		return version{} // strings and numbers can always be written
	}
	v.content = sha256.Sum256(body)
	return v
}

// known says that nothing has been said since the message, or its album, came.
// before are the versions that came with it, oldest first.
func (k versions) known(v version, before []version) bool {
	if v.wordless && v.album != (versioned{}) {
		_, known := k.latest(v.album, before)
		return known
	}
	content, known := k.latest(v.of, before)
	return v.edited && known && content == v.content
}

func (k versions) latest(of versioned, before []version) (digest, bool) {
	content, known := k.last.Get(of)
	for _, v := range before {
		if v.of == of || v.album == of {
			content, known = v.content, true
		}
	}
	return content, known
}

// remember keeps versions that are stored.
func (k versions) remember(vs []version) {
	for _, v := range vs {
		if v.of == (versioned{}) {
			continue
		}
		k.last.Put(v.of, v.content, editableFor)
		if v.album != (versioned{}) {
			k.last.Put(v.album, v.content, editableFor)
		}
	}
}
