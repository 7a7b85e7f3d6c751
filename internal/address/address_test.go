package address_test

import (
	"strings"
	"testing"

	"waybill/internal/address"
)

func TestAddressesAreSafeAndShort(t *testing.T) {
	for name, c := range map[string]struct {
		read       func(string) (string, error)
		text, want string // want "-": refused
	}{
		"trailing slashes go":                  {address.API, "https://a.example/b//", "https://a.example/b"},
		"nothing stays nothing":                {address.API, "", ""},
		"bare http to the world":               {address.API, "http://a.example", "-"},
		"a name that only looks local":         {address.API, "http://localhost.a.example", "-"},
		"bare http to this machine":            {address.API, "http://[::1]:8080", "http://[::1]:8080"},
		"a key in it":                          {address.API, "https://a.example/?key=s3cret", "-"},
		"a user in it":                         {address.API, "https://u:s3cret@a.example", "-"},
		"no host":                              {address.API, "s3cret", "-"},
		"a socket is used whole":               {address.Socket, "wss://a.example/", "wss://a.example/"},
		"a bare socket to the world":           {address.Socket, "ws://a.example", "-"},
		"a callback may be bare":               {address.Callback, "http://a.example/", "http://a.example"},
		"a callback of another kind":           {address.Callback, "ftp://a.example", "-"},
		"a path":                               {address.Path, "/query", "/query"},
		"a path without its slash":             {address.Path, "query", "-"},
		"an absolute URL in a path's place":    {address.Path, "https://b.example/d", "https://b.example/d"},
		"the same, but bare and not this host": {address.Path, "http://b.example/d", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.read(c.text)
			if (err != nil) != (c.want == "-") || err == nil && got != c.want {
				t.Errorf("%q, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Error("the error repeats the text")
			}
		})
	}
}

func TestWhatIsOnThisMachine(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "http://localhost:1": true, "http://127.8.0.1": true, "http://[::1]": true,
		"http://0.0.0.0": false, "http://localhost.a.example": false, "https://a.example": false,
	} {
		if address.Local(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
