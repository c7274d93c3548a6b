// Package page renders the desk's pages: what an officer, a reviewer and an
// operator look at, in words first. It decides nothing: it shows what it is
// given and says where the reader can go. Every page works without JavaScript;
// the small scripts beside it add live progress, uploads that can be tried
// again and a closer look at the picture.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"reflect"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

// views tells which view each page shows.
var views = map[string]reflect.Type{ //nolint:gochecknoglobals // a table, never written
	"sign-in":    reflect.TypeFor[SignIn](),
	"tokens":     reflect.TypeFor[Tokens](),
	"webhooks":   reflect.TypeFor[Webhooks](),
	"webhook":    reflect.TypeFor[Webhook](),
	"audit":      reflect.TypeFor[Audit](),
	"account":    reflect.TypeFor[Account](),
	"home":       reflect.TypeFor[Home](),
	"encounter":  reflect.TypeFor[Encounter](),
	"upload":     reflect.TypeFor[Upload](),
	"received":   reflect.TypeFor[Received](),
	"documents":  reflect.TypeFor[Documents](),
	"document":   reflect.TypeFor[Document](),
	"examine":    reflect.TypeFor[Document](),
	"review":     reflect.TypeFor[Review](),
	"queue":      reflect.TypeFor[Queue](),
	"board":      reflect.TypeFor[Board](),
	"decisions":  reflect.TypeFor[Decisions](),
	"typed-zone": reflect.TypeFor[TypedZone](),
	"search":     reflect.TypeFor[Search](),
	"found":      reflect.TypeFor[Found](),
	"help":       reflect.TypeFor[Help](),
	"people":     reflect.TypeFor[People](),
	"person":     reflect.TypeFor[Person](),
	"movement":   reflect.TypeFor[Movement](),
	"incident":   reflect.TypeFor[Incident](),
	"incidents":  reflect.TypeFor[Incidents](),
	"refer":      reflect.TypeFor[Refer](),
	"referral":   reflect.TypeFor[Referral](),
	"referrals":  reflect.TypeFor[Referrals](),
	"overdue":    reflect.TypeFor[Overdue](),
	"recipients": reflect.TypeFor[Recipients](),
	"threat":     reflect.TypeFor[Threat](),
	"records":    reflect.TypeFor[Records](),
	"series":     reflect.TypeFor[Series](),
	"all-series": reflect.TypeFor[AllSeries](),
	"safety":     reflect.TypeFor[Safety](),
	"status":     reflect.TypeFor[Status](),
	"problem":    reflect.TypeFor[Problem](),
	"problems":   reflect.TypeFor[Problems](),

	"accounts":     reflect.TypeFor[Accounts](),
	"account-edit": reflect.TypeFor[AccountEdit](),
}

// Pages holds every page, parsed, and the assets that they refer to. It is
// safe for use by many requests at once.
type Pages struct {
	pages  map[string]*template.Template
	assets assets
}

// Load parses every page and prepares every asset. An error is a mistake in
// the program.
func Load() (*Pages, error) {
	folder, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		return nil, fmt.Errorf("open assets: %w", err)
	}
	a, err := loadAssets(folder)
	if err != nil {
		return nil, fmt.Errorf("load assets: %w", err)
	}
	frame, err := template.New("layout.html").Funcs(functions(a)).Funcs(frameFunctions()).Funcs(preparers()).Funcs(peopleFunctions()).Funcs(threatFunctions()).Funcs(movementFunctions()).Funcs(linkFunctions()).Funcs(seriesFunctions()).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/saved.html", "templates/viewer.html")
	if err != nil {
		return nil, fmt.Errorf("parse frame: %w", err)
	}
	p := &Pages{pages: map[string]*template.Template{}, assets: a}
	for name := range views {
		t, err := frame.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy frame for %s: %w", name, err)
		}
		if p.pages[name], err = t.ParseFS(templateFiles, "templates/"+name+".html"); err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
	}
	return p, nil
}

// content is what a template sees.
type content struct {
	Shell Shell
	View  any
	Name  string // of the page
}

// Render writes a page. The view is the one that the page's name stands for,
// or a pointer to it. Nothing is written if there is an error.
func (p *Pages) Render(w io.Writer, name string, shell Shell, view any) error {
	want, ok := views[name]
	if !ok {
		return fmt.Errorf("there is no page %q", name)
	}
	v := reflect.Indirect(reflect.ValueOf(view))
	if !v.IsValid() || v.Type() != want {
		return fmt.Errorf("page %s shows a %s, not a %T", name, want, view)
	}
	var b bytes.Buffer
	if err := p.pages[name].Execute(&b, content{Shell: shell, View: v.Interface(), Name: name}); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	if shell.Print {
		b = *bytes.NewBuffer(unfold(b.Bytes()))
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// Assets serves style sheets, scripts, the font and the icon below /assets/.
func (p *Pages) Assets() http.Handler { return p.assets }
