package sandbox

import (
	"fmt"
	"io"
	"os"
	"time"

	"touchstone.internal/pipeline"
)

// Handler reads one picture and gives its report and its upright page. It runs
// in the locked-in child: whatever it needs of the file system must have been
// loaded by the setup that made it.
type Handler func(raw []byte, h Header) (pipeline.Report, pipeline.Rendition)

// Serve is the life of a child: it runs setup, locks itself in, says that it is
// ready, answers one request and returns. An error of setup, or of a kernel
// that cannot lock it in, is told to the parent too. The caller must end the
// process afterwards, since it can do nothing any more.
func Serve(setup func() (Handler, error)) error {
	handle, err := lockedIn(setup)
	if err != nil {
		if said := sayFailed(os.Stdout, err); said != nil {
			return fmt.Errorf("%w; tell the parent: %w", err, said)
		}
		return err
	}
	return serveOne(os.Stdin, os.Stdout, handle)
}

// sayFailed tells the parent why this child will not be ready.
func sayFailed(out io.Writer, why error) error {
	if _, err := out.Write([]byte{failedMark}); err != nil {
		return err
	}
	text := why.Error()
	return writeFrame(out, []byte(text[:min(len(text), maxFailure)]))
}

// lockedIn prepares the handler, then gives up everything else.
func lockedIn(setup func() (Handler, error)) (Handler, error) {
	handle, err := setup()
	if err != nil {
		return nil, fmt.Errorf("set up the reader: %w", err)
	}
	time.Sleep(time.Millisecond) // makes the runtime open its poller while it can
	if err := Confine(); err != nil {
		return nil, err
	}
	return handle, nil
}

// serveOne answers one request.
func serveOne(in io.Reader, out io.Writer, handle Handler) error {
	if _, err := out.Write([]byte{readyMark}); err != nil {
		return fmt.Errorf("say ready: %w", err)
	}
	h, raw, err := readRequest(in)
	if err == io.EOF { //nolint:errorlint // io.ReadFull gives it bare
		return nil // the parent had no work for this child
	}
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	report, rendition := handle(raw, h)
	if err := writeAnswer(out, report, rendition); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}
