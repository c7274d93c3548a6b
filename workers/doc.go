// Package workers takes documents from the queue, has them screened and stores
// what came out.
//
// The database is the truth and the queue only a doorbell. A task may come
// late, twice, or never: a worker claims the document in the database under a
// lease before it does anything, and nothing but the holder of the claim can
// finish it. Documents that nobody rings for are found by the sweeper, so that
// an emptied Redis loses nothing.
//
// There is no renewal of leases. Whatever a task does ends before its lease
// (see Config.Lease), and the reader ends long before, so a lease that runs out
// means that its worker died. After three tries that died the document gets a
// report that says so, and a person looks at it.
//
// The package decodes no picture and knows no check; that happens behind
// pipeline.Screener.
package workers
