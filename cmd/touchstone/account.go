package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/term"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/db"
	"touchstone.internal/web"
)

// accountCmd adds an account, or changes one that is there.
type accountCmd struct {
	Name   string `arg:"" help:"What the person signs in with."`
	Lock   bool   `xor:"do" help:"Lock an account that is there: it is signed out everywhere and cannot come in."`
	Unlock bool   `xor:"do" help:"Unlock it."`
	Reset  bool   `xor:"do" help:"Set another password, which has to be changed within 3 days."`
	Role   string `enum:"officer,reviewer,safeguarding,analyst,supervisor,auditor,operator,administrator" default:"officer" help:"One of ${enum}."`
	Title  string `help:"What screens call the account, such as 'Duty officer'. Default: the name."`
	databaseFlag
}

// databaseFlag is the flag of every command that needs the database.
type databaseFlag struct {
	Database string `default:"sqlite://touchstone-data/touchstone.db" placeholder:"URL" help:"Database: postgres://... or sqlite://path. Default: ${default}." env:"TOUCHSTONE_DATABASE"`
}

// Help is the long text of `touchstone account --help`.
func (accountCmd) Help() string {
	return "The password is asked for on a terminal, or read as one line from standard input."
}

// Run does what the flags say; without one it adds an account.
func (c *accountCmd) Run(ctx context.Context, std streams) error {
	if c.Lock || c.Unlock || c.Reset {
		return c.change(ctx, std)
	}
	return c.add(ctx, std)
}

// change changes an account that is there.
func (c *accountCmd) change(ctx context.Context, std streams) error {
	name, done := strings.ToLower(c.Name), "Unlocked"
	var password string
	var err error
	if c.Reset {
		if password, err = readPassword(std); err != nil {
			return err
		}
		if wrong := pipeline.CheckPassword(name, password); wrong != "" {
			return errors.New(wrong)
		}
	}
	store, err := db.OpenExisting(ctx, c.Database)
	if err != nil {
		return err
	}
	defer store.Close()
	switch d := deed(); {
	case c.Reset:
		done = "Set another password for"
		err = store.SetPassword(ctx, name, pipeline.Password{Hash: web.HashPassword(password), OneTimeUntil: d.At.Add(pipeline.OneTime)}, d)
	case c.Lock:
		done = "Locked"
		err = store.LockAccount(ctx, name, true, d)
	default:
		err = store.LockAccount(ctx, name, false, d)
	}
	switch {
	case errors.Is(err, pipeline.ErrNotFound):
		return fmt.Errorf("there is no account %s", printable(name))
	case errors.Is(err, pipeline.ErrLastAdministrator):
		return errors.New("this is the last administrator: add another first, with --role administrator")
	case err != nil:
		return err
	}
	fmt.Fprintf(std.out, "%s %s.\n", done, name)
	return nil
}

// add reads the password and stores its hash.
func (c *accountCmd) add(ctx context.Context, std streams) error {
	role, err := pipeline.ParseRole(c.Role)
	if err != nil {
		return err
	}
	password, err := readPassword(std)
	if err != nil {
		return err
	}
	store, err := db.OpenExisting(ctx, c.Database)
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

// checkAccount tells what is wrong with a new account.
func checkAccount(name, title, password string) error {
	for _, wrong := range []string{pipeline.CheckName(name), pipeline.CheckTitle(title), pipeline.CheckPassword(name, password)} {
		if wrong != "" {
			return errors.New(wrong)
		}
	}
	return nil
}

// deed is what somebody with a terminal on this machine does.
func deed() pipeline.Deed {
	return pipeline.Deed{By: pipeline.Actor{Account: "terminal", Role: pipeline.RoleSystem}, At: time.Now().UTC()}
}

func addAccount(ctx context.Context, accounts pipeline.Accounts, name, title string, role pipeline.Role, password string) error {
	if title == "" {
		title = name
	}
	name = strings.ToLower(name)
	if err := checkAccount(name, title, password); err != nil {
		return err
	}
	a := pipeline.Account{Name: name, Title: title, Role: role, PasswordHash: web.HashPassword(password)}
	if err := accounts.CreateAccount(ctx, a, deed()); err != nil {
		if errors.Is(err, pipeline.ErrConflict) {
			return errAccountExists
		}
		return err
	}
	return nil
}

// readPassword asks without echo on a terminal and reads one line otherwise.
func readPassword(std streams) (string, error) {
	if f, ok := std.in.(interruptible); ok && term.IsTerminal(int(f.Fd())) {
		return askPassword(f, std.err)
	}
	line, err := bufio.NewReader(std.in).ReadString('\n')
	if errors.Is(err, context.Canceled) {
		return "", err
	}
	if line == "" && err != nil {
		return "", errors.New("give the password as one line on standard input")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// askPassword reads from a terminal that does not show what is typed. On
// Ctrl-C the terminal gets its echo back.
func askPassword(f interruptible, out io.Writer) (string, error) {
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	type answer struct {
		password []byte
		err      error
	}
	typed := make(chan answer, 1)
	fmt.Fprint(out, "Password: ")
	go func() {
		b, err := term.ReadPassword(int(f.Fd()))
		typed <- answer{b, err}
	}()
	defer fmt.Fprintln(out)
	select {
	case a := <-typed:
		return string(a.password), a.err
	case <-f.ctx.Done():
		return "", errors.Join(f.ctx.Err(), term.Restore(int(f.Fd()), before))
	}
}
