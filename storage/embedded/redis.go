package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// RedisServer is the program that StartRedis runs.
const RedisServer = "redis-server"

// maxSocketPath is the longest path of a Unix socket (unix(7): 108 bytes with
// the final zero).
const maxSocketPath = 107

// Redis is a running redis-server.
type Redis struct {
	*service
	url string
}

// URL is the address for go-redis. It may hold a password.
func (r *Redis) URL() string { return r.url }

// StartRedis starts a redis-server that keeps everything in dir, with an
// append-only file that is synced every second, and forgets nothing under
// memory pressure. It listens on a socket in dir or, where that path is too
// long for one, on a loopback port with a password.
func StartRedis(ctx context.Context, dir string, log *slog.Logger) (*Redis, error) {
	program, err := exec.LookPath(RedisServer)
	if err != nil {
		return nil, fmt.Errorf("%s is not installed: apt-get install redis-server", RedisServer)
	}
	if dir, err = makeDir(dir); err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	address, err := redisAddress(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	if err := writeFile(filepath.Join(dir, "redis.conf"), []byte(address.settings())); err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	r := &Redis{url: address.url(), service: &service{
		name: "redis", dir: dir, log: log,
		command: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, program, "redis.conf") },
		ready:   address.ping,
	}}
	if err := r.start(ctx); err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	return r, nil
}

// redisAt is where a redis-server listens: socket, or port and password.
type redisAt struct {
	socket   string
	port     int
	password string
}

// redisAddress chooses the socket where it can.
func redisAddress(ctx context.Context, dir string) (redisAt, error) {
	at := redisAt{socket: filepath.Join(dir, "redis.sock")}
	if len(at.socket) <= maxSocketPath {
		return at, nil
	}
	port, err := freePort(ctx, 0)
	return redisAt{port: port, password: rand.Text()}, err
}

// settings is the file redis.conf. Its paths are relative to the folder in
// which the server starts, so that none needs quoting.
func (a redisAt) settings() string {
	lines := []string{
		"dir .", "daemonize no", `logfile ""`,
		"appendonly yes", "appendfsync everysec", `save ""`,
		"maxmemory-policy noeviction",
	}
	if a.socket != "" {
		lines = append(lines, "port 0", "unixsocket redis.sock", "unixsocketperm 700")
	} else {
		lines = append(lines, "bind 127.0.0.1", "port "+strconv.Itoa(a.port), "requirepass "+a.password)
	}
	return strings.Join(lines, "\n") + "\n"
}

// url is the address as go-redis reads it.
func (a redisAt) url() string {
	if a.socket != "" {
		return (&url.URL{Scheme: "unix", Path: a.socket}).String()
	}
	return (&url.URL{Scheme: "redis", User: url.UserPassword("", a.password), Host: loopback(a.port), Path: "/0"}).String()
}

// ping asks the server whether it has loaded its data. One that asks for the
// password is ready to be asked.
func (a redisAt) ping(ctx context.Context) error {
	network, address := "unix", a.socket
	if a.socket == "" {
		network, address = "tcp", loopback(a.port)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return err
	}
	answer := make([]byte, 5)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if s := string(answer); s != "+PONG" && s != "-NOAU" {
		return errors.New("redis is loading its data")
	}
	return nil
}

// loopback is a port of this machine that no other machine reaches.
func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePort gives the wanted loopback port if it is free, and any other if not.
func freePort(ctx context.Context, wanted int) (int, error) {
	listen := func(port int) (int, error) {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", loopback(port))
		if err != nil {
			return 0, err
		}
		defer l.Close()
		_, p, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(p)
	}
	if port, err := listen(wanted); err == nil {
		return port, nil
	}
	return listen(0)
}

// writeFile writes a file for its owner alone, whole or not at all, and on disk
// when it returns.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

// syncFile makes a file, or the names in a folder, safe against power loss.
func syncFile(path string) error {
	f, err := os.Open(path) //nolint:gosec // a file of our own
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
