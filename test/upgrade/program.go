package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stopsWithin is how long a program may take to stop: the ten seconds that are
// promised, and what a machine takes that does other things as well.
const stopsWithin = 20 * time.Second

// program is `bot serve` of one version.
type program struct {
	name string
	cmd  *exec.Cmd
	url  string
	over chan struct{}
	err  error // of its end; read once over is closed
}

var servingAt = regexp.MustCompile(`msg=serving .*http=(\S+)`)

// start starts a program and waits until it serves.
func (w *world) start(name, binary string) (*program, error) {
	p := &program{name: name, cmd: exec.CommandContext(context.WithoutCancel(w.ctx), binary, "serve"), over: make(chan struct{})}
	p.cmd.Env = w.env
	p.cmd.Dir = w.dir
	said, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	w.programs = append(w.programs, p)
	at := make(chan string, 1)
	go func() {
		defer close(p.over)
		lines := bufio.NewScanner(said)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			w.log.add(name + ": " + lines.Text())
			if m := servingAt.FindStringSubmatch(lines.Text()); m != nil {
				at <- m[1]
			}
		}
		p.err = p.cmd.Wait()
	}()
	select {
	case address := <-at:
		p.url = "http://" + address
		fmt.Printf("upgrade: %s serves\n", name)
		return p, nil
	case <-p.over:
		return nil, fmt.Errorf("%s ended at once: %w", name, errors.Join(p.err, errors.New("see its log")))
	case <-w.ctx.Done():
		return nil, fmt.Errorf("%s does not serve: %w", name, w.ctx.Err())
	}
}

// stop asks a program to stop, as a roll-out does, and waits.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.over:
	case <-time.After(stopsWithin):
		return fmt.Errorf("%s does not stop", p.name)
	}
	if p.err != nil {
		return fmt.Errorf("stop %s: %w", p.name, p.err)
	}
	fmt.Printf("upgrade: %s has stopped\n", p.name)
	return nil
}

// kill ends a program that may have ended already.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.over
}

var checksLine = regexp.MustCompile(`(?m)^waybill_checks_total\{[^}]*\} (\S+)$`)

// checks is how many parcels a program has checked, by its metrics.
func (p *program) checks(ctx context.Context) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/metrics", http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("metrics of %s: %w", p.name, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, fmt.Errorf("metrics of %s: %w", p.name, err)
	}
	sum := 0.0
	for _, m := range checksLine.FindAllSubmatch(body, -1) {
		n, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// logTail keeps the last lines that programs wrote.
type logTail struct {
	mu    sync.Mutex
	lines []string
}

func (l *logTail) add(line string) {
	const kept = 60
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	if len(l.lines) > kept {
		l.lines = l.lines[1:]
	}
}

func (l *logTail) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
