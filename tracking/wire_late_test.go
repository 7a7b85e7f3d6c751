package tracking

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// distant is a provider over real HTTP to which no connection is ever made.
type distant struct {
	script
	wire *Wire
}

func newDistant(over <-chan struct{}) *distant {
	hanging := func(context.Context, string, string) (net.Conn, error) {
		<-over // a dial goes on when its request has given up
		return nil, net.ErrClosed
	}
	client := &http.Client{Transport: &http.Transport{DialContext: hanging}}
	return &distant{script{name: "a"}, NewWire("a", Parts{Client: client, Now: time.Now}, always)}
}

func (d *distant) provider() Provider {
	p := d.script.provider()
	p.Query = d.Query
	return p
}

func (d *distant) Query(ctx context.Context, _ string, _ models.Carrier, _ string) (models.Trace, error) {
	_, err := d.wire.PostForm(ctx, "http://192.0.2.1/", nil)
	return models.Trace{}, err
}

// slowBook is a ledger that takes its time to give leave.
type slowBook struct {
	*book
	takes time.Duration
}

func (b slowBook) Begin(ctx context.Context, c models.Call, now models.Moment) (models.Ticket, error) {
	time.Sleep(b.takes)
	return b.book.Begin(ctx, c, now)
}

// A request that leaves long after its start would be too near to the next one
// for the vendor, which counts from when it came.
func TestARequestThatHasNotLeftThreeSecondsAfterItsStartIsDropped(t *testing.T) {
	for name, ledger := range map[string]time.Duration{"the ledger answers at once": 0, "the ledger takes its time": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{})
				defer close(over)
				b := newBook()
				tr := trackerWith(b, func(s *Settings) { s.Ledger = slowBook{b, ledger} }, newDistant(over))
				start := time.Now()
				got := tr.Ask(t.Context(), ask())
				if took := time.Since(start); took != sendWithin {
					t.Errorf("dropped after %s, want %s", took, sendWithin)
				}
				if c := got.Closings[0]; c.Outcome != models.OutcomeUnsent || c.Billed || !harmful(got.Err) || !errors.Is(got.Err, errLate) {
					t.Errorf("closed as %+v, %v", c, got.Err)
				}
			})
		})
	}
}

// thinking is a server at the other end of a pipe that answers one request late.
func thinking(t *testing.T, conn net.Conn) {
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		t.Error(err)
	}
	time.Sleep(2 * sendWithin)
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"); err != nil {
		t.Error(err)
	}
}

func TestARequestThatHasLeftInTimeIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var serving sync.WaitGroup
		defer serving.Wait()
		dial := func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			serving.Go(func() { thinking(t, there) })
			return here, nil
		}
		ctx, over := mustSendWithin(t.Context(), sendWithin)
		defer over()
		client := &http.Client{Transport: &http.Transport{DialContext: dial}}
		reply, err := NewWire("a", Parts{Client: client, Now: time.Now}, always).PostForm(ctx, "http://192.0.2.1/", nil)
		if err != nil || reply.Status != http.StatusOK {
			t.Errorf("%v, status %d", err, reply.Status)
		}
	})
}

// locker is a provider that locks.
type locker struct{ script }

func (l *locker) provider() Provider {
	p := l.script.provider()
	p.Locks = true
	return p
}

func TestWhoLocksIsAskedAFloorAfterTheLastRequestCanHaveComeAtTheLatest(t *testing.T) {
	for floor, want := range map[time.Duration]time.Duration{
		30 * time.Minute:       30*time.Minute + sendWithin,
		time.Hour:              time.Hour + sendWithin,
		600 * time.Millisecond: 601 * time.Millisecond,
		0:                      0,
	} {
		b := newBook()
		other := &script{name: "a", answers: []any{fails("a", ErrUnavailable)}}
		tr := trackerWith(b, func(s *Settings) { s.Floor = floor }, other, &locker{script{name: "kuaidi100", answers: []any{says("kuaidi100", models.InTransit)}}})
		tr.Ask(t.Context(), ask())
		if b.begun[0].Floor != floor || b.begun[1].Floor != want {
			t.Errorf("of a floor of %s, %s and %s are kept, want the locker's to be %s", floor, b.begun[0].Floor, b.begun[1].Floor, want)
		}
	}
}

func TestAPersonWhoAsksBetweenTheFloorAndTheLockersMarginGetsWhatIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		request := ask()
		request.Parcel.Provider = "kuaidi100"
		request.Parcel.AskedAt = models.At(time.Now())
		request.Parcel.HeardAt, request.Parcel.SettledAt = request.Parcel.AskedAt, request.Parcel.AskedAt
		tr := tracker(newBook(), &locker{script{name: "kuaidi100", answers: []any{says("kuaidi100", models.InTransit)}}})
		time.Sleep(30*time.Minute + time.Second)
		if got := tr.Ask(t.Context(), request); !errors.Is(got.Err, models.ErrFloor) || got.Until != request.Parcel.AskedAt.Add(30*time.Minute+sendWithin) {
			t.Errorf("got %v until %d", got.Err, got.Until)
		}
	})
}
