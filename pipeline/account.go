package pipeline

import (
	"fmt"
	"slices"
	"strings"
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
	PasswordHash string // PHC string of argon2id
}
