package wecom

import (
	"context"
	"crypto/md5" //nolint:gosec // WeCom's protocol, against damage on the way only
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"waybill/handlers"
	"waybill/models"
)

// aibotFile is a file that was uploaded over the connection.
type aibotFile struct {
	Media string `json:"media_id"`
}

// The three steps of an upload (document 101463).
type (
	aibotUploadInit struct {
		Type   string `json:"type"`
		Name   string `json:"filename"`
		Size   int    `json:"total_size"`
		Chunks int    `json:"total_chunks"`
		Sum    string `json:"md5"`
	}
	aibotUploadChunk struct {
		Upload string `json:"upload_id"`
		Index  int    `json:"chunk_index"` // from 0
		Body   string `json:"base64_data"`
	}
	aibotUploadFinish struct {
		Upload string `json:"upload_id"`
	}
	aibotUploaded struct {
		Upload string `json:"upload_id"`
		Media  string `json:"media_id"`
	}
)

// aibotChunkSize is how many bytes of a file one frame holds, before they are encoded.
const aibotChunkSize = 512 << 10

// deliverFile uploads a picture or a file and sends it. What WeCom does not take is
// left out when it is a picture, since text goes before it that says the same; a
// file is shown as text as far as it is some.
func (d *AIBot) deliverFile(ctx context.Context, to models.Address, r handlers.Reply, p part) error {
	return d.within(ctx, to, func(c *aibotConn) error {
		err := d.sendFile(ctx, c, to, p)
		if !errors.Is(err, errFile) || p.kind == typeImage {
			return p.unlessRefused(err)
		}
		return d.push(ctx, c, to, markdownBody(fenced(p.file, d.settings.Phrases(r.Lang).FileCut)))
	})
}

// sendFile sends a file; errFile when WeCom does not take it.
func (d *AIBot) sendFile(ctx context.Context, c *aibotConn, to models.Address, p part) error {
	media, err := d.mediaID(ctx, c, p)
	if err == nil {
		body := aibotSendBody{Type: p.kind}
		if p.kind == typeImage {
			body.Image = &aibotFile{media}
		} else {
			body.File = &aibotFile{media}
		}
		err = d.push(ctx, c, to, body)
	}
	if refusesContent(err) {
		return d.memory.refuseFile(ctx, d.settings.ID, p, err)
	}
	return err
}

// mediaID is what messages call a file, for three days; it is uploaded unless it has
// been, and errFile when it is refused.
func (d *AIBot) mediaID(ctx context.Context, c *aibotConn, p part) (string, error) {
	id, known, err := d.memory.uploaded(ctx, d.settings.ID, p)
	switch {
	case err != nil || known && id != "":
		return id, err
	case known:
		return "", errFile
	}
	if id, err = upload(ctx, c, p); err == nil {
		d.memory.rememberFile(ctx, d.settings.ID, p, id, d.now().Add(mediaFor))
	}
	return id, err
}

// upload puts a file where messages can refer to it for three days.
func upload(ctx context.Context, c *aibotConn, p part) (string, error) {
	body := p.file.Body
	sum := md5.Sum(body) //nolint:gosec // see above
	chunks := slices.Collect(slices.Chunk(body, aibotChunkSize))
	begun, err := uploadStep(ctx, c, aibotInit, aibotUploadInit{
		Type: p.kind, Name: valid(p.file.Name), Size: len(body), Chunks: len(chunks), Sum: hex.EncodeToString(sum[:]),
	})
	if err != nil {
		return "", err
	}
	for i, chunk := range chunks {
		if _, err := uploadStep(ctx, c, aibotChunk, aibotUploadChunk{begun.Upload, i, base64.StdEncoding.EncodeToString(chunk)}); err != nil {
			return "", err
		}
	}
	done, err := uploadStep(ctx, c, aibotFinish, aibotUploadFinish{begun.Upload})
	if err == nil && done.Media == "" {
		err = errors.New("wecom answers an upload without an id")
	}
	return done.Media, err
}

// uploadStep makes one step and reads its answer.
func uploadStep(ctx context.Context, c *aibotConn, cmd string, body any) (got aibotUploaded, err error) {
	f, err := aibotRequest(cmd, "", body)
	if err != nil {
		return got, err
	}
	answer, err := c.ask(ctx, f)
	if err != nil {
		return got, fmt.Errorf("upload to wecom: %w", err)
	}
	if len(answer.Body) > 0 && json.Unmarshal(answer.Body, &got) != nil {
		return got, errors.New("wecom answers an upload with another shape than it documents")
	}
	return got, nil
}

// fenced is a file shown as it stands, its name first, as far as one message holds
// it; cut says that something is missing.
func fenced(f *handlers.File, cut string) string {
	const fence = "```"
	if !utf8.Valid(f.Body) {
		return cut
	}
	text := f.Name + "\n" + strings.TrimRight(strings.ReplaceAll(string(f.Body), fence, "'''"), "\n")
	limit := aibotMaxText - 2*len(fence) - 2
	if len(text) <= limit {
		return fence + "\n" + text + "\n" + fence
	}
	return fence + "\n" + prefix(text, limit-len(cut)-len(ellipsis)-1) + ellipsis + "\n" + fence + "\n" + cut
}
