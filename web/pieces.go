package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"touchstone.internal/pipeline"
)

// pieces keeps the bytes of uploads that are not complete: one file for each,
// which is as long as what has arrived. They outlive the process.
type pieces struct {
	dir string

	mu   sync.Mutex
	held map[string]*holder
}

// holder is who adds to a file now.
type holder struct {
	leave func()        // asks it to stop
	left  chan struct{} // closed when it has
}

// uploadID is how an upload is named, and so its file.
var uploadID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

func newPieces(spool string) (*pieces, error) {
	p := &pieces{dir: filepath.Join(spool, "uploads"), held: map[string]*holder{}}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of uploads: %w", err)
	}
	return p, nil
}

// hold lets one request at a time add to an upload. Who comes back over a new
// connection asks the old one, which may not know yet that it is dead, to leave.
func (p *pieces) hold(ctx context.Context, id string, leave func()) (release func(), err error) {
	h := &holder{leave, make(chan struct{})}
	for {
		p.mu.Lock()
		before := p.held[id]
		if before == nil {
			p.held[id] = h
			p.mu.Unlock()
			return func() {
				p.mu.Lock()
				delete(p.held, id)
				p.mu.Unlock()
				close(h.left)
			}, nil
		}
		p.mu.Unlock()
		before.leave()
		select {
		case <-before.left:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for an upload: %w", ctx.Err())
		}
	}
}

// open opens the file of an upload; a new one is empty.
func (p *pieces) open(id string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(p.dir, id), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the name is one that we gave
	if err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	return f, nil
}

// size is how much of an upload has arrived.
func (p *pieces) size(id string) (int64, error) {
	info, err := os.Stat(filepath.Join(p.dir, id))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("measure upload: %w", err)
	}
	return info.Size(), nil
}

// remove forgets the bytes.
func (p *pieces) remove(id string) error {
	if err := os.Remove(filepath.Join(p.dir, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove upload: %w", err)
	}
	return nil
}

// names are the uploads that have bytes here.
func (p *pieces) names() (ids []string, err error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	for _, e := range entries {
		if uploadID.MatchString(e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// add writes a piece behind what has arrived, up to the size of the whole. What
// came before the line broke stays. Too many bytes are not kept at all.
func (p *pieces) add(u pipeline.Upload, offset int64, body io.Reader) (arrived int64, err error) {
	f, err := p.open(u.ID)
	if err != nil {
		return 0, &spoolError{err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, &spoolError{err}
	}
	if end != offset {
		return end, problemOffset()
	}
	n, err := io.Copy(&faultWriter{f}, io.LimitReader(body, u.Size-offset+1))
	if offset+n > u.Size {
		if err := f.Truncate(offset); err != nil {
			return offset, &spoolError{err}
		}
		return offset, problemMoreThanSaid()
	}
	return offset + n, err
}

// head gives the first bytes of an upload.
func (p *pieces) head(id string) ([]byte, error) {
	f, err := p.open(id)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, pipeline.SniffLen)
	n, err := io.ReadFull(f, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	return b[:n], nil
}

// whole opens a complete upload as if it had come with a form, and computes its
// digest. Whoever asks closes its file.
func (s *server) whole(u pipeline.Upload) (a arrived, err error) {
	a = arrived{name: u.FileName, size: u.Size}
	if a.file, err = s.spool.adopt(u.Account, func() (*os.File, error) { return s.pieces.open(u.ID) }); err != nil {
		return a, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.file.Close())
			a.file = nil
		}
	}()
	head, err := s.pieces.head(u.ID)
	if err != nil {
		return a, err
	}
	var ok bool
	if a.media, ok = pipeline.Sniff(head); !ok {
		return a, refusal(pipeline.ProblemNotPicture, u.FileName)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, a.file); err != nil {
		return a, fmt.Errorf("read upload: %w", err)
	}
	a.digest = pipeline.DigestOf([sha256.Size]byte(sum.Sum(nil)))
	return a, nil
}
