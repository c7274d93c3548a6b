package pipeline

import (
	"context"
	"time"
)

// Token is what another system comes in with, in place of a password. Its
// secret is shown once and kept as a hash.
type Token struct {
	ID        string
	Account   string // of the role machine
	MadeBy    string
	MadeAt    time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero until then; to the minute
	RevokedAt time.Time // zero unless revoked
}

// Good tells whether the token opens anything.
func (t Token) Good(now time.Time) bool { return t.RevokedAt.IsZero() && now.Before(t.ExpiresAt) }

// TokenObject is what the audit log calls a token.
func TokenObject(id string) string { return "token:" + id }

// LongestToken is how long a token can be good for.
const LongestToken = 366 * 24 * time.Hour

// Tokens keeps the tokens of other systems. Every method that changes something
// writes its audit entry in the same transaction.
type Tokens interface {
	// CreateToken keeps a token, and adds its account if there is none of that
	// name; ErrConflict if a person has it.
	CreateToken(ctx context.Context, t Token, secret string, d Deed) error
	// FindToken gives the token of a secret; ErrNotFound if there is none.
	FindToken(ctx context.Context, secret string) (Token, error)
	// ListTokens gives tokens, the newest first, beginning after one.
	ListTokens(ctx context.Context, after string, limit int) ([]Token, error)
	// UseToken notes that a token was used.
	UseToken(ctx context.Context, id string, now time.Time) error
	// RevokeToken ends a token; ErrNotFound if there is none.
	RevokeToken(ctx context.Context, id string, d Deed) error
}
