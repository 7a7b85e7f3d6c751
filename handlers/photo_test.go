package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// photoOf is a photo with these codes, "A, B", or "(an error)".
func photoOf(codes string) Attachment {
	return Attachment{Kind: Photo, Open: func(_ context.Context, limit int64) ([]byte, error) {
		switch {
		case codes == "(lost)":
			return nil, errors.New("connection reset")
		case codes == "(gone)":
			return nil, models.ErrGone
		case codes == "(huge)" || int64(len(codes)) > limit:
			return nil, ErrTooLarge
		}
		return []byte(codes), nil
	}}
}

// codesReader reads the photos of photoOf.
type codesReader struct{}

func (codesReader) Read(_ context.Context, picture []byte) ([]string, error) {
	if codes, slow := strings.CutPrefix(string(picture), "(slow) "); slow {
		return strings.Split(codes, ", "), ErrPictureTooLong
	}
	for name, err := range map[string]error{
		"(no code)": ErrNoCode, "(large)": ErrPictureTooLarge, "(gif)": ErrPictureFormat, "(text)": ErrNotAPicture,
		"(slow)": ErrPictureTooLong, "(busy)": ErrLabelReaderIsBusy,
	} {
		if string(picture) == name {
			return nil, fmt.Errorf("read label: %w", err)
		}
	}
	return strings.Split(string(picture), ", "), nil
}

func TestNothingIsFollowedBeforeTheYes(t *testing.T) {
	w := newWorld(t, "zh-CN")
	said := w.hears(t, Message{Files: []Attachment{photoOf(moving)}})
	if !strings.Contains(said, moving) || !strings.Contains(said, "[是] [否]") {
		t.Fatalf("the photo is answered with %q", said)
	}
	if all, err := w.store.ByNumber(t.Context(), moving); err != nil || len(all) > 0 || w.asked(moving) > 0 {
		t.Fatal("the number is looked up before the yes")
	}
	if said := w.says(t, "a", "是"); !strings.Contains(said, "杭州") {
		t.Errorf("the yes is answered with %q", said)
	}
	if _, ok := w.followOf(t, "a", moving); !ok {
		t.Error("the number is not followed after the yes")
	}
}

func TestACaptionsTailAndNameAreKeptForTheYes(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.hears(t, Message{Text: "1234 妈妈的茶叶", Files: []Attachment{photoOf("SF1000000000015")}})
	w.says(t, "a", "对")
	f, ok := w.followOf(t, "a", "SF1000000000015")
	if !ok || f.Name != "妈妈的茶叶" {
		t.Errorf("followed %v as %q", ok, f.Name)
	}
}

func TestANumberInACaptionGoesItsUsualRoadAtOnce(t *testing.T) {
	w := newWorld(t, "zh-CN")
	read := Attachment{Kind: Photo, Open: func(context.Context, int64) ([]byte, error) {
		t.Error("the picture is downloaded")
		return nil, errors.New("no")
	}}
	if said := w.hears(t, Message{Text: moving, Files: []Attachment{read}}); !strings.Contains(said, "杭州") {
		t.Errorf("answered with %q", said)
	}
	if said := w.hears(t, Message{Text: "列表", Files: []Attachment{read}}); !strings.Contains(said, moving) {
		t.Errorf("a command is answered with %q", said)
	}
}

func TestPicturesAreKnownByKindTypeAndName(t *testing.T) {
	for _, c := range []struct {
		file Attachment
		want bool
	}{
		{Attachment{Kind: Photo}, true},
		{Attachment{Kind: Document, MIME: "image/webp"}, true},
		{Attachment{Kind: Document, MIME: "Image/JPEG", Name: "x"}, true},
		{Attachment{Kind: Document, MIME: "application/octet-stream", Name: "IMG_1.HEIC"}, true},
		{Attachment{Kind: Document, MIME: "text/csv", Name: "parcels.csv"}, false},
		{Attachment{Kind: Document, Name: "jpg"}, false},
	} {
		if got := c.file.isPicture(); got != c.want {
			t.Errorf("%+v: %v", c.file, got)
		}
	}
}

func TestAlbumsBecomeOneQuestion(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.hears(t, Message{Files: []Attachment{photoOf(moving)}})
	said := w.hears(t, Message{Files: []Attachment{photoOf("YT1000000000025")}})
	if !strings.Contains(said, moving) || !strings.Contains(said, "YT1000000000025") {
		t.Fatalf("the second photo is answered with %q", said)
	}
	w.pass(albumWithin + time.Second)
	if said = w.hears(t, Message{Files: []Attachment{photoOf("YT1000000000033, YT1000000000033")}}); strings.Contains(said, moving) || strings.Count(said, "YT1000000000033") != 1 {
		t.Errorf("a later photo is answered with %q", said)
	}
}

