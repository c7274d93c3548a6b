// Package pipeline holds the nouns of document screening and the pure rules
// between them: what a document is, what a check may look at, what it may
// answer, and how answers become one screening outcome.
//
// A document goes one way:
//
//	upload -> original in the blob store -> record in the database -> task
//	task -> worker claims it -> child process reads and checks it -> report
//	report -> screening outcome -> officer, reviewers, threat area
//
// Everything else in the module imports this package; this package imports the
// standard library alone, and of that nothing that does input or output, logs
// or looks at a clock. It judges documents and never persons: there is no type
// here that could hold a judgement on a person.
package pipeline
