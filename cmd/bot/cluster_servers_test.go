package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// natsMain is a NATS server as a program: what a test can kill.
func natsMain() {
	var o server.Options
	var routes string
	flags := flag.NewFlagSet("nats", flag.ExitOnError)
	flags.StringVar(&o.ServerName, "name", "", "")
	flags.IntVar(&o.Port, "port", 0, "")
	flags.IntVar(&o.HTTPPort, "http", 0, "")
	flags.IntVar(&o.Cluster.Port, "cluster", 0, "")
	flags.StringVar(&routes, "routes", "", "")
	flags.StringVar(&o.StoreDir, "dir", "", "")
	_ = flags.Parse(os.Args[1:]) // it exits by itself
	o.Host, o.HTTPHost, o.Cluster.Host, o.Cluster.Name = "127.0.0.1", "127.0.0.1", "127.0.0.1", "waybill"
	o.JetStream, o.JetStreamMaxMemory, o.JetStreamMaxStore, o.NoLog, o.NoSigs = true, 128<<20, 128<<20, true, true
	o.Routes = server.RoutesFromStr(routes)
	s, err := server.NewServer(&o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s.Start()
	<-ctx.Done()
	s.Shutdown()
	s.WaitForShutdown()
}

// natsCluster is three NATS servers, each a process.
type natsCluster struct {
	*testing.T
	nodes []*natsNode
}

type natsNode struct {
	name, http string
	args       []string
	cmd        *exec.Cmd
	over       chan struct{}
}

// startNATS starts three servers and waits until they have chosen a leader.
func startNATS(t *testing.T) *natsCluster {
	t.Helper()
	c := &natsCluster{T: t}
	var ports [3][3]string // of each server: clients, cluster, what it says of itself
	for i := range ports {
		for k := range ports[i] {
			_, ports[i][k], _ = net.SplitHostPort(freeAddress(t))
		}
	}
	for i, own := range ports {
		var routes []string
		for k, other := range ports {
			if k != i {
				routes = append(routes, "nats://127.0.0.1:"+other[1])
			}
		}
		name := fmt.Sprintf("n%d", i)
		c.nodes = append(c.nodes, &natsNode{name: name, http: "http://127.0.0.1:" + own[2], args: []string{
			"-name", name, "-port", own[0], "-cluster", own[1], "-http", own[2], "-routes", strings.Join(routes, ","), "-dir", t.TempDir(),
		}})
	}
	for i := range c.nodes {
		c.start(i)
	}
	return c
}

// url names all servers, as WAYBILL_NATS_URL does.
func (c *natsCluster) url() string {
	var all []string
	for _, n := range c.nodes {
		all = append(all, "nats://127.0.0.1:"+n.args[3])
	}
	return strings.Join(all, ",")
}

func (c *natsCluster) start(i int) {
	c.Helper()
	n := c.nodes[i]
	n.cmd, n.over = exec.Command("nats", n.args...), make(chan struct{})
	n.cmd.Stderr = os.Stderr
	if err := n.cmd.Start(); err != nil {
		c.Fatal(err)
	}
	go func() {
		defer close(n.over)
		_ = n.cmd.Wait() // it is killed
	}()
	c.Cleanup(func() { c.kill(i) })
}

func (c *natsCluster) kill(i int) {
	_ = c.nodes[i].cmd.Process.Kill() // it may be over
	<-c.nodes[i].over
}

// leader is which server leads the stream, -1 when none is known to.
func (c *natsCluster) leader() int {
	for _, n := range c.nodes {
		var z struct {
			Accounts []struct {
				Streams []struct {
					Cluster struct{ Leader string }
				} `json:"stream_detail"`
			} `json:"account_details"`
		}
		client := http.Client{Timeout: time.Second}
		resp, err := client.Get(n.http + "/jsz?streams=true")
		if err != nil {
			continue
		}
		err = json.NewDecoder(resp.Body).Decode(&z)
		_ = resp.Body.Close()
		for _, a := range z.Accounts {
			for _, s := range a.Streams {
				for i, other := range c.nodes {
					if err == nil && s.Cluster.Leader == other.name {
						return i
					}
				}
			}
		}
	}
	return -1
}

// proxy stands before the database: it can be cut.
type proxy struct {
	behind string
	at     string
	cut    atomic.Bool

	mu    sync.Mutex
	conns []net.Conn
}

// startProxy puts a proxy before the server of a database address, and returns the
// address that goes through it.
func startProxy(t *testing.T, dsn string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{behind: u.Host, at: l.Addr().String()}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); p.lose(); serving.Wait() })
	u.Host = p.at
	return p, u.String()
}

func (p *proxy) serve(front net.Conn) {
	defer front.Close()
	back, err := net.Dial("tcp", p.behind)
	if err != nil {
		return
	}
	defer back.Close()
	p.mu.Lock()
	if p.cut.Load() {
		p.mu.Unlock()
		return
	}
	p.conns = append(p.conns, front, back)
	p.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{front, back}, {back, front}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1]) // until either end closes
			_ = front.Close()
			_ = back.Close()
		})
	}
	both.Wait()
}

// lose ends all connections and lets none through until mend.
func (p *proxy) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut.Store(true)
	for _, c := range p.conns {
		_ = c.Close() // it may be closed
	}
	p.conns = nil
}

func (p *proxy) mend() { p.cut.Store(false) }
