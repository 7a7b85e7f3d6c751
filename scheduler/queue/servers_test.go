package queue_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// servers are NATS servers on loopback ports: one alone, or a cluster.
type servers struct {
	t       *testing.T
	running []*server.Server // nil: it does not run
	clients []int            // their ports
	routes  []int
	folders []string
}

// newServers starts n servers. What they remember goes with the test.
func newServers(t *testing.T, n int) *servers {
	t.Helper()
	s := notYet(t, n)
	for i := range n {
		s.start(i)
	}
	return s
}

// notYet has the ports of n servers, none of which runs.
func notYet(t *testing.T, n int) *servers {
	t.Helper()
	s := &servers{t: t, running: make([]*server.Server, n), clients: freePorts(t, n), routes: freePorts(t, n)}
	for range n {
		s.folders = append(s.folders, t.TempDir())
	}
	t.Cleanup(func() {
		for i := range n {
			s.stop(i)
		}
	})
	return s
}

// start starts a server with an empty memory.
func (s *servers) start(i int) {
	s.t.Helper()
	o := &server.Options{
		ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: s.clients[i], NoSigs: true, NoLog: true,
		JetStream: true, JetStreamMaxMemory: 128 << 20, JetStreamMaxStore: 128 << 20, StoreDir: s.folders[i],
	}
	if len(s.running) > 1 {
		o.Cluster = server.ClusterOpts{Name: "waybill", Host: "127.0.0.1", Port: s.routes[i]}
		for other, port := range s.routes {
			if other != i { // else the server would count one more than there are
				o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: address(port)})
			}
		}
	}
	n, err := server.NewServer(o)
	if err != nil {
		s.t.Fatal(err)
	}
	n.Start()
	if !n.ReadyForConnections(20 * time.Second) {
		s.t.Fatal("a server does not start")
	}
	s.running[i] = n
}

func (s *servers) stop(i int) {
	if s.running[i] != nil {
		s.running[i].Shutdown()
		s.running[i].WaitForShutdown()
	}
	s.running[i] = nil
}

// url names all of them, as WAYBILL_NATS_URL does.
func (s *servers) url() string {
	var all []string
	for _, port := range s.clients {
		all = append(all, "nats://"+address(port))
	}
	return strings.Join(all, ",")
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// admin is a connection that looks at the cluster from outside.
func (s *servers) admin() jetstream.JetStream {
	s.t.Helper()
	conn, err := nats.Connect(s.url(), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(conn.Close)
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(2*time.Second))
	if err != nil {
		s.t.Fatal(err)
	}
	return js
}

// copies are how many copies the stream has, and its consumer; zero: none that is known.
func copies(t *testing.T, js jetstream.JetStream) (stream, consumer int) {
	t.Helper()
	found, err := js.Stream(t.Context(), "waybill")
	if err != nil {
		return 0, 0
	}
	info := found.CachedInfo()
	reader, err := found.Consumer(t.Context(), "waybill")
	if err != nil {
		return info.Config.Replicas, 0
	}
	return info.Config.Replicas, 1 + len(peers(reader.CachedInfo().Cluster))
}

func peers(c *jetstream.ClusterInfo) []*jetstream.PeerInfo {
	if c == nil {
		return nil
	}
	return c.Replicas
}

// leader is which server leads the stream, -1 when nobody does.
func (s *servers) leader(js jetstream.JetStream) int {
	found, err := js.Stream(s.t.Context(), "waybill")
	if err != nil || found.CachedInfo().Cluster == nil {
		return -1
	}
	for i := range s.running {
		if found.CachedInfo().Cluster.Leader == fmt.Sprintf("n%d", i) {
			return i
		}
	}
	return -1
}

func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