func TestMoreThanFourNumbersAreAskedAboutWithoutAButtonEach(t *testing.T) {
	w := newWorld(t, "en")
	codes := "YT1000000000017, YT1000000000025, YT1000000000033, YT1000000000041, YT1000000000058"
	said := w.hears(t, Message{Files: []Attachment{photoOf(codes)}})
	if strings.Contains(said, "[YT") || !strings.Contains(said, "5. ") || !strings.Contains(said, "[All of them]") {
		t.Errorf("answered with %q", said)
	}
	w.says(t, "a", "1 and 5")
	w.says(t, "a", "1, 5")
	for number, want := range map[string]bool{"YT1000000000017": true, "YT1000000000025": false, "YT1000000000058": true} {
		if w.asked(number) > 0 != want {
			t.Errorf("%s is looked up: %v", number, !want)
		}
	}
}

func TestWithoutAReaderPicturesAreAnsweredInWords(t *testing.T) {
	w := newWorld(t, "en")
	s := w.conversation().settings
	s.Labels = nil
	replies, err := New(s).Handle(t.Context(), w.chat("a", false), Message{Addressed: true, Files: []Attachment{photoOf(moving)}})
	if err != nil || !strings.Contains(strings.Join(shown(replies), ""), "can't read pictures here") {
		t.Errorf("answered with %q, %v", shown(replies), err)
	}
}

func TestAPictureNeverHoldsAChatUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		turn := New(Settings{Labels: stuck{}, Words: newWords(t, "en")}).turn(models.Chat{}, Message{}, 0)
		hanging := Attachment{Kind: Photo, Open: func(ctx context.Context, _ int64) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		codes, err := turn.codesIn(t.Context(), []Attachment{hanging, photoOf("x"), hanging})
		if took := time.Since(began); took > pictureWithin || len(codes) > 0 || pictureReason(err) != "photo.not_downloaded" {
			t.Errorf("it takes %v and brings %v, %v", took, codes, err)
		}
	})
}

// stuck never reads a picture.
type stuck struct{}

func (stuck) Read(ctx context.Context, _ []byte) ([]string, error) {
	<-ctx.Done()
	return nil, ErrLabelReaderIsBusy
}

func TestAFileThatIsSaidToBeTooLargeIsNotDownloaded(t *testing.T) {
	w := newWorld(t, "en")
	large := Attachment{Kind: Document, Name: "scan.png", Size: maxPicture + 1, Open: func(context.Context, int64) ([]byte, error) {
		t.Error("it is downloaded")
		return nil, nil
	}}
	if said := w.hears(t, Message{Files: []Attachment{large}}); !strings.Contains(said, "too large") {
		t.Errorf("answered with %q", said)
	}
}

func TestAMadeUpChoiceOfALabelChoosesNothing(t *testing.T) {
	w := newWorld(t, "en")
	w.hears(t, Message{Files: []Attachment{photoOf(moving)}})
	q, _, err := w.store.Question(t.Context(), w.chat("a", false).ID, 0, models.At(w.clock()))
	if err != nil {
		t.Fatal(err)
	}
	for _, choice := range []string{"", "-1", "1", "x", "99999999999999999999"} {
		w.hears(t, Message{Happening: Tapped, Button: "p:" + q.Nonce + ":" + choice})
	}
	if w.asked(moving) > 0 {
		t.Error("the number is looked up")
	}
}

func TestACodeWithoutANumberIsNotTheLastWordOfASlowPicture(t *testing.T) {
	w := newWorld(t, "zh-CN")
	slow := w.hears(t, Message{Files: []Attachment{photoOf("(slow)")}})
	if said := w.hears(t, Message{Files: []Attachment{photoOf("(slow) https://u.wechat.com/x")}}); said != slow {
		t.Errorf("answered with %q", said)
	}
	if said := w.hears(t, Message{Files: []Attachment{photoOf("https://u.wechat.com/x")}}); said == slow {
		t.Errorf("a picture that was read whole is answered with %q", said)
	}
	if said := w.hears(t, Message{Files: []Attachment{photoOf("(slow) " + moving)}}); !strings.Contains(said, moving) {
		t.Errorf("a number that was found is answered with %q", said)
	}
}
