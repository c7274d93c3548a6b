package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/measure"
	"touchstone.internal/pipeline/mrz"
)

// shot is how one synthetic picture is taken. One setting is swept over its
// whole range while the others stay ordinary, so that a curve shows what that
// setting does. With sweptAll all are, half as far: at their ends together they
// leave nothing to read.
type shot struct {
	Sweep   string               `json:"sweep"` // an axis, or sweptAll
	Fault   fixtures.Fault       `json:"fault"`
	Capture fixtures.CaptureName `json:"capture"`
	Seed    uint64               `json:"seed"` // of document and camera
	Pitch   float64              `json:"pitch"`
	Blur    float64              `json:"blur"`
	Turn    float64              `json:"turn"`
	Tilt    float64              `json:"tilt"`
	Quality float64              `json:"quality"`
	Noise   float64              `json:"noise"`

	format mrz.Format
}

const sweptAll = "together"

// planStream keeps the chance of the plan apart from that of the documents.
const planStream = 0x706c616e

// axis is a setting of the camera that is swept.
type axis struct {
	Name, Unit string
	ordinary   [2]float64
	edges      []float64 // of the bins of its curve; the outer ones are its whole range
	geometric  bool      // the edges rise by equal factors, not by equal steps
	at         func(*shot) *float64
}

// axes are the settings. Pitch is in pixels a character, noise in levels of
// 255, blur in shares of the pitch, since what can be read depends on their
// ratio: half a pixel is nothing at a pitch of 30 and much at 4.
var axes = []axis{ //nolint:gochecknoglobals // a table, never written
	{"pitch", "px", [2]float64{12, 24}, []float64{4, 5.3, 7.1, 9.5, 12.7, 16.9, 22.5, 30}, true, func(s *shot) *float64 { return &s.Pitch }},
	{"blur", "of pitch", [2]float64{0.02, 0.06}, []float64{0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3}, false, func(s *shot) *float64 { return &s.Blur }},
	{"turn", "degrees", [2]float64{0, 2}, []float64{0, 4, 8, 12, 16, 20, 24}, false, func(s *shot) *float64 { return &s.Turn }},
	{"tilt", "degrees", [2]float64{0, 6}, []float64{0, 8, 16, 24, 32, 40, 48}, false, func(s *shot) *float64 { return &s.Tilt }},
	{"quality", "of JPEG", [2]float64{80, 94}, []float64{3, 10, 20, 35, 50, 65, 80, 95}, false, func(s *shot) *float64 { return &s.Quality }},
	{"noise", "levels", [2]float64{1, 5}, []float64{0, 10, 20, 30, 40, 50, 60}, false, func(s *shot) *float64 { return &s.Noise }},
}

// whole gives the value at a share of the whole range.
func (a axis) whole(t float64) float64 {
	lo, hi := a.edges[0], a.edges[len(a.edges)-1]
	if a.geometric {
		return lo * math.Pow(hi/lo, t)
	}
	return lo + t*(hi-lo)
}

// String says what the ranges are.
func (a axis) String() string {
	return fmt.Sprintf("%-8s %4g to %-4g %-9s ordinarily %g to %g", a.Name, a.edges[0], a.edges[len(a.edges)-1], a.Unit, a.ordinary[0], a.ordinary[1])
}

// usual gives the value at a share of the ordinary range.
func (a axis) usual(t float64) float64 { return a.ordinary[0] + t*(a.ordinary[1]-a.ordinary[0]) }

var (
	drawnFormats = []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB} //nolint:gochecknoglobals // a table, never written
	digitFaults  = []fixtures.Fault{                                           //nolint:gochecknoglobals // a table, never written
		fixtures.DocumentNumberDigit, fixtures.DateOfBirthDigit, fixtures.DateOfExpiryDigit, fixtures.PersonalNumberDigit, fixtures.CompositeDigit,
	}
)

