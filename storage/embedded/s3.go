package embedded

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"touchstone.internal/storage/blob"
)

// s3Env hands the child its settings: an environment is read by its owner
// alone, an argument by everybody.
const s3Env = "TOUCHSTONE_EMBEDDED_S3"

// bucket is the one that StartS3 speaks of.
const bucket = "touchstone"

// healthPath answers without keys.
const healthPath = "/healthz"

// s3Config is what the child must know.
type s3Config struct {
	Dir       string `json:"dir"` // absolute
	Address   string `json:"address"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// s3Settings are kept in the file settings.json, so that address and keys
// stay what they were.
type s3Settings struct {
	Port      int    `json:"port"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// S3 is a running object store.
type S3 struct {
	*service
	url string
}

// URL is the address for blob.ParseURL. It holds the secret key.
func (s *S3) URL() string { return s.url }

// StartS3 starts the program exe again as "exe s3", which must call ServeS3,
// on a loopback port. Everything is kept in dir.
func StartS3(ctx context.Context, exe, dir string, log *slog.Logger) (*S3, error) {
	if err := canServeS3(); err != nil {
		return nil, err
	}
	dir, err := makeDir(dir)
	if err != nil {
		return nil, fmt.Errorf("start object store: %w", err)
	}
	settings, err := loadS3Settings(ctx, filepath.Join(dir, "settings.json"))
	if err != nil {
		return nil, fmt.Errorf("start object store: %w", err)
	}
	cfg := s3Config{Dir: dir, Address: loopback(settings.Port), AccessKey: settings.AccessKey, SecretKey: settings.SecretKey}
	env, err := json.Marshal(cfg) //nolint:gosec // for the child's eyes alone
	if err != nil {
		return nil, fmt.Errorf("start object store: %w", err)
	}
	s := &S3{
		url: blob.Config{Endpoint: cfg.Address, Bucket: bucket, AccessKey: cfg.AccessKey, SecretKey: cfg.SecretKey}.URL(),
		service: &service{
			name: "object store", dir: dir, log: log,
			command: func(ctx context.Context) *exec.Cmd {
				cmd := exec.CommandContext(ctx, exe, "s3")
				cmd.Env = []string{s3Env + "=" + string(env)}
				return cmd
			},
			ready: func(ctx context.Context) error { return askHealth(ctx, cfg.Address) },
		},
	}
	if err := s.start(ctx); err != nil {
		return nil, fmt.Errorf("start object store: %w", err)
	}
	return s, nil
}

// loadS3Settings reads the settings or makes them up, and changes the port if
// somebody else has it now.
func loadS3Settings(ctx context.Context, path string) (s s3Settings, err error) {
	b, err := os.ReadFile(path) //nolint:gosec // a file of our own
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s = s3Settings{AccessKey: rand.Text(), SecretKey: rand.Text()}
	case err != nil:
		return s, err
	default:
		if err := json.Unmarshal(b, &s); err != nil {
			return s, fmt.Errorf("read %s: %w", filepath.Base(path), err)
		}
	}
	port, err := freePort(ctx, s.Port)
	if err != nil || port == s.Port {
		return s, err
	}
	s.Port = port
	if b, err = json.Marshal(s); err != nil { //nolint:gosec // for a file that its owner alone can read
		return s, err
	}
	return s, writeFile(path, b)
}

// askHealth tells whether the store answers.
func askHealth(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+healthPath, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the object store answers %s", resp.Status)
	}
	return nil
}
