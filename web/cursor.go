package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// A list is read page by page. Where the next page begins is a cursor: its
// reader hands it back as it is, and is told nothing by it.

// paging is which page of a list is asked for.
type paging struct {
	after string // key of the last item of the page before; empty for the first page
	limit int
}

// maxCursor bounds a cursor, in characters.
const maxCursor = 300

// encodeCursor makes a cursor of the key of a page's last item.
func encodeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// decodeCursor gives the key back.
func decodeCursor(cursor string) (key string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	return string(b), err == nil && len(cursor) <= maxCursor && utf8.Valid(b)
}

// wrongCursor is said of a cursor that no list has handed out.
const wrongCursor = "This is no place in the list. Begin again without the cursor"

// parsePaging reads cursor and limit.
func parsePaging(q url.Values) (p paging, errs []fieldError) {
	p.limit = pageLimit
	var ok bool
	if p.after, ok = decodeCursor(q.Get("cursor")); !ok {
		errs = append(errs, fieldError{"/cursor", wrongCursor})
	}
	if s := q.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if p.limit = n; err != nil || n < 1 || n > maxLimit {
			errs = append(errs, fieldError{"/limit", filterTexts["limit"]})
		}
	}
	return p, errs
}

// turn cuts a list that was read with one item more than asked for, and gives
// the cursor of the next page; empty on the last.
func turn[T any](items []T, p paging, key func(T) string) (page []T, next string) {
	if len(items) <= p.limit {
		return items, ""
	}
	return items[:p.limit], encodeCursor(key(items[p.limit-1]))
}

// nextAddress is where the next page of a list is.
func nextAddress(u *url.URL, next string) string {
	q := u.Query()
	q.Set("cursor", next)
	return u.Path + "?" + q.Encode()
}

// linkNext tells a client where the next page is (RFC 8288).
func linkNext(w http.ResponseWriter, r *http.Request, next string) {
	if next != "" {
		w.Header().Set("Link", "<"+nextAddress(r.URL, next)+`>; rel="next"`)
	}
}

// pageBody is one page of a list as the API gives it.
type pageBody[T any] struct {
	Data []T    `json:"data"`
	Next string `json:"next_cursor,omitempty"` // cursor of the next page
}

// pageOf writes items as the API gives them.
func pageOf[T, B any](items []T, next string, body func(T) B) pageBody[B] {
	page := pageBody[B]{Data: make([]B, len(items)), Next: next}
	for i, item := range items {
		page.Data[i] = body(item)
	}
	return page
}
