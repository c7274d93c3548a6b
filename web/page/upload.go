package page

import "touchstone.internal/pipeline"

// captureOptions are the answers to the question how the images came to be, the
// commonest first. None is chosen beforehand: a wrong one moves what the checks
// can claim.
func captureOptions(now string) []option {
	return options(now, [][2]string{
		{string(pipeline.CapturePhoto), "I photographed the original"},
		{string(pipeline.CaptureScanner), "I scanned the original on a flatbed scanner"},
		{string(pipeline.CaptureReader), "A full-page passport reader took them"},
		{string(pipeline.CaptureChip), "A full-page passport reader took them and read the chip"},
		{string(pipeline.CaptureExaminer), "A document examiner took them with an instrument"},
		{string(pipeline.CaptureCopy), "I was given a copy, such as a file, a photocopy or a picture on a phone"},
	})
}
