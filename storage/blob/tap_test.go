package blob_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"

	"touchstone.internal/storage/blob"
)

// record keeps what a client sent.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// tap puts a wire between client and server and keeps what goes to the server.
func tap(t *testing.T, cfg *blob.Config) *record {
	t.Helper()
	server := cfg.Endpoint
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	seen := &record{}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go wire(client, server, seen)
		}
	}()
	cfg.Endpoint = l.Addr().String()
	return seen
}

func wire(client net.Conn, server string, seen io.Writer) {
	defer client.Close()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	go func() {
		defer up.Close()
		_, _ = io.Copy(io.MultiWriter(up, seen), client) // ends with the connection
	}()
	_, _ = io.Copy(client, up) // ends with the connection
}
