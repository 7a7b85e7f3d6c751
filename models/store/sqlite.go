package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/sqlite/*.sql
var sqliteFiles embed.FS

const (
	sqliteDriver  = "sqlite" // modernc.org/sqlite's name
	sqliteReaders = 4
	readersLive   = time.Hour
)

// sqliteFile is a database in one file. Nobody writes to one that is frozen.
type sqliteFile struct {
	path   string
	frozen bool
}

func parseSQLite(path string) (driver, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, fmt.Errorf("%w: a file is needed", errAddress)
	}
	return sqliteFile{path: path}, nil
}

// dsn is the file's address for the driver. busy_timeout comes first, so that
// switching to WAL waits for other processes too. The WAL is moved into the file every
// 4,000 pages (16 MB), not every 1,000: what checks change most is moved once then.
func (f sqliteFile) dsn(readOnly bool) string {
	escape := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")
	if f.frozen {
		return "file:" + escape.Replace(f.path) + "?mode=ro&immutable=1"
	}
	q := url.Values{"_txlock": {"immediate"}}
	for _, pragma := range []string{
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)", "wal_autocheckpoint(4000)",
	} {
		q.Add("_pragma", pragma)
	}
	if readOnly { // the operating system's cache is as near
		q.Add("_pragma", "cache_size(-1024)")
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_pragma", "cache_size(-4096)")
	}
	return "file:" + escape.Replace(f.path) + "?" + q.Encode()
}

func (f sqliteFile) open(context.Context) (write, read *gorm.DB, err error) {
	if write, err = f.pool(false, 1); err != nil {
		return nil, nil, err
	}
	if read, err = f.pool(true, sqliteReaders); err != nil {
		pool, _ := write.DB()
		return nil, nil, errors.Join(err, pool.Close())
	}
	if !f.frozen {
		f.private()
	}
	return write, read, nil
}

// private keeps the file to its owner, as the key beside it is: it holds who waits
// for which parcel. SQLite gives what it makes beside the file later the same
// mode. The files are not opened for it: closing one would take the locks that
// this process holds on it. A file of another owner stays as it is.
func (f sqliteFile) private() {
	for _, beside := range []string{"", "-wal", "-shm"} {
		_ = os.Chmod(f.path+beside, 0o600)
	}
}

func (f sqliteFile) pool(readOnly bool, size int) (*gorm.DB, error) {
	keep := statementsWritten
	if readOnly {
		keep = statementsRead
	}
	pool, err := openSQLite(f.dsn(readOnly), keep)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if readOnly {
		pool.SetConnMaxLifetime(readersLive)
	}
	db, err := gorm.Open(sqliteDialect{&gormsqlite.Dialector{Conn: pool}}, config())
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

func (f sqliteFile) bare() (*sql.DB, error) { return sql.Open(sqliteDriver, f.dsn(false)) }

func (f sqliteFile) words() words {
	return words{ignore: "OR IGNORE", clock: "CAST(unixepoch('subsec') * 1000 AS INTEGER)"}
}

func (f sqliteFile) migrations() (goose.Dialect, fs.FS, lock.Locker, error) {
	files, err := fs.Sub(sqliteFiles, "migrations/sqlite")
	return goose.DialectSQLite3, files, newSQLiteLock(), err
}

// optimize has SQLite look at some rows of the tables whose size has changed much, so that
// it knows which of two indexes finds fewer. Connections that are open go on with what they
// know; the readers are made anew every hour.
func (f sqliteFile) optimize(db *gorm.DB) error {
	for _, pragma := range []string{"PRAGMA analysis_limit = 400", "PRAGMA optimize = 0x10002"} {
		if err := db.Exec(pragma).Error; err != nil {
			return err
		}
	}
	return nil
}

// sqliteDialect is GORM's SQLite over a driver whose errors it does not know.
type sqliteDialect struct{ *gormsqlite.Dialector }

// Translate names the errors that callers tell apart.
func (d sqliteDialect) Translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return gorm.ErrDuplicatedKey
	}
	return err
}
