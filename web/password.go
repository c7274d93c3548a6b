package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"touchstone.internal/pipeline"
)

// The cost of a password: 19 MiB, two passes, one lane (OWASP's first
// recommendation for argon2id).
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKeyLen  = 32
	argonSaltLen = 16
)

// HashPassword makes the PHC string of argon2id that an account keeps.
func HashPassword(password string) string {
	var salt [argonSaltLen]byte
	_, _ = rand.Read(salt[:]) // never fails
	key := argon2.IDKey([]byte(password), salt[:], argonTime, argonMemory, argonThreads, argonKeyLen)
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, argonMemory, argonTime, argonThreads, enc(salt[:]), enc(key))
}

// phc is a password hash, taken apart.
type phc struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// parsePHC reads the PHC string of an account. The bounds keep one bad row
// from taking all memory.
func parsePHC(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, errors.New("a password hash is a PHC string of argon2id")
	}
	var version int
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &p.memory, &p.passes, &p.threads); err != nil {
		return p, errors.New("the parameters of the password hash cannot be read")
	}
	if version != argon2.Version || p.memory > 1<<18 || p.passes < 1 || p.passes > 10 || p.threads < 1 || p.threads > 16 {
		return p, errors.New("the parameters of the password hash are out of range")
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, errors.New("the salt of the password hash cannot be read")
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.key) < 16 || len(p.key) > 64 {
		return p, errors.New("the key of the password hash cannot be read")
	}
	return p, nil
}

// hashWait is how long somebody who signs in waits for others to be done.
const hashWait = 5 * time.Second

// hasher compares passwords, as many at a time as there are cores, which
// bounds memory too.
type hasher struct {
	slots chan struct{}
	decoy string // what a password is compared with if there is no account
}

func newHasher() *hasher {
	return &hasher{slots: make(chan struct{}, runtime.NumCPU()), decoy: HashPassword(rand.Text())}
}

// take waits for its turn, which give ends.
func (h *hasher) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return problemBusy()
	}
}

func (h *hasher) give() { <-h.slots }

// hash makes the PHC string of a new password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.take(ctx); err != nil {
		return "", err
	}
	defer h.give()
	return HashPassword(password), nil
}

// verify tells whether a password belongs to a PHC string. An empty string is
// an account that is not there: the answer is no, and takes as long.
func (h *hasher) verify(ctx context.Context, stored, password string) (bool, error) {
	exists := stored != ""
	if !exists {
		stored = h.decoy
	}
	p, err := parsePHC(stored)
	if err != nil {
		return false, fmt.Errorf("verify password: %w", err)
	}
	if err := h.take(ctx); err != nil {
		return false, err
	}
	defer h.give()
	if len(password) > pipeline.MaxPassword {
		password, exists = "", false
	}
	key := argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, uint32(len(p.key))) //nolint:gosec // 16 to 64
	return subtle.ConstantTimeCompare(key, p.key) == 1 && exists, nil
}
