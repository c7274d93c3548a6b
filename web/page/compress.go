package page

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// jitter is by how many bytes at most the length of a compressed page is blurred.
const jitter = 32

// Compressor gives what lets a handler answer with a compressed page, where the
// browser takes one and somebody of this site asked for it.
//
// What a compressed page weighs tells whether two of its parts are alike (BREACH):
// who can make a browser fetch pages whose address holds guesses, and watches the
// line, could learn words of the page. So nothing is compressed that another site
// asked for, which a browser says in a header that no script can set; and the
// length is blurred besides. A browser that says nothing gets the page as it is.
func Compressor() (func(http.Handler) http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.RandomJitter(jitter, 0, true), gzhttp.ContentTypes([]string{"text/html"}))
	if err != nil {
		return nil, fmt.Errorf("set up compression of pages: %w", err)
	}
	return func(next http.Handler) http.Handler {
		compressed := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.Header.Get("Sec-Fetch-Site") {
			case "same-origin", "none": // from a page of this site, or typed
				compressed.ServeHTTP(w, r)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}, nil
}