// planShots says how n pictures are taken. They take turns at the axes and, as
// the seventh, all of them together. The range of an axis is cut into as many
// parts as it has pictures in a turn, and each part has one, at a place and in
// an order that the seed gives (Latin hypercube sampling: McKay, Beckman and
// Conover, Technometrics 21, 1979, p. 239). Formats and captures follow one
// another so that every pair of them comes up. With faults every second picture
// is the twin of the one before it, with one check digit wrong and all else,
// to the grain of the sensor, alike.
func planShots(n int, seed uint64, faults bool) []shot {
	captures := n
	if faults {
		captures = (n + 1) / 2
	}
	rng := rand.New(rand.NewPCG(seed, planStream)) //nolint:gosec // to be repeated, not to be secret
	groups := len(axes) + 1
	parts := make([][][]int, groups) // of each group's pictures, along each axis
	for g := range groups {
		parts[g] = make([][]int, len(axes))
		for a := range axes {
			parts[g][a] = rng.Perm((captures - g + groups - 1) / groups)
		}
	}
	var shots []shot
	for i := range captures {
		g, j := i%groups, i/groups
		s := newShot(g, j, rng)
		for a, x := range axes {
			t := (float64(parts[g][a][j]) + rng.Float64()) / float64(len(parts[g][a]))
			switch s.Sweep {
			case x.Name:
				*x.at(&s) = x.whole(t)
			case sweptAll:
				*x.at(&s) = (x.usual(t) + x.whole(t)) / 2
			default:
				*x.at(&s) = x.usual(t)
			}
		}
		s.settle()
		shots = append(shots, s)
		if faults && len(shots) < n {
			s.Fault = faultFor(s.format, rng)
			shots = append(shots, s)
		}
	}
	return shots
}

// newShot chooses the document and the camera.
func newShot(group, j int, rng *rand.Rand) shot {
	s := shot{
		Sweep: sweptAll, Fault: fixtures.NoFault, Seed: uint64(rng.Uint32()), // short enough for every reader of JSON
		format: drawnFormats[(j+group)%len(drawnFormats)], Capture: fixtures.CaptureNames()[(j+group/2)%2],
	}
	if group < len(axes) {
		s.Sweep = axes[group].Name
	}
	if s.Sweep == "tilt" {
		s.Capture = fixtures.CapturePhone
	}
	return s
}

// settle makes the settings ones that a camera can have.
func (s *shot) settle() {
	if s.Capture == fixtures.CaptureFlat {
		s.Tilt = 0 // a scanner's glass is level
	}
	s.Quality = math.Round(s.Quality)
}

// faultFor picks a check digit that the format has.
func faultFor(f mrz.Format, rng *rand.Rand) fixtures.Fault {
	var can []fixtures.Fault
	for _, d := range digitFaults {
		if fixtures.Applies(f, d) {
			can = append(can, d)
		}
	}
	return can[rng.IntN(len(can))]
}

// name is what the picture is called in reports.
func (s shot) name(i int) string {
	return fmt.Sprintf("%04d-%s-%s-%s-%s", i+1, s.format, s.Fault, s.Capture, s.Sweep)
}

// charactersPerInch is the pitch of every zone (Doc 9303-3, 4.2).
const charactersPerInch = 10

// take draws the document, so fine that no pixel is made up, and takes its
// picture.
func (s shot) take() (file []byte, truth fixtures.Truth, err error) {
	drawing, truth, err := fixtures.Draw(fixtures.Spec{Format: s.format, Fault: s.Fault, Seed: s.Seed, Resolution: charactersPerInch * s.Pitch})
	if err != nil {
		return nil, truth, err
	}
	c := s.camera(drawing.Rect.Size())
	img, _ := fixtures.Shoot(drawing, c, s.Seed)
	truth.Capture, truth.CaptureClass, truth.Width = c.Name, c.Class, img.Rect.Dx()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: c.Quality}); err != nil {
		return nil, truth, fmt.Errorf("encode a picture: %w", err)
	}
	return b.Bytes(), truth, nil
}

// phonePitch is the pitch at which the phone of fixtures moves as it does: what
// is swept is smaller, and moves less in its pixels.
const phonePitch = 34

// leastWidth is that of a picture in pixels: a document that is smaller gets
// more desk around it, since pictures below 200 pixels are refused unseen.
const leastWidth = 240

