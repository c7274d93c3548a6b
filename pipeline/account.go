package pipeline

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Role decides what an account may do.
type Role string

// The roles. One account has one role, so that nobody checks their own work.
const (
	RoleOfficer       Role = "officer"
	RoleReviewer      Role = "reviewer"
	RoleSafeguarding  Role = "safeguarding" // safeguarding lead
	RoleAnalyst       Role = "analyst"
	RoleSupervisor    Role = "supervisor"
	RoleAuditor       Role = "auditor"
	RoleOperator      Role = "operator"
	RoleAdministrator Role = "administrator"
	RoleMachine       Role = "machine" // another system, by the API alone
	RoleSystem        Role = "system"  // workers and sweeper; no account has it
)

// Roles are those that an account can have.
//
//nolint:gochecknoglobals // a table, never written
var Roles = []Role{
	RoleOfficer, RoleReviewer, RoleSafeguarding, RoleAnalyst, RoleSupervisor, RoleAuditor, RoleOperator, RoleAdministrator, RoleMachine,
}

// ParseRole reads a role that came from outside.
func ParseRole(s string) (Role, error) {
	if !slices.Contains(Roles, Role(s)) { // the system has no account
		names := make([]string, len(Roles))
		for i, r := range Roles {
			names[i] = string(r)
		}
		return "", fmt.Errorf("a role is one of %s", strings.Join(names, ", "))
	}
	return Role(s), nil
}

// Account is somebody who can sign in.
type Account struct {
	Name         string // what they sign in with; lower case
	Title        string // what screens call them: "Duty officer"
	Role         Role
	PasswordHash string    // PHC string of argon2id; empty if no password opens it
	LockedAt     time.Time // zero unless locked
	OneTimeUntil time.Time // end of a password that somebody else has set; zero if it is their own
	NeedToKnow   bool      // sees the referrals that only those see who need to know
	Epoch        int64     // goes up with all that ends the sessions
}

// Locked tells whether nobody can sign in with the account.
func (a Account) Locked() bool { return !a.LockedAt.IsZero() }

// Administers tells whether the account can let others in.
func (a Account) Administers() bool { return a.Role == RoleAdministrator && !a.Locked() }

// Password is what is kept of a password.
type Password struct {
	Hash         string
	OneTimeUntil time.Time // zero if whoever uses it chose it
}

// OneTime is how long somebody has to change a password that was set for them.
const OneTime = 72 * time.Hour

// ErrLastAdministrator says that nobody would be left to let others in.
var ErrLastAdministrator = errors.New("the last administrator remains")

// AccountObject is what the audit log calls an account.
func AccountObject(name string) string { return "account:" + name }

// The bounds of a password (NIST SP 800-63B-4, 3.1.1.2).
const (
	MinPassword = 15
	MaxPassword = 1024 // bytes
)

// accountName is what can be typed on a sign-in page and in HTTP Basic alike.
var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// CheckName tells what is wrong with the name of an account; empty if nothing.
func CheckName(name string) string {
	if !accountName.MatchString(name) {
		return "Account name must have letters, digits, '.', '_' and '-' only, begin with a letter or digit, and be 64 characters or less"
	}
	return ""
}

// MaxTitle is the length of a title, in bytes.
const MaxTitle = 100

// CheckTitle tells what is wrong with what screens shall call an account; empty
// if nothing.
func CheckTitle(title string) string {
	if len(title) > MaxTitle || strings.ContainsFunc(title, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "Title must be 100 characters or less, and have none that cannot be printed"
	}
	return ""
}

// CheckPassword tells what is wrong with a password that somebody chooses for
// an account; empty if nothing.
func CheckPassword(name, password string) string {
	plain := plainWord(password)
	switch {
	case len([]rune(password)) < MinPassword:
		return "Password must be 15 characters or more"
	case len(password) > MaxPassword:
		return "Password must be 1,024 bytes or less"
	case differentRunes(plain) < 5:
		return "Password must have at least 5 different letters or digits"
	case slices.Contains(commonPasswords, plain), strings.ReplaceAll(plain, plainWord(name), "") == "":
		return "This password is one of the first that others would try. Choose another, for example 4 words that have nothing to do with each other"
	}
	return ""
}

// plainWord is a password without what people add to a word that they know.
func plainWord(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func differentRunes(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// commonPasswords are those of 15 letters and digits or more that stand high in
// the lists that guessing begins with, without case and signs.
//
//nolint:gochecknoglobals // a table, never written
var commonPasswords = strings.Fields(`
	passwordpassword password12345678 123456789012345 1234567890123456 12345678901234567890 1234567890qwerty
	qwertyuiop12345 qwertyuiop123456 qwertyuiop1234567890 qwertyuiopasdfgh qwertyuiopasdfghjkl
	qwertyuiopasdfghjklzxcvbnm 1qaz2wsx3edc4rfv 1qaz2wsx3edc4rfv5tgb 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p
	abcdefghijklmno abcdefghijklmnop abcdefghijklmnopqrstuvwxyz letmeinletmein1 iloveyouiloveyou
	administrator123 administratoradministrator changemechangeme welcomewelcome1 correcthorsebatterystaple
	touchstonetouchstone passwordpassword1 thisisapassword thisismypassword mypasswordis123
	qazwsxedcrfvtgb qazwsxedcrfvtgbyhnujm asdfghjklzxcvbnm zxcvbnmasdfghjkl 112233445566778899 123123123123123
	trustno1trustno1 supercalifragilisticexpialidocious`)

// Deed is who changes something, and when.
type Deed struct {
	By Actor
	At time.Time
}
