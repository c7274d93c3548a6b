package pipeline_test

import (
	"strings"
	"testing"

	"touchstone.internal/pipeline"
)

func TestCheckPassword(t *testing.T) {
	for password, said := range map[string]string{
		"umbrella teapot gravel": "", "utopia-specimen": "", "пароль из четырёх слов": "",
		"fourteen chars": "15 characters", strings.Repeat("abcde fghij ", 100): "1,024 bytes",
		"aaaaaaaaaaaaaaaaaaaa": "5 different", "1212 1212 1212 1212": "5 different", "                    ": "5 different",
		"Password-Password": "one of the first", "1234 5678 9012 345": "one of the first", "qwertyuiopASDFGH": "one of the first",
		"duty-officer duty-officer!": "one of the first",
	} {
		got := pipeline.CheckPassword("duty-officer", password)
		if said == "" && got != "" || !strings.Contains(got, said) {
			t.Errorf("%q: %q; want %q", password, got, said)
		}
	}
}

func TestCheckNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"duty-officer": true, "a": true, "0.b_c-d": true, strings.Repeat("a", 64): true,
		"": false, "Officer": false, "-a": false, "a b": false, "a:b": false, "é": false, strings.Repeat("a", 65): false,
	} {
		if got := pipeline.CheckName(name); (got == "") != ok {
			t.Errorf("name %q: %q", name, got)
		}
	}
	for title, ok := range map[string]bool{"": true, "Duty officer": true, "Ämter": true, "a\nb": false, "\u202eb": false, strings.Repeat("a", 101): false} {
		if got := pipeline.CheckTitle(title); (got == "") != ok {
			t.Errorf("title %q: %q", title, got)
		}
	}
}

func TestAccountIs(t *testing.T) {
	for _, role := range pipeline.Roles {
		if got := (pipeline.Account{Role: role}).Administers(); got != (role == pipeline.RoleAdministrator) {
			t.Errorf("%s administers: %v", role, got)
		}
	}
}
