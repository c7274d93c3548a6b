package page

import (
	"time"

	"touchstone.internal/pipeline"
)

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

// channelOptions are the answers to the question where the person is.
func channelOptions(now string) []option {
	return options(now, [][2]string{
		{string(pipeline.ChannelPrimary), "At the desk, with a queue behind them"},
		{string(pipeline.ChannelSecondLine), "Taken aside, waiting"},
		{string(pipeline.ChannelCustody), "In custody"},
		{string(pipeline.ChannelInCountry), "Nobody is waiting: post, a visit or a search"},
	})
}

// channelWords say where the person of an encounter is, in running text.
var channelWords = map[pipeline.Channel]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.ChannelPrimary: "at the desk", pipeline.ChannelSecondLine: "taken aside",
	pipeline.ChannelCustody: "in custody", pipeline.ChannelInCountry: "nobody waiting",
}

// EncounterSummary is an encounter in one line: "NPT, taken aside, today at
// 1:48pm, 1 person".
func EncounterSummary(now time.Time, e pipeline.Encounter) string {
	return e.Site + ", " + channelWords[e.Channel] + ", " + lately(now, e.OpenedAt) + ", " + count(e.People, "person", "people")
}

// lately says a time of today without its day.
func lately(now, t time.Time) string {
	t = t.In(now.Location())
	if y, m, d := t.Date(); now.Year() == y && now.Month() == m && now.Day() == d {
		return "today at " + t.Format("3:04pm")
	}
	return when(now, t)
}
