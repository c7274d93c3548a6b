package text

const compare = "First compare the lines with the document by eye."

// catalogue has every statement. Keys are stored in reports: never reused, and
// never given another meaning.
var catalogue = map[string]Statement{ //nolint:gochecknoglobals // the table this package is for, never written
	// CAP-01, and the problems of a file.
	"file_ok": {Title: "The file is a usable picture", Sentence: "The file is a usable picture."},
	"file_empty": {
		Title: "The file is empty", Sentence: "{file} is empty. Take the photo again",
		CouldBe: "The upload broke off.", Advice: "Take the photo again",
	},
	"file_too_big":         {Title: "The file is too big", Sentence: "{file} must be smaller than 20MB", Advice: "Save the picture as a JPG and upload it again"},
	"file_not_a_picture":   {Title: "The file is not a picture", Sentence: "{file} must be a JPG, PNG or WebP image. It may have been renamed", Advice: "Upload a JPG, PNG or WebP image"},
	"file_corrupt":         {Title: "The file could not be opened", Sentence: "{file} could not be opened. Take the photo again", CouldBe: "The upload broke off.", Advice: "Take the photo again"},
	"file_too_many_pixels": {Title: "The picture has too many pixels", Sentence: "{file} has too many pixels. It may have 50 megapixels, or 25 if it is progressive or has 16 bits a colour, and 12,000 pixels a side", Advice: "Save the picture at a smaller size"},
	"file_too_many_scans":  {Title: "The picture is built in too many steps", Sentence: "{file} is stored in too many steps to be opened safely. Take the photo again", Advice: "Take the photo again"},
	"file_too_small":       {Title: "The picture is too small", Sentence: "{file} is too small to read. Its longer side must have at least 200 pixels", Advice: "Take the photo again from nearer"},
	"reader_crashed":       {Title: "The reader stopped", Sentence: "The reader stopped while it looked at this picture. Examine the document by hand", CouldBe: "The file is damaged in a way that we do not know yet.", Advice: "Take the photo again, or examine the document by hand"},
	"reader_timed_out":     {Title: "Reading took too long", Sentence: "Reading this picture took too long and was stopped. Take the photo again, closer to the document", CouldBe: "The picture shows a lot beside the document.", Advice: "Take the photo again, closer to the document"},
	"reader_out_of_memory": {Title: "The picture needed too much memory", Sentence: "This picture needed more memory than one picture may have. Take the photo again at a smaller size", Advice: "Take the photo again at a smaller size"},
	"reader_answer_refused": {
		Title: "The reader's answer was not accepted", Sentence: "The reader's answer did not hold together, so it was not used. Examine the document by hand",
		Advice: "Examine the document by hand",
	},
	"original_missing":    {Title: "The original is missing", Sentence: "The original file is no longer in the store. Upload it again", Advice: "Upload it again and tell the operator"},
	"original_differs":    {Title: "The original has changed", Sentence: "The stored file is not the one that was uploaded, so it was not read. Upload it again", Advice: "Upload it again and tell the operator"},
	"checks_undetermined": {Title: "Some check digits could not be judged", Sentence: "Some characters were not read surely enough to judge the check digits. Take the photo again or compare by eye", Advice: "Take the photo again in even light"},

	// What a reviewer asks the officer for.
	"ask_glare_zone":  {Title: "Glare on the lines of letters and numbers", Sentence: "Tilt the document away from the light, fill the frame and take the photo again."},
	"ask_glare_photo": {Title: "Glare on the photograph", Sentence: "Tilt the document away from the light."},
	"ask_blur":        {Title: "The picture is blurred", Sentence: "Hold still, tap the screen to focus and take the photo again."},
	"ask_dark":        {Title: "The picture is too dark", Sentence: "Move to better light. Do not use flash."},
	"ask_cut_off":     {Title: "A corner is missing", Sentence: "Move back until you can see all 4 corners."},
	"ask_angle":       {Title: "The angle is too steep", Sentence: "Hold the phone flat above the document."},
	"ask_covered":     {Title: "Something covers the text", Sentence: "Hold the document by its edges."},
	"ask_screen":      {Title: "It is a photo of a screen", Sentence: "Ask for the file or for the document itself."},
	"ask_other_side":  {Title: "The other side is needed", Sentence: "Turn the document over, or open the page that faces it."},
	"ask_closer":      {Title: "A part is needed from nearer", Sentence: "Take the marked part from as near as your camera can focus."},
	"ask_original":    {Title: "A picture of the original is needed", Sentence: "A copy shows less. Photograph the original, if it can be had."},

	// What to do better when a picture is taken again.
	"quality_small": {Title: "The picture is too small", Sentence: "{file} is too small to read. It must be at least 1,000 pixels wide", Advice: "Take the photo again from nearer"},
	"quality_far":   {Title: "The lines are too small", Sentence: "The machine readable lines are too small in this picture. Fill the frame and take the photo again", Advice: "Fill the frame and take the photo again"},
	"quality_cut":   {Title: "A part is cut off", Sentence: "A corner is missing. Move back until you can see all 4 corners", Advice: "Move back until you can see all 4 corners"},

	// Any check.
	"no_picture":    {Title: "Nothing to look at", Sentence: "There is no picture to look at."},
	"no_zone":       {Title: "No machine readable zone", Sentence: "There is no machine readable zone to look at."},
	"check_aborted": {Title: "The check did not finish", Sentence: "This check broke off. Its question is open.", Advice: "Examine the document by hand"},
	"field_absent":  {Title: "No such field", Sentence: "This format has no {field}."},
	"digit_absent":  {Title: "No check digit of its own", Sentence: "In this format the {field} has no check digit of its own."},
	"unsure":        {Title: "Not read surely", Sentence: "The {field} was not read surely enough to judge it.", CouldBe: "Blur, glare or wear.", Advice: "Take the photo again in even light"},

	// DOC-03.
	"specimen":    {Title: "Sample document", Sentence: "This is a sample document: its {field} is UTO, a State that exists in samples only.", Advice: "Use it for training and tests only"},
	"no_specimen": {Title: "No sign of a sample", Sentence: "Nothing in the zone marks a sample document."},

	// DOC-04.
	"state_listed":   {Title: "Codes are on the list", Sentence: "The codes of issuing State and nationality are on the international list."},
	"state_unlisted": {Title: "Code is not on the list", Sentence: "The {field} code {code} is not on the international list.", CouldBe: "A misread letter, or a code that is newer than our list.", Advice: compare},
	"state_empty":    {Title: "No code printed", Sentence: "The zone gives no {field}.", CouldBe: "Some issuers leave it out."},

	// DOC-05.
	"issuer_invented":     {Title: "Issuer is on a list of invented ones", Sentence: "The {field} code {code} appears on a list of invented issuers ({name}).", CouldBe: "A document that never was for travel.", Advice: compare},
	"issuer_not_invented": {Title: "Issuer is not on the list of invented ones", Sentence: "The {field} is not on the list of invented issuers."},

	// MRZ-01.
	"zone_found": {Title: "Zone read", Sentence: "The machine readable lines were read twice with the same result."},
	"zone_found_but": {
		Title: "Zone read, a part of it not surely", Sentence: "The machine readable lines were read, but not surely in a part that no check digit protects: {fields}. Compare it by eye.",
		Advice: "Compare that part with the document by eye",
	},
	"zone_not_found": {
		Title: "No machine readable zone found", Sentence: "We could not find the 2 or 3 lines of letters and numbers. Turn the card over or show the whole page",
		CouldBe: "The other side of a card, or a document without a zone.", Advice: "Turn the card over or show the whole page",
	},
	"zone_unreadable": {
		Title: "The zone could not be read reliably", Sentence: "The machine readable lines could not be read reliably. Take the photo again in even light",
		CouldBe: "Blur, glare or wear.", Advice: "Take the photo again in even light",
	},
	"zone_unsure": {
		Title: "The zone could not be read reliably", Sentence: "The machine readable lines could not be read reliably: {fields}.",
		CouldBe: "Blur, glare or wear.", Advice: "Take the photo again in even light",
	},
	"zone_shape_unknown": {
		Title: "The zone has no known shape", Sentence: "Lines were found, but not in number and length as any standard format has them.",
		CouldBe: "A line was cut off, or the document follows a national layout.", Advice: "Show the whole zone, or examine the document by hand",
	},

	// MRZ-02.
	"syntax_ok":    {Title: "Every character can stand where it stands", Sentence: "Every field holds only characters that can be there."},
	"syntax_fault": {Title: "A character that cannot be there", Sentence: "The {field} contains a character that cannot be there: {printed}.", CouldBe: "A misread character.", Advice: compare},
	"syntax_lookalike": {
		Title: "A character that is easily mistaken", Sentence: "The {field} seems to contain a character that cannot be there ({printed}), but letters and numbers of one shape are easily mistaken.",
		CouldBe: "A misread character.", Advice: compare,
	},

	// MRZ-03 to MRZ-06.
	"check_digit_ok":      {Title: "Check digit agrees", Sentence: "The {field} and its check digit agree."},
	"check_digit_empty":   {Title: "Nothing to check", Sentence: "The {field} is empty and needs no check digit."},
	"check_digit_wrong":   {Title: "Check digit does not agree", Sentence: "The {field} and its check digit do not agree: {printed} is printed, {expected} is expected. " + compare, CouldBe: "A misread character, or an issuer's known mistake.", Advice: compare},
	"check_digit_missing": {Title: "No check digit", Sentence: "The {field} has no check digit: {printed} stands where {expected} is expected. " + compare, CouldBe: "A misread character, or an issuer's known mistake.", Advice: compare},
	"check_digit_unsure": {
		Title: "Check digit could not be judged", Sentence: "The {field} and its check digit seem not to agree, but not every character was read surely. Compare the lines with the document by eye.",
		CouldBe: "Blur, glare or wear.", Advice: "Take the photo again in even light",
	},

	// MRZ-07.
	"composite_ok":      {Title: "Overall check digit agrees", Sentence: "The overall check digit agrees with the fields that it covers."},
	"composite_none":    {Title: "No overall check digit", Sentence: "This format has no overall check digit."},
	"composite_wrong":   {Title: "Overall check digit does not agree", Sentence: "The overall check digit does not agree: {printed} is printed, {expected} is expected. " + compare, CouldBe: "A misread character, or an issuer's known mistake.", Advice: compare},
	"composite_follows": {Title: "Overall check digit does not agree", Sentence: "The overall check digit does not agree: {printed} is printed, {expected} is expected. This follows from the {fields}.", CouldBe: "One mistake that both digits show.", Advice: compare},

	// MRZ-08.
	"digits_few":            {Title: "Too few check digits", Sentence: "The zone has too few check digits to show a pattern."},
	"digits_no_pattern":     {Title: "No pattern of wrong check digits", Sentence: "The check digits show no pattern that misreading would not explain."},
	"digits_pattern":        {Title: "Check digits wrong in a pattern", Sentence: "The check digits are wrong in a pattern that misreading does not explain: {pattern}.", CouldBe: "An issuer's known mistake.", Advice: compare},
	"digits_pattern_unsure": {Title: "Pattern could not be judged", Sentence: "The check digits seem wrong in a pattern ({pattern}), but not every character was read surely.", CouldBe: "Blur, glare or wear.", Advice: "Take the photo again in even light"},

	// MRZ-09.
	"code_fits":      {Title: "Document code fits", Sentence: "The document code, {code}, can stand on this kind of document."},
	"code_no_rule":   {Title: "No rule for the document code", Sentence: "The international standard has no rule for the document code of this format."},
	"code_misplaced": {Title: "Document code does not match", Sentence: "The document code, {code}, does not match what this kind of document should carry.", CouldBe: "An issuer that uses a code of its own.", Advice: compare},
	"code_outdated":  {Title: "Document code does not match its date", Sentence: "The document code, {code}, does not match what this kind of document should carry if it expires in 2038 or later.", CouldBe: "A misread character.", Advice: compare},

	// MRZ-10.
	"dates_ok":           {Title: "Dates fit together", Sentence: "The dates are days of the calendar and fit together."},
	"dates_open":         {Title: "Dates are possible", Sentence: "The dates are possible as far as they can be judged: {open}."},
	"date_impossible":    {Title: "No such day", Sentence: "The {field} is no day of the calendar: {printed}.", CouldBe: "A misread character, or an issuer's known mistake.", Advice: compare},
	"dates_out_of_order": {Title: "Dates fit together in one way only", Sentence: "The date of expiry, {expiry}, is before the date of birth, unless that is {birth}. Compare both with the document.", CouldBe: "A holder of great age, or a misread character.", Advice: compare},
	"dates_disordered": {
		Title: "Date of expiry before date of birth", Sentence: "The date of expiry, {expiry}, is before the date of birth, {birth}. The page prints both with their centuries. " + compare,
		CouldBe: "A mistake of the issuer.", Advice: compare,
	},
	"date_unplaced": {
		Title: "Date cannot be placed", Sentence: "The {field} lies more than 15 years from the day of the check, or its century is open: {printed}.",
		CouldBe: "An old document, or one that never runs out.", Advice: "Compare it with the date printed on the document",
	},

	// MRZ-11.
	"expired":      {Title: "Expired", Sentence: "Expired on {date}.", CouldBe: "An expired document is not false."},
	"not_expired":  {Title: "Not expired", Sentence: "Expires on {date}."},
	"expiry_open":  {Title: "Date of expiry could not be judged", Sentence: "The date of expiry is not fully given, so it could not be compared with the day of the check."},
	"no_day_given": {Title: "No day to compare with", Sentence: "No day was given to compare the date of expiry with."},

	// MRZ-12.
	"nationality_fits":     {Title: "Nationality and issuing State fit", Sentence: "The codes of nationality and issuing State can stand together."},
	"nationality_free":     {Title: "Any nationality can stand here", Sentence: "A document of this kind can be for a person of any nationality."},
	"nationality_unlisted": {Title: "Codes could not be compared", Sentence: "A code that is not on the international list cannot be compared."},
	"nationality_unsure":   {Title: "Codes could not be compared", Sentence: "Nationality and issuing State seem to differ, but not every character was read surely.", CouldBe: "Blur, glare or wear.", Advice: compare},
	"nationality_differs": {
		Title: "Nationality and issuing State differ", Sentence: "Nationality and issuing State differ. This can be correct; check which kind of document it is.",
		CouldBe: "A passport for somebody who is not a national, such as an alien's passport.", Advice: "Check which kind of document it is",
	},

	// IMG-03.
	"grid_ok":    {Title: "One file throughout", Sentence: "The blocks of the picture's first compression lie alike in all of it."},
	"grid_none":  {Title: "Never compressed before", Sentence: "The picture shows no blocks of an earlier compression, so its parts cannot be compared by them."},
	"grid_gone":  {Title: "File saved again", Sentence: "The picture was saved at a quality that removes what an edit before it would have left.", Advice: "Ask for the file as the camera or scanner wrote it"},
	"grid_faded": {Title: "File saved again", Sentence: "The picture was saved in a way that removes most of what an edit before it would have left, and nothing was seen.", Advice: "Ask for the file as the camera or scanner wrote it"},
	"grid_foreign": {
		Title: "A part may come from another file", Sentence: "In a part of the picture the blocks of an earlier compression do not lie where they lie in the rest, as in what was copied from another file.",
		CouldBe: "A screenshot, or a page that was put together from several pictures.", Advice: "Compare the marked part with the document itself",
	},

	// MRZ-13.
	"typeface_ok":      {Title: "Standard typeface", Sentence: "The machine readable lines are printed in the standard typeface."},
	"typeface_of_what": {Title: "Typeface not compared", Sentence: "The lines do not begin with a document code and a State, so they need not be in the standard typeface."},
	"typeface_small":   {Title: "Too small to compare the typeface", Sentence: "The machine readable lines are too small in this picture to compare their typeface with the standard one.", Advice: "Take the photo again from nearer"},
	"typeface_few":     {Title: "Too little to compare the typeface", Sentence: "The machine readable lines hold too few characters to compare their typeface with the standard one."},
	"typeface_unsure": {
		Title: "Typeface could not be judged", Sentence: "The machine readable lines are too soft in this picture to tell their typeface.",
		CouldBe: "Blur, glare or wear.", Advice: "Take the photo again in even light",
	},
	"typeface_other": {
		Title: "Not the standard typeface", Sentence: "The machine readable lines are not in the standard typeface: they are more like {other}.",
		CouldBe: "A test print, or a picture that was drawn on a screen.", Advice: "Compare the lines with another document of this kind",
	},

	// MRZ-14.
	"deviation_none":    {Title: "No known issue", Sentence: "No known issue with this issuer explains a finding."},
	"deviation_applied": {Title: "Known issue with this issuer", Sentence: "Known issue with this issuer; the mismatch is not counted: {checks}.", Advice: "Compare with the issuer's notice"},

	// MRZ-15.
	"blind_none":    {Title: "Nothing is easily confused", Sentence: "The numbers hold no characters that are easily confused and that no check digit tells apart."},
	"blind_some":    {Title: "Characters that are easily confused", Sentence: "Some characters are easily confused, and no check digit tells them apart ({pairs}). Confirm them by eye.", Advice: "Compare them with the document by eye"},
	"blind_doubted": {Title: "Characters that were perhaps confused", Sentence: "Some characters were not read surely, and no check digit tells them apart ({pairs}). Confirm them by eye.", CouldBe: "Blur, glare or wear.", Advice: "Compare them with the document by eye"},

	// VIZ-01.
	"printed_number_same":   {Title: "Printed number agrees", Sentence: "The printed and the machine-readable document number agree."},
	"printed_number_differ": {Title: "Printed number differs", Sentence: "The printed and the machine-readable document number differ: {printed} is printed, {zone} is in the zone. Compare both by eye.", CouldBe: "An issuer's mistake, or a zone or a page that was changed.", Advice: "Compare both by eye"},
	"printed_number_unsure": {Title: "Printed number could not be compared", Sentence: "The printed document number was not read surely enough to compare it with the zone.", CouldBe: "Small print, a pattern under it, blur or glare.", Advice: "Compare both by eye"},
	"printed_number_two":    {Title: "Two numbers are printed", Sentence: "The document number of the zone is printed, and also {printed}, which differs from it in one or two characters. Compare both by eye.", CouldBe: "Numbers of two documents, or of a card and its sheet.", Advice: "Compare both by eye"},
	"printed_number_absent": {Title: "Printed number not found", Sentence: "The printed document number was not found, so it could not be compared with the zone.", CouldBe: "It stands on the other side of a card, or in a place that is hard to read.", Advice: "Compare both by eye"},
	"printed_number_short":  {Title: "Number not compared", Sentence: "The document number of the zone is too short to look for it on the page."},
}

var headlines = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"no_irregularity_found":   "No irregularity found",
	"review_suggested":        "Examine this document",
	"review_suggested/low":    "Weak indication that this document should be examined",
	"review_suggested/medium": "Moderate indication that this document should be examined",
	"review_suggested/high":   "Strong indication that this document should be examined",
	"could_not_check":         "This document could not be checked",
	"technical_fault":         "There was a technical fault. The document was not checked",
}

var fields = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"document_code": "document code", "issuing_state": "issuing State", "name_of_holder": "name", "secondary_identifier": "secondary identifier",
	"document_number": "document number", "nationality": "nationality", "date_of_birth": "date of birth", "sex": "sex",
	"date_of_expiry": "date of expiry", "personal_number": "personal number", "optional_data": "optional data",
	"optional_data_2": "second optional data", "composite": "overall check digit",
}

// Keys gives the keys of all statements, in no order.
func Keys() []string {
	ks := make([]string, 0, len(catalogue))
	for k := range catalogue {
		ks = append(ks, k)
	}
	return ks
}
