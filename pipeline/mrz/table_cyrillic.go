package mrz

// cyrillicLetter is how a letter is written, and where differently.
type cyrillicLetter struct {
	general string
	except  []exception
}

// exception is how one language writes a letter, everywhere or only where it
// comes first.
type exception struct {
	language Language
	first    bool
	form     string
}

// cyrillic is table B of Doc 9303-3, section 6, upper case. Letters that it
// leaves out (Ћ, Ѓ, Ь) have no rule.
var cyrillic = map[rune]cyrillicLetter{ //nolint:gochecknoglobals // a table of the standard, never written
	'Ё': {"E", []exception{{Belarusian, false, "IO"}}}, 'Ђ': {general: "D"}, 'Є': {"IE", []exception{{Ukrainian, true, "YE"}}},
	'Ѕ': {general: "DZ"}, 'І': {general: "I"}, 'Ї': {"I", []exception{{Ukrainian, true, "YI"}}}, 'Ј': {general: "J"},
	'Љ': {general: "LJ"}, 'Њ': {general: "NJ"}, 'Ќ': {"K", []exception{{Macedonian, false, "KJ"}}}, 'Ў': {general: "U"},
	'Џ': {"DZ", []exception{{Macedonian, false, "DJ"}}}, 'А': {general: "A"}, 'Б': {general: "B"}, 'В': {general: "V"},
	'Г': {"G", []exception{{Belarusian, false, "H"}, {Serbian, false, "H"}, {Ukrainian, false, "H"}}}, 'Д': {general: "D"},
	'Е': {general: "E"}, 'Ж': {"ZH", []exception{{Serbian, false, "Z"}}}, 'З': {general: "Z"},
	'И': {"I", []exception{{Ukrainian, false, "Y"}}}, 'Й': {"I", []exception{{Ukrainian, true, "Y"}}}, 'К': {general: "K"},
	'Л': {general: "L"}, 'М': {general: "M"}, 'Н': {general: "N"}, 'О': {general: "O"}, 'П': {general: "P"}, 'Р': {general: "R"},
	'С': {general: "S"}, 'Т': {general: "T"}, 'У': {general: "U"}, 'Ф': {general: "F"},
	'Х': {"KH", []exception{{Serbian, false, "H"}, {Macedonian, false, "H"}}},
	'Ц': {"TS", []exception{{Serbian, false, "C"}, {Macedonian, false, "C"}}},
	'Ч': {"CH", []exception{{Serbian, false, "C"}}}, 'Ш': {"SH", []exception{{Serbian, false, "S"}}},
	'Щ': {"SHCH", []exception{{Bulgarian, false, "SHT"}}}, 'Ъ': {general: "IE"}, 'Ы': {general: "Y"}, 'Э': {general: "E"},
	'Ю': {"IU", []exception{{Ukrainian, true, "YU"}}}, 'Я': {"IA", []exception{{Ukrainian, true, "YA"}}}, 'Ѫ': {general: "U"},
	'Ѵ': {general: "Y"}, 'Ґ': {general: "G"}, 'Ғ': {"G", []exception{{Macedonian, false, "GJ"}}}, 'Һ': {general: "C"},
}
