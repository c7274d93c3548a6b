package main

import (
	"context"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	compose "github.com/compose-spec/compose-go/v2/cli"
	dockerfile "github.com/moby/buildkit/frontend/dockerfile/parser"
)

// root is the top of the repository, seen from this package.
const root = "../.."

// TestDependencyRule holds the one rule of imports: pipeline <- checks,
// storage, workers, web <- cmd, and no arrow between the four in the middle.
func TestDependencyRule(t *testing.T) {
	const module = "touchstone.internal/"
	forbidden := map[string][]string{
		"pipeline":         {module + "checks", module + "storage", module + "workers", module + "web", module + "cmd", "net", "os/exec", "database/sql", "log/slog"},
		"pipeline/explain": {module + "pipeline/prepare", module + "pipeline/zone", module + "pipeline/ocr", module + "checks", "net", "os/exec", "database/sql", "log/slog"},
		"pipeline/mrz":     {module + "pipeline/text", "net", "database/sql"},
		"checks":           {module + "storage", module + "workers", module + "web", module + "cmd", module + "pipeline/prepare", module + "pipeline/ocr", "net", "os/exec", "database/sql", "runtime/cgo"},
		"storage/...":      {module + "checks", module + "workers", module + "web", module + "cmd", module + "pipeline/prepare", module + "pipeline/ocr"},
		"workers/...":      {module + "checks", module + "storage", module + "web", module + "cmd", module + "pipeline/prepare", module + "pipeline/ocr"},
		"web":              {module + "checks", module + "storage", module + "workers", module + "cmd", module + "pipeline/prepare", module + "pipeline/ocr"},
		"pipeline/prepare": {module + "checks", module + "storage", module + "workers", module + "web", "net/http", "database/sql"},
	}
	for pkg, bad := range forbidden {
		t.Run(pkg, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./"+pkg)
			cmd.Dir = root
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("list the imports of %s: %v", pkg, err)
			}
			for dep := range strings.Lines(string(out)) {
				dep = strings.TrimSpace(dep)
				if slices.ContainsFunc(bad, func(b string) bool {
					return dep == b || strings.HasPrefix(dep, module) && strings.HasPrefix(dep, b+"/")
				}) {
					t.Errorf("%s must not reach %s", pkg, dep)
				}
			}
		})
	}
}

// goFiles lists the project's own Go files without tests.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, top := range []string{"cmd", "pipeline", "checks", "workers", "storage", "fixtures", "web"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, _ os.DirEntry, err error) error {
			if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 30 {
		t.Fatalf("found %d Go files: the walk is broken", len(files))
	}
	return files
}

// TestForm holds what a reader relies on: no function over 60 lines, every
// package and every exported name documented.
func TestForm(t *testing.T) {
	fset := token.NewFileSet()
	documented := map[string]bool{}
	for _, name := range goFiles(t) {
		f, err := goparser.ParseFile(fset, name, nil, goparser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		documented[filepath.Dir(name)] = documented[filepath.Dir(name)] || f.Doc != nil
		for _, decl := range f.Decls {
			checkDecl(t, fset, decl)
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: the package has no comment", dir)
		}
	}
}

func checkDecl(t *testing.T, fset *token.FileSet, decl ast.Decl) {
	t.Helper()
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if lines := fset.Position(d.End()).Line - fset.Position(d.Pos()).Line + 1; lines > 60 {
			t.Errorf("%s: %s has %d lines", fset.Position(d.Pos()), d.Name.Name, lines)
		}
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			t.Errorf("%s: %s has no comment", fset.Position(d.Pos()), d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
					t.Errorf("%s: %s has no comment", fset.Position(s.Pos()), s.Name.Name)
				}
			case *ast.ValueSpec:
				if s.Names[0].IsExported() && s.Doc == nil && d.Doc == nil && s.Comment == nil {
					t.Errorf("%s: %s has no comment", fset.Position(s.Pos()), s.Names[0].Name)
				}
			}
		}
	}
}

// exportedReceiver tells whether a reader of the package's documentation would
// see the function.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// TestCompose loads docker-compose.yml as Compose itself does.
func TestCompose(t *testing.T) {
	opts, err := compose.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")},
		compose.WithEnv([]string{"POSTGRES_PASSWORD=a", "S3_ACCESS_KEY=b", "S3_SECRET_KEY=c"}))
	if err != nil {
		t.Fatal(err)
	}
	project, err := opts.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"desk", "postgres", "redis", "s3", "worker"}
	if got := project.ServiceNames(); !slices.Equal(got, want) {
		t.Errorf("services are %v; want %v", got, want)
	}
	for name, s := range project.Services {
		if strings.HasPrefix(s.Image, "minio/") {
			t.Errorf("%s uses %s, which is no longer maintained", name, s.Image)
		}
	}
}

// TestComposeWantsSecrets sees that nobody starts production with a default key.
func TestComposeWantsSecrets(t *testing.T) {
	opts, err := compose.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opts.LoadProject(context.Background()); err == nil {
		t.Error("the file loads without any secret")
	}
}

// TestDockerfile parses the Dockerfile with BuildKit's own parser.
func TestDockerfile(t *testing.T) {
	f, err := os.Open(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	result, err := dockerfile.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	var stages int
	for _, n := range result.AST.Children {
		if strings.EqualFold(n.Value, "from") {
			stages++
		}
	}
	if stages != 2 {
		t.Errorf("%d stages; want a build stage and a small last one", stages)
	}
}

// TestReadmeLinks follows every link of the README and CONTRIBUTING into the
// repository.
func TestReadmeLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, page := range []string{"README.md", "CONTRIBUTING.md"} {
		b, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}
