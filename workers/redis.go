package workers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The ways to say where Redis is, beside redis://, rediss:// and unix://.
const (
	sentinelScheme = "redis+sentinel://"
	clusterScheme  = "redis+cluster://"
)

// OpenRedis makes a client from an address; it does not connect yet.
//
//	redis://[:password@]host:port/db          one server
//	rediss://...                              the same by TLS
//	unix:///path/redis.sock?db=0              the same by a socket
//	redis+sentinel://[:password@]host:port,host:port/master[?db=0]
//	redis+cluster://[:password@]host:port,host:port
//
// An error never quotes the address, which may hold a password.
func OpenRedis(address string) (redis.UniversalClient, error) {
	redis.SetLogger(quiet{})
	switch {
	case strings.HasPrefix(address, sentinelScheme):
		return openSentinel(address)
	case strings.HasPrefix(address, clusterScheme):
		return openCluster(address)
	}
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("the address of Redis does not hold up: it looks like redis://host:6379/0, unix:///path/redis.sock, redis+sentinel://host,host/master or redis+cluster://host,host")
	}
	o.ContextTimeoutEnabled = true // or deadlines do not bound commands
	o.DisableIdentity = true       // some managed servers refuse CLIENT SETINFO
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(o), nil
}

// quiet is a logger that says nothing. Whatever go-redis would print also
// comes back as an error, and during an outage it would print without end.
type quiet struct{}

// Printf does nothing.
func (quiet) Printf(context.Context, string, ...any) {}

func openSentinel(address string) (redis.UniversalClient, error) {
	p, err := parseHosts(address, sentinelScheme, "26379")
	if err != nil {
		return nil, err
	}
	if p.path == "" || strings.Contains(p.path, "/") {
		return nil, errors.New("the address of Redis names no master: redis+sentinel://host,host/master")
	}
	return redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: p.path, SentinelAddrs: p.hosts, Username: p.user, Password: p.password, DB: p.db,
		ContextTimeoutEnabled: true, DisableIdentity: true,
	}), nil
}

func openCluster(address string) (redis.UniversalClient, error) {
	p, err := parseHosts(address, clusterScheme, "6379")
	if err != nil {
		return nil, err
	}
	if p.path != "" || p.db != 0 {
		return nil, errors.New("the address of a Redis Cluster has hosts and nothing after them")
	}
	return redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: p.hosts, Username: p.user, Password: p.password,
		ContextTimeoutEnabled: true, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}), nil
}

// several is an address with more than one host.
type several struct {
	hosts          []string
	user, password string
	path           string
	db             int
}

// parseHosts reads an address with several hosts, which net/url refuses.
func parseHosts(address, scheme, port string) (s several, err error) {
	rest := strings.TrimPrefix(address, scheme)
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	user, hosts := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, hosts = authority[:i+1], authority[i+1:]
	}
	u, err := url.Parse("redis://" + user + "host" + tail)
	if err != nil {
		return s, errors.New("the address of Redis does not hold up: escape special characters of the password as in a URL")
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	s.path = strings.Trim(u.Path, "/")
	if db := u.Query().Get("db"); db != "" {
		if s.db, err = strconv.Atoi(db); err != nil {
			return s, errors.New("the number of the Redis database is no number")
		}
	}
	for h := range strings.SplitSeq(hosts, ",") {
		name, p, err := net.SplitHostPort(h)
		if err != nil {
			name, p = strings.Trim(h, "[]"), port
		}
		if name == "" {
			return s, errors.New("the address of Redis lacks a host")
		}
		s.hosts = append(s.hosts, net.JoinHostPort(name, p))
	}
	return s, nil
}

// CheckRedis tells whether Redis keeps what it is given, and how to mend it if
// not: its append-only file must be on, and it must never evict. The documents
// are safe without, but wait for the sweeper.
func CheckRedis(ctx context.Context, c redis.UniversalClient) error {
	if cluster, ok := c.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, one *redis.Client) error { return checkOne(ctx, one) })
	}
	return checkOne(ctx, c)
}

func checkOne(ctx context.Context, c redis.Cmdable) error {
	info, err := c.Info(ctx, "persistence").Result()
	if err != nil {
		return fmt.Errorf("ask redis how it keeps data: %w", err)
	}
	memory, err := c.Info(ctx, "memory").Result()
	if err != nil {
		return fmt.Errorf("ask redis how it keeps data: %w", err)
	}
	var wrong []error
	if v, ok := field(info, "aof_enabled"); ok && v != "1" {
		wrong = append(wrong, errors.New("redis forgets the queue when it dies: set appendonly yes"))
	}
	if v, ok := field(memory, "maxmemory_policy"); ok && v != "noeviction" {
		wrong = append(wrong, fmt.Errorf("redis drops tasks when memory is short (%s): set maxmemory-policy noeviction", v))
	}
	return errors.Join(wrong...)
}

// field finds one line of an INFO answer.
func field(info, name string) (string, bool) {
	for line := range strings.Lines(info) {
		if v, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}
