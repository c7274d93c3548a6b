package mrz

import (
	"slices"
	"strings"
)

// Standing is what Doc 9303-3, section 5 says of a three letter code.
type Standing uint8

// The standings.
const (
	Unlisted    Standing = iota // not on the list, so no zone may carry it
	State                       // ISO 3166-1 alpha-3, or D for Germany
	Special                     // part B to D: organisations, kinds of nationality, persons without one
	Withdrawn                   // part F and ISO 3166-3: stood on the list once, and on documents of that time
	Utopia                      // part G: specimens only
	SigningOnly                 // ICAO's own signatures; never in a zone
)

// StandingOf looks up a code as it stands in the zone, padded with fillers or
// not.
func StandingOf(code string) Standing { return standings[strings.TrimRight(code, string(Filler))] }

// Lawful tells whether a zone may carry a code of this standing.
func (s Standing) Lawful() bool { return s != Unlisted && s != SigningOnly }

// Codes gives all codes that a zone may carry, as they stand there.
func Codes() []string {
	var codes []string
	for c, s := range standings {
		if s.Lawful() {
			codes = append(codes, c)
		}
	}
	slices.Sort(codes)
	return codes
}

// standings is the list of Doc 9303-3, section 5.
var standings = func() map[string]Standing { //nolint:gochecknoglobals // a table of the standard, never written
	m := map[string]Standing{}
	for s, codes := range map[Standing]string{
		State: `
			AFG ALA ALB DZA ASM AND AGO AIA ATA ATG ARG ARM ABW AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BMU BTN BOL BES
			BIH BWA BVT BRA IOT BRN BGR BFA BDI CPV KHM CMR CAN CYM CAF TCD CHL CHN CXR CCK COL COM COG COD COK CRI CIV HRV
			CUB CUW CYP CZE DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST SWZ ETH FLK FRO FJI FIN FRA GUF PYF ATF GAB GMB GEO DEU
			GHA GIB GRC GRL GRD GLP GUM GTM GGY GIN GNB GUY HTI HMD VAT HND HKG HUN ISL IND IDN IRN IRQ IRL IMN ISR ITA JAM
			JPN JEY JOR KAZ KEN KIR PRK KOR KWT KGZ LAO LVA LBN LSO LBR LBY LIE LTU LUX MAC MDG MWI MYS MDV MLI MLT MHL MTQ
			MRT MUS MYT MEX FSM MDA MCO MNG MNE MSR MAR MOZ MMR NAM NRU NPL NLD NCL NZL NIC NER NGA NIU NFK MKD MNP NOR OMN
			PAK PLW PSE PAN PNG PRY PER PHL PCN POL PRT PRI QAT REU ROU RUS RWA BLM SHN KNA LCA MAF SPM VCT WSM SMR STP SAU
			SEN SRB SYC SLE SGP SXM SVK SVN SLB SOM ZAF SGS SSD ESP LKA SDN SUR SJM SWE CHE SYR TWN TJK TZA THA TLS TGO TKL
			TON TTO TUN TUR TKM TCA TUV UGA UKR ARE GBR USA UMI URY UZB VUT VEN VNM VGB VIR WLF ESH YEM ZMB ZWE D`,
		Special:     `GBD GBN GBO GBP GBS RKS EUE UNO UNA UNK XBA XIM XCC XCE XCO XEC XPO XES XMP XOM XDC XXA XXB XXC XXX`,
		Withdrawn:   `ANT NTZ`,
		Utopia:      `UTO`,
		SigningOnly: `IAO`,
	} {
		for c := range strings.FieldsSeq(codes) {
			m[c] = s
		}
	}
	return m
}()

// Years gives the years in which a code came onto ISO 3166-1 and left it; 0 if
// it was there from the first zones on, or still is.
func Years(code string) (since, until int) {
	y := years[strings.TrimRight(code, string(Filler))]
	return y[0], y[1]
}

// years are those of ISO 3166-3 and of the newsletters of ISO 3166-1 since
// passports have zones.
var years = map[string][2]int{ //nolint:gochecknoglobals // a table of the standard, never written
	"ANT": {0, 2010}, "NTZ": {0, 1993},
	"PSE": {1999, 0}, "ROU": {2002, 0}, "TLS": {2002, 0}, "ALA": {2004, 0}, "GGY": {2006, 0}, "IMN": {2006, 0}, "JEY": {2006, 0},
	"MNE": {2006, 0}, "SRB": {2006, 0}, "BLM": {2007, 0}, "MAF": {2007, 0}, "BES": {2010, 0}, "CUW": {2010, 0}, "SXM": {2010, 0},
	"SSD": {2011, 0},
}