// camera is the capture of fixtures with the settings of the plan: desk, light,
// reflections and quarter turns stay those of its seed.
func (s shot) camera(drawing image.Point) fixtures.Capture {
	c := fixtures.Flat(s.Seed)
	if s.Capture == fixtures.CapturePhone {
		c = fixtures.Phone(s.Seed)
	}
	c.Width = 0 // the scale of the drawing
	c.Blur, c.Noise, c.Quality = s.Blur*s.Pitch, s.Noise, int(s.Quality)
	c.Angle = math.Copysign(s.Turn, c.Angle)
	for i := range c.Motion {
		c.Motion[i] *= s.Pitch / phonePitch
	}
	at := turnedCorners(float64(drawing.Y)/float64(drawing.X), c.Angle)
	room := 0.0
	for i, d := range tilted(at, s.Tilt, float64(s.Seed%360)) {
		c.Corners[i][0] += d[0]
		c.Corners[i][1] += d[1]
		x, y := math.Abs(at[i][0]+c.Corners[i][0]), math.Abs(at[i][1]+c.Corners[i][1])
		room = max(room, x-0.5, y-0.5*float64(drawing.Y)/float64(drawing.X))
	}
	c.Margin = max(c.Margin, room+0.01, (leastWidth/float64(drawing.X)-1)/2)
	return c
}

// turnedCorners are those of a document one wide that lies askew, from its
// middle, in the order of fixtures.Capture.
func turnedCorners(shape, degrees float64) [4][2]float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	at := [4][2]float64{{-0.5, -shape / 2}, {0.5, -shape / 2}, {0.5, shape / 2}, {-0.5, shape / 2}}
	for i, p := range at {
		at[i] = [2]float64{p[0]*cos - p[1]*sin, p[0]*sin + p[1]*cos}
	}
	return at
}

// cameraDistance is that of a camera from a document, in its widths.
const cameraDistance = 2

// tilted gives how far each corner moves where a camera looks down at an angle
// instead of straight: the document turns about an axis in its plane, and what
// is nearer is larger.
func tilted(corners [4][2]float64, degrees, axisDegrees float64) (moved [4][2]float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	ay, ax := math.Sincos(axisDegrees * math.Pi / 180)
	for i, p := range corners {
		along, across := p[0]*ax+p[1]*ay, p[1]*ax-p[0]*ay
		near := cameraDistance / (cameraDistance - across*sin)
		u, v := along*near, across*cos*near
		moved[i] = [2]float64{u*ax - v*ay - p[0], u*ay + v*ax - p[1]}
	}
	return moved
}

// screen takes the picture of a shot and screens it. What is printed on it is
// known only then.
func (s *shot) screen(ctx context.Context, screener pipeline.Screener, m *measured) error {
	raw, truth, err := s.take()
	if err != nil {
		return err
	}
	digits := []string{}
	if truth.ExpectedCheck != "" {
		digits = append(digits, truth.ExpectedCheck)
	}
	m.Truth = truthRow{Format: string(truth.Format), Lines: truth.Lines, Digits: &digits, Width: truth.Width, Tags: []string{}}
	job := pipeline.Job{
		Digest: pipeline.DigestOf(sha256.Sum256(raw)), Size: int64(len(raw)), Body: bytes.NewReader(raw),
		AsOf: fixtures.DefaultDay, Capture: truth.CaptureClass,
	}
	result, err := screener.Screen(ctx, job)
	m.Report = result.Report
	return err
}

// curve is the rate of exact readings along an axis.
type curve struct {
	Axis string     `json:"axis"`
	Unit string     `json:"unit"`
	Bins []curveBin `json:"bins"`
}

type curveBin struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	figures
}

// curvesOf gives the curve of every axis over the pictures that sweep it.
func curvesOf(cases []caseScore) []curve {
	curves := make([]curve, len(axes))
	for i, a := range axes {
		c := curve{Axis: a.Name, Unit: a.Unit, Bins: make([]curveBin, len(a.edges)-1)}
		sums := make([]sums, len(c.Bins))
		for _, k := range cases {
			if k.scored() && k.Settings != nil && k.Settings.Sweep == a.Name {
				sums[measure.BinOf(*a.at(k.Settings), a.edges)].add(k)
			}
		}
		for b := range c.Bins {
			c.Bins[b] = curveBin{a.edges[b], a.edges[b+1], sums[b].figures()}
		}
		curves[i] = c
	}
	return curves
}
