package jpegfile

// annexK is the luminance table that the standard gives as an example (T.81, table
// K.1), row by row. The Independent JPEG Group's library scales it by a quality from 1
// to 100, and most programs after it.
var annexK = [64]int{ //nolint:gochecknoglobals // a table, never written
	16, 11, 10, 16, 24, 40, 51, 61,
	12, 12, 14, 19, 26, 58, 60, 55,
	14, 13, 16, 24, 40, 57, 69, 56,
	14, 17, 22, 29, 51, 87, 80, 62,
	18, 22, 37, 56, 68, 109, 103, 77,
	24, 35, 55, 64, 81, 104, 113, 92,
	49, 64, 78, 87, 103, 121, 120, 101,
	72, 92, 95, 98, 112, 100, 103, 99,
}

// Quality is the quality of the Independent JPEG Group, 1 to 100, whose luminance
// table is nearest to that of the file's first component, by the steps' ratios.
// Cameras have tables of their own, so it is a measure and no name of a program.
func (f *File) Quality() int {
	best, least := 0, 0.0
	for q := 1; q <= 100; q++ {
		distance := 0.0
		for i, step := range f.Components[0].Steps {
			want := ijg(annexK[i], q)
			distance += float64(max(want, int(step)))/float64(min(want, int(step))) - 1
		}
		if best == 0 || distance < least {
			best, least = q, distance
		}
	}
	return best
}

// ijg scales a step as jcparam.c of the Independent JPEG Group's library does.
func ijg(step, quality int) int {
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}
	return min(max((step*scale+50)/100, 1), 255)
}
