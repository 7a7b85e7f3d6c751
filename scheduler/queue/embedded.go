package queue

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/nats-io/nats-server/v2/server"
)

// embedded is a NATS server inside this process: no port, no signals, no files
// but the empty folder that JetStream insists on, which goes when it stops.
type embedded struct {
	server *server.Server
	folder string
}

func serve(log *slog.Logger) (*embedded, error) {
	folder, err := os.MkdirTemp("", "waybill-queue-")
	if err != nil {
		return nil, fmt.Errorf("make queue folder: %w", err)
	}
	e := &embedded{folder: folder}
	if err := e.start(log); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	return e, nil
}

func (e *embedded) start(log *slog.Logger) (err error) {
	e.server, err = server.NewServer(&server.Options{
		ServerName:         "waybill",
		DontListen:         true,
		NoSigs:             true,
		JetStream:          true,
		JetStreamMaxMemory: 2 * maxBytes,
		JetStreamMaxStore:  1 << 20,
		StoreDir:           e.folder,
	})
	if err != nil {
		return fmt.Errorf("make queue server: %w", err)
	}
	e.server.SetLogger(serverLog{log}, false, false)
	e.server.Start()
	if !e.server.ReadyForConnections(starting) {
		return errors.New("start queue server: not ready in time")
	}
	return nil
}

func (e *embedded) stop() error {
	if e.server != nil {
		e.server.Shutdown()
		e.server.WaitForShutdown()
	}
	if err := os.RemoveAll(e.folder); err != nil {
		return fmt.Errorf("remove queue folder: %w", err)
	}
	return nil
}

// serverLog passes on what an operator may need of a server's chatter.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(string, ...any) {}
func (l serverLog) Debugf(string, ...any)  {}
func (l serverLog) Tracef(string, ...any)  {}
func (l serverLog) Warnf(format string, v ...any) {
	l.log.Debug("queue server", "text", fmt.Sprintf(format, v...))
}

func (l serverLog) Errorf(format string, v ...any) {
	l.log.Warn("queue server", "text", fmt.Sprintf(format, v...))
}

func (l serverLog) Fatalf(format string, v ...any) {
	l.log.Error("queue server", "text", fmt.Sprintf(format, v...))
}
