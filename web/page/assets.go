package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// assetPath is where assets are served.
const assetPath = "/assets/"

// asset is one file as it is served.
type asset struct {
	address string // with the hash of its content
	kind    string
	plain   []byte
	gzipped []byte // nil where that saves nothing
}

// assets holds every asset twice: by its name, for the pages, and by the last
// part of its address, for the browser.
type assets struct {
	byName    map[string]*asset
	byAddress map[string]*asset
}

// kinds are the content types by ending; nothing else is served.
var kinds = map[string]string{ //nolint:gochecknoglobals // a table, never written
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// reference is how one asset names another, so that hashed addresses can be
// put in.
var reference = regexp.MustCompile(`"\./([a-z0-9.-]+)"`)

// loadAssets reads every file of a folder.
func loadAssets(folder fs.FS) (assets, error) {
	a := assets{byName: map[string]*asset{}, byAddress: map[string]*asset{}}
	names, err := fs.Glob(folder, "*")
	if err != nil {
		return a, fmt.Errorf("list assets: %w", err)
	}
	for _, name := range names {
		if err := a.load(folder, name, nil); err != nil {
			return a, err
		}
	}
	return a, nil
}

// load reads one asset, after those that it refers to: their addresses become
// part of its content. Above are the assets that wait for it.
func (a assets) load(folder fs.FS, name string, above []string) error {
	if a.byName[name] != nil {
		return nil
	}
	if slices.Contains(above, name) {
		return fmt.Errorf("asset %s refers to itself", name)
	}
	body, err := fs.ReadFile(folder, name)
	if err != nil {
		return fmt.Errorf("read asset: %w", err)
	}
	ext := path.Ext(name)
	if kinds[ext] == "" {
		return fmt.Errorf("asset %s has no content type", name)
	}
	if ext == ".css" || ext == ".js" {
		if body, err = a.resolve(folder, name, body, above); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(body)
	file := fmt.Sprintf("%s.%x%s", strings.TrimSuffix(name, ext), sum[:6], ext)
	made := &asset{address: assetPath + file, kind: kinds[ext], plain: body}
	if made.gzipped, err = squeeze(body); err != nil {
		return fmt.Errorf("compress asset %s: %w", name, err)
	}
	a.byName[name], a.byAddress[file] = made, made
	return nil
}

// resolve puts hashed addresses where a style sheet or script names other
// assets.
func (a assets) resolve(folder fs.FS, name string, body []byte, above []string) ([]byte, error) {
	var failed error
	body = reference.ReplaceAllFunc(body, func(m []byte) []byte {
		other := string(reference.FindSubmatch(m)[1])
		if err := a.load(folder, other, append(above, name)); err != nil {
			failed = err
			return m
		}
		return []byte(strconv.Quote(a.byName[other].address))
	})
	return body, failed
}

// squeeze compresses once, so that no request has to; nil if it saves nothing.
func squeeze(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("start gzip: %w", err)
	}
	if _, err := z.Write(body); err != nil {
		return nil, fmt.Errorf("write gzip: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("finish gzip: %w", err)
	}
	if b.Len() >= len(body)*9/10 {
		return nil, nil
	}
	return b.Bytes(), nil
}

// address gives the hashed address of an asset, for templates.
func (a assets) address(name string) (string, error) {
	found := a.byName[name]
	if found == nil {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return found.address, nil
}

// ServeHTTP serves an asset under its hashed address and nothing else. The
// address changes with the content, so a browser may keep it for good.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found := a.byAddress[strings.TrimPrefix(r.URL.Path, assetPath)]
	if found == nil {
		http.NotFound(w, r)
		return
	}
	h, body := w.Header(), found.plain
	h.Set("Content-Type", found.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	if found.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = found.gzipped
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser went away: nobody to tell
	}
}

// acceptsGzip tells whether a browser takes gzip; one that gives it no weight
// at all does not.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, "gzip") {
			weight = strings.ReplaceAll(weight, " ", "")
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}
