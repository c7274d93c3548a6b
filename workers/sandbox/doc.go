// Package sandbox reads untrusted pictures in child processes that can do
// nothing else: no network, no file system, no other process, bounded memory
// and time. The parent side is Pool, a pipeline.Screener; the child side is
// Serve, which the same program runs under a hidden subcommand.
//
// One child reads one document and dies, so that no document can touch the
// reading of the next. Children are started and warmed up in advance, so that
// this costs no waiting. A child that crashes, hangs, needs too much memory or
// answers oddly ends in a report that says so: a person looks at the document.
//
// What locks the child in, in the order of Confine: Landlock (no path can be
// opened), resource limits, no core dump and no debugger, and a seccomp filter
// that kills the process at the first system call outside a short list. There
// is no best effort: where the kernel lacks one of them, Serve refuses to
// start, and Supported says why.
//
// The package knows no image format and no check; it moves bytes and judges
// the shape of answers.
package sandbox
