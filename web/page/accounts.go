package page

import "touchstone.internal/pipeline"

// Accounts is the view of "accounts": who can come in, and the form for another.
type Accounts struct {
	Accounts    []pipeline.Account
	Next        string           // address of the next page of the list; empty on the last
	Made        pipeline.Account // the one that was added a moment ago, with its password
	Password    string
	Name, Title string // as it was filled in
	Role        pipeline.Role
	Errors      []Error
}

// AccountEdit is the view of "account-edit": one account and what can be changed.
type AccountEdit struct {
	Account  pipeline.Account
	Last     bool   // nobody else can let others in
	Password string // the one-time password that was set a moment ago
	Errors   []Error
}

// accountState says whether an account can come in.
func accountState(a pipeline.Account) label {
	switch {
	case a.Locked():
		return label{"Locked", "red"}
	case !a.OneTimeUntil.IsZero():
		return label{"One-time password", "yellow"}
	}
	return label{"Open", "green"}
}

// oneTimeSecret is a password that is shown once.
type oneTimeSecret struct{ Name, Password string }

func oneTime(a pipeline.Account, password string) oneTimeSecret {
	return oneTimeSecret{a.Name, password}
}

// roleField is the field for a role.
type roleField struct {
	Options []option
	Error   string
}

// roleChoice offers the roles that people can have.
func roleChoice(chosen pipeline.Role, errs []Error) roleField {
	all := [][2]string{{"", "Choose a role"}}
	for _, r := range pipeline.Roles {
		if r != pipeline.RoleMachine {
			all = append(all, [2]string{string(r), upper(roles[r])})
		}
	}
	return roleField{options(string(chosen), all), errorOn("role", errs)}
}
