package admin

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"waybill/models"
)

// Sessions is where sign-ins are kept, for all replicas.
type Sessions interface {
	BeginSession(ctx context.Context, id string, until, now models.Moment) error
	Session(ctx context.Context, id string, now models.Moment) (created, until models.Moment, err error)
	RenewSession(ctx context.Context, id string, until, now models.Moment) error
	EndSession(ctx context.Context, id string) error
	TryToken(ctx context.Context, address string, now models.Moment) (id, wrong int64, err error)
	UncountToken(ctx context.Context, id int64) error
}

const (
	cookieName    = "waybill_admin"
	idleFor       = 12 * time.Hour     // a session that nobody uses
	longest       = 7 * 24 * time.Hour // a session, used or not
	renewEvery    = 5 * time.Minute
	wrongAttempts = 5 // in a minute from one address; then the right token waits, too
)

// loginPage is the sign-in form; who is signed in goes on to the dashboard.
func (d *Dashboard) loginPage(w http.ResponseWriter, r *http.Request) {
	if ok, err := d.session(r); err != nil {
		d.failed(w, r, err)
	} else if ok {
		redirect(w, "/admin")
	} else {
		d.show(w, http.StatusOK, "login", view{Title: d.say("sign_in"), Data: ""})
	}
}

// login looks at a token. It is counted as a wrong one first and uncounted afterwards,
// so that many tries at once get no more than few do.
func (d *Dashboard) login(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	ctx, address := r.Context(), addressOf(r, d.Proxies)
	try, wrong, err := d.Store.TryToken(ctx, address, d.moment())
	if err != nil {
		d.failed(w, r, err)
		return
	}
	uncount := func() error { return d.Store.UncountToken(context.WithoutCancel(ctx), try) }
	if wrong > wrongAttempts {
		if err := uncount(); err != nil {
			d.Log.Warn("sign in", "error", err)
		}
		d.Log.Warn("sign in: too many wrong tokens", "address", address)
		w.Header().Set("Retry-After", "60")
		d.show(w, http.StatusTooManyRequests, "login", view{Title: d.say("sign_in"), Data: d.say("too_many")})
		return
	}
	if !equal(r.PostForm.Get("token"), d.Token) {
		d.Log.Warn("sign in: wrong token", "address", address)
		d.show(w, http.StatusUnauthorized, "login", view{Title: d.say("sign_in"), Data: d.say("wrong_token")})
		return
	}
	secret := rand.Text() + rand.Text()
	now := d.moment()
	err = errors.Join(uncount(), d.Store.BeginSession(ctx, d.sessionID(secret), now.Add(idleFor), now))
	if err != nil {
		d.failed(w, r, err)
		return
	}
	d.note(ctx, models.NoteLogin, d.say("note_login", "Address", address))
	d.Log.Info("the operator signed in", "address", address)
	http.SetCookie(w, d.cookie(r, secret, int(longest.Seconds())))
	redirect(w, "/admin")
}

// equal compares in a time that does not depend on where two texts differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return b != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// logout ends the session at the server.
func (d *Dashboard) logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		if err := d.Store.EndSession(r.Context(), d.sessionID(c.Value)); err != nil {
			d.failed(w, r, err)
			return
		}
	}
	http.SetCookie(w, d.cookie(r, "", -1))
	redirect(w, "/admin/login")
}

// session says whether a request belongs to a session.
func (d *Dashboard) session(r *http.Request) (ok bool, err error) {
	cookies := r.CookiesNamed(cookieName)
	if len(cookies) == 0 || len(cookies[0].Value) > 100 {
		return false, nil
	}
	id, now := d.sessionID(cookies[0].Value), d.moment()
	created, until, err := d.Store.Session(r.Context(), id, now)
	if errors.Is(err, models.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if next := min(now.Add(idleFor), created.Add(longest)); next.Sub(until) > renewEvery {
		err = d.Store.RenewSession(r.Context(), id, next, now)
	}
	return err == nil, err
}

// sessionID is what the database knows a session by. It hangs on the operator's token:
// who changes that ends all sessions.
func (d *Dashboard) sessionID(secret string) string {
	mac := hmac.New(sha256.New, []byte("waybill dashboard\x00"+d.Token))
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil))
}

func (d *Dashboard) cookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: "/admin", MaxAge: age,
		HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteStrictMode,
	}
}

// guard lets in who is signed in, and sends everybody else to the sign-in form.
func (d *Dashboard) guard(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch ok, err := d.session(r); {
		case err != nil:
			d.failed(w, r, err)
		case !ok:
			redirect(w, "/admin/login")
		default:
			h(w, r)
		}
	}
}

// sameSite refuses what a browser says comes from elsewhere, whatever origin it names: the
// public address is trusted only where a browser says nothing else.
func (d *Dashboard) sameSite(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site := r.Header.Get("Sec-Fetch-Site")
		if r.Method == http.MethodPost && (site == "cross-site" || site == "same-site") {
			protected(d.forbidden).ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// forbidden answers a form that another site's page has sent.
func (d *Dashboard) forbidden(w http.ResponseWriter, _ *http.Request) {
	d.show(w, http.StatusForbidden, "forbidden", view{Title: d.say("forbidden")})
}

// readForm reads a form of at most formLimit bytes, in either encoding, or answers 413 or
// 400.
func readForm(w http.ResponseWriter, r *http.Request) bool {
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(formLimit)
	}
	if err == nil || errors.Is(err, http.ErrNotMultipart) {
		return true
	}
	status := http.StatusBadRequest
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		status = http.StatusRequestEntityTooLarge
	}
	http.Error(w, http.StatusText(status), status)
	return false
}

func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// note keeps what the operator did; a note that cannot be kept is only logged.
func (d *Dashboard) note(ctx context.Context, kind models.NoteKind, what string) {
	if err := d.Store.Note(context.WithoutCancel(ctx), models.Note{Kind: kind, What: what, At: d.moment()}); err != nil {
		d.Log.Warn("keep note", "kind", kind, "error", err)
	}
}
