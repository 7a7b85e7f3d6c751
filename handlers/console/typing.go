package console

import (
	"io"
	"slices"
	"sync"
)

// typing is what a terminal sends, kept read by read. It is read as it comes, also
// while nobody waits for a key: so the keys that a person presses one after the
// other during an answer are as many reads, and what stands in one read was sent
// at once.
type typing struct {
	mu    sync.Mutex
	more  *sync.Cond
	reads [][]byte
	err   error // after the last of reads
}

// listen begins to read. It goes on until in ends: nothing else can end a read
// from a terminal.
func listen(in io.Reader) *typing {
	t := &typing{}
	t.more = sync.NewCond(&t.mu)
	go t.run(in)
	return t
}

// longestRead is how many bytes one read may bring: more than a terminal's
// driver keeps.
const longestRead = 64 << 10

func (t *typing) run(in io.Reader) {
	buffer := make([]byte, longestRead)
	for {
		n, err := in.Read(buffer)
		t.mu.Lock()
		if n > 0 {
			t.reads = append(t.reads, slices.Clone(buffer[:n]))
		}
		t.err = err
		t.more.Signal()
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// next waits for the next read.
func (t *typing) next() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.reads) == 0 && t.err == nil {
		t.more.Wait()
	}
	if len(t.reads) == 0 {
		return nil, t.err
	}
	read := t.reads[0]
	t.reads = t.reads[1:]
	return read, nil
}
