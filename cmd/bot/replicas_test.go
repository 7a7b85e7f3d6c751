package main

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// serveNATS runs a NATS server on a free port, and returns its address.
func serveNATS(t testing.TB) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return s.ClientURL()
}

// Two replicas share a database server and a NATS server. Whichever dies, the
// other and its successor bring every chat to the end of its journeys.
func TestTwoReplicasShareADatabaseAndAQueue(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, storetest.ServerKind()), speed, sandbox.Options{Appcode: appcode, Speed: 14400})
	s.env = append(s.env, "WAYBILL_NATS_URL="+serveNATS(t))
	first, second := s.start(), s.start()
	for _, chat := range []int64{mother, son} {
		s.telegram.Say(chat, open)
		s.telegram.Say(chat, shut+" 1234")
		s.hears(chat, open)
		s.hears(chat, shut)
	}
	first.kill()
	third := s.start() // which frees what the dead one held
	const late = "YT1000000000021"
	s.telegram.Say(son, late)
	s.hears(son, late)
	second.stop()
	for _, chat := range []int64{mother, son} {
		for _, number := range []string{open, shut} {
			s.hears(chat, number, "签收人")
			if n := s.times(chat, number, "签收人"); n > 2 {
				t.Errorf("chat %d hears %d times that it is delivered", chat, n)
			}
		}
	}
	third.stop()
	s.keepsSecrets(open, shut, late)
}
