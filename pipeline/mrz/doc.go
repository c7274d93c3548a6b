// Package mrz knows the machine readable zone of ICAO Doc 9303: its formats,
// fields and check digits. It takes text and gives evidence, complete even
// where the text is wrong, and judges nothing: a wrong check digit is
// reported, not refused, and nothing is repaired.
package mrz
