package pipeline

import (
	"image"
	"testing"

	"pgregory.net/rapid"
)

func TestOrientationOf(t *testing.T) {
	// The stored picture is 4 by 2 with one mark; where the mark stands when
	// the picture is upright follows from the meaning of each EXIF value.
	mark := image.Rect(0, 0, 1, 1)
	for exif, want := range map[int]image.Rectangle{
		1: image.Rect(0, 0, 1, 1), // stored top left is top left
		2: image.Rect(3, 0, 4, 1), // top right
		3: image.Rect(3, 1, 4, 2), // bottom right
		4: image.Rect(0, 1, 1, 2), // bottom left
		5: image.Rect(0, 0, 1, 1), // transposed
		6: image.Rect(1, 0, 2, 1), // right top
		7: image.Rect(1, 3, 2, 4), // right bottom
		8: image.Rect(0, 3, 1, 4), // left bottom
	} {
		if got := OrientationOf(exif).ToUpright(mark, 4, 2); got != want {
			t.Errorf("EXIF %d: mark at %v; want %v", exif, got, want)
		}
	}
}

func TestOrientationWayBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := OrientationOf(rapid.IntRange(1, 8).Draw(t, "exif"))
		x, y := rapid.IntRange(0, 50).Draw(t, "x"), rapid.IntRange(0, 50).Draw(t, "y")
		r := image.Rect(x, y, x+rapid.IntRange(1, 50).Draw(t, "w"), y+rapid.IntRange(1, 50).Draw(t, "h"))
		if got := o.ToStored(o.ToUpright(r, 100, 120), 100, 120); got != r {
			t.Errorf("%+v: there and back gives %v; want %v", o, got, r)
		}
	})
}
