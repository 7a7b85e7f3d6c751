package recognise

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestNormalise(t *testing.T) {
	for text, want := range map[string]string{
		"sf1000 x":                 "SF1000 X",
		"ｓｆ１０００（）：？＝":              "SF1000():?=",
		"SF\u200b10\u200d00\ufeff": "SF1000",
		"1\ufe0f\u20e3":            "1\u20e3",
		"a\u3000b\u00a0c":          "A B C",
		"1–2—3−4－5":                "1-2-3-4-5",
		"茶叶é":                      "茶叶é",
		"\xff":                     "\ufffd",
		"":                         "",
	} {
		if got := Normalise(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestNormalisingTwiceIsNormalisingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := Normalise(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text"))
		if Normalise(once) != once || !utf8.ValidString(once) {
			t.Fatalf("%q", once)
		}
	})
}
