package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/db"
	"touchstone.internal/web"
)

// accountCmd adds an account.
type accountCmd struct {
	Name  string `arg:"" help:"What the person signs in with."`
	Role  string `enum:"officer,reviewer,operator" default:"officer" help:"officer, reviewer or operator."`
	Title string `help:"What screens call the account, such as 'Duty officer'. Default: the name."`
	databaseFlag
}

// databaseFlag is the flag of every command that needs the database.
type databaseFlag struct {
	Database string `default:"sqlite://touchstone-data/touchstone.db" placeholder:"URL" help:"Database: postgres://... or sqlite://path." env:"TOUCHSTONE_DATABASE"`
}

// Help is the long text of `touchstone account --help`.
func (accountCmd) Help() string {
	return "The password is asked for on a terminal, or read as one line from standard input."
}

// Run reads the password and stores its hash.
func (c *accountCmd) Run(ctx context.Context, std streams) error {
	role, err := pipeline.ParseRole(c.Role)
	if err != nil {
		return err
	}
	password, err := readPassword(std)
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, c.Database)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := addAccount(ctx, store, c.Name, c.Title, role, password); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Added the %s %s.\n", role, strings.ToLower(c.Name))
	return nil
}

// errAccountExists says that the name is taken.
var errAccountExists = errors.New("there is an account of that name")

// minPassword is the least length of a password (NIST SP 800-63B-4, 3.1.1.2).
const minPassword = 15

func addAccount(ctx context.Context, accounts pipeline.Accounts, name, title string, role pipeline.Role, password string) error {
	if len([]rune(password)) < minPassword {
		return fmt.Errorf("the password must have at least %d characters", minPassword)
	}
	if title == "" {
		title = name
	}
	a := pipeline.Account{Name: strings.ToLower(name), Title: title, Role: role, PasswordHash: web.HashPassword(password)}
	if err := accounts.CreateAccount(ctx, a); err != nil {
		if errors.Is(err, pipeline.ErrConflict) {
			return errAccountExists
		}
		return err
	}
	return nil
}

// readPassword asks without echo on a terminal and reads one line otherwise.
func readPassword(std streams) (string, error) {
	if f, ok := std.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(std.err, "Password: ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(std.err)
		return string(b), err
	}
	line, err := bufio.NewReader(std.in).ReadString('\n')
	if line == "" && err != nil {
		return "", errors.New("give the password as one line on standard input")
	}
	return strings.TrimRight(line, "\r\n"), nil
}
