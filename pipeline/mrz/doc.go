// Package mrz knows the machine readable zone of ICAO Doc 9303 and of a few
// documents beside it: formats, fields, check digits, codes, and how a name is
// written there. It takes text and gives evidence, complete even where the
// text is wrong, and judges nothing: a wrong check digit is reported, not
// refused, and nothing is repaired.
package mrz
