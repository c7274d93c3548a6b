package pipeline

import "image"

// OrientationOf gives the turn for a value of the EXIF tag Orientation
// (EXIF 2.3, 4.6.4 A); anything but 2 to 8 asks for none.
func OrientationOf(exif int) Orientation {
	switch exif {
	case 2:
		return Orientation{Mirrored: true}
	case 3:
		return Orientation{Quarters: 2}
	case 4:
		return Orientation{Mirrored: true, Quarters: 2}
	case 5:
		return Orientation{Mirrored: true, Quarters: 3}
	case 6:
		return Orientation{Quarters: 1}
	case 7:
		return Orientation{Mirrored: true, Quarters: 1}
	case 8:
		return Orientation{Quarters: 3}
	}
	return Orientation{}
}

// Size gives the size of the upright picture for a stored one.
func (o Orientation) Size(width, height int) (int, int) {
	if o.Quarters%2 == 1 {
		return height, width
	}
	return width, height
}

// ToUpright moves a rectangle from the stored picture, of the given size, to
// the upright one: mirrored first, then turned clockwise.
func (o Orientation) ToUpright(r image.Rectangle, width, height int) image.Rectangle {
	if o.Mirrored {
		r.Min.X, r.Max.X = width-r.Max.X, width-r.Min.X
	}
	for range o.Quarters {
		r = image.Rect(height-r.Max.Y, r.Min.X, height-r.Min.Y, r.Max.X)
		width, height = height, width
	}
	return r
}

// ToStored is the way back of ToUpright; width and height are those of the
// stored picture.
func (o Orientation) ToStored(r image.Rectangle, width, height int) image.Rectangle {
	w, h := o.Size(width, height)
	for range o.Quarters {
		r = image.Rect(r.Min.Y, w-r.Max.X, r.Max.Y, w-r.Min.X)
		w, h = h, w
	}
	if o.Mirrored {
		r.Min.X, r.Max.X = width-r.Max.X, width-r.Min.X
	}
	return r
}

// Rect is the box as a rectangle.
func (b Box) Rect() image.Rectangle { return image.Rect(b.X, b.Y, b.X+b.Width, b.Y+b.Height) }
