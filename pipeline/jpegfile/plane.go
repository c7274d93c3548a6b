package jpegfile

import "image"

// Plane gives the samples of a component as libjpeg's accurate integer transform
// decodes them, to the bit (jidctint.c, after Loeffler, Ligtenberg and Moschytz,
// ICASSP 1989, p. 988). It is as large as its own blocks show: chrominance is
// smaller than the picture if it was subsampled.
func (f *File) Plane(component int) *image.Gray {
	c := &f.Components[component]
	h, v := f.most()
	wide, high := ceil(f.Width*c.H, h), ceil(f.Height*c.V, v)
	whole := image.NewGray(image.Rect(0, 0, c.Wide*8, c.High*8))
	for y := range c.High {
		for x := range c.Wide {
			samples(c.Block(x, y), c.Steps, whole.Pix[y*8*whole.Stride+x*8:], whole.Stride)
		}
	}
	return whole.SubImage(image.Rect(0, 0, wide, high)).(*image.Gray) //nolint:forcetypeassert // part of a Gray is one
}

// The constants of the transform, with 13 bits after the point.
const (
	fix0298 = 2446
	fix0390 = 3196
	fix0541 = 4433
	fix0765 = 6270
	fix0899 = 7373
	fix1175 = 9633
	fix1501 = 12299
	fix1847 = 15137
	fix1961 = 16069
	fix2053 = 16819
	fix2562 = 20995
	fix3072 = 25172

	constBits = 13
	pass1Bits = 2
)

// samples turns the coefficients of a block into its 64 samples.
func samples(block *[64]int16, steps *[64]uint16, out []byte, stride int) {
	var ws [64]int32
	for x := range 8 {
		if flat(block, x) { // most columns of most pictures
			dc := int32(block[x]) * int32(steps[x]) << pass1Bits
			for y := range 8 {
				ws[8*y+x] = dc
			}
			continue
		}
		var in [8]int32
		for y := range 8 {
			in[y] = int32(block[8*y+x]) * int32(steps[8*y+x])
		}
		var col [8]int32
		transform(&in, &col, constBits-pass1Bits)
		for y := range 8 {
			ws[8*y+x] = col[y]
		}
	}
	for y := range 8 {
		var row [8]int32
		transform((*[8]int32)(ws[8*y:8*y+8]), &row, constBits+pass1Bits+3)
		for x, v := range row {
			out[y*stride+x] = uint8(min(max(v+128, 0), 255))
		}
	}
}

// flat tells whether a column has the same value all the way down.
func flat(b *[64]int16, x int) bool {
	return b[8+x]|b[16+x]|b[24+x]|b[32+x]|b[40+x]|b[48+x]|b[56+x] == 0
}

// transform is the inverse cosine transform of eight values, which drops bits.
func transform(in, out *[8]int32, drop int) {
	z1 := (in[2] + in[6]) * fix0541
	t2, t3 := z1-in[6]*fix1847, z1+in[2]*fix0765
	t0, t1 := (in[0]+in[4])<<constBits, (in[0]-in[4])<<constBits
	t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2

	t0, t1, t2, t3 = in[7], in[5], in[3], in[1]
	z1, z2, z3, z4 := t0+t3, t1+t2, t0+t2, t1+t3
	z5 := (z3 + z4) * fix1175
	z1, z2, z3, z4 = -z1*fix0899, -z2*fix2562, z5-z3*fix1961, z5-z4*fix0390
	t0 = t0*fix0298 + z1 + z3
	t1 = t1*fix2053 + z2 + z4
	t2 = t2*fix3072 + z2 + z3
	t3 = t3*fix1501 + z1 + z4

	half := int32(1) << (drop - 1)
	out[0], out[7] = (t10+t3+half)>>drop, (t10-t3+half)>>drop
	out[1], out[6] = (t11+t2+half)>>drop, (t11-t2+half)>>drop
	out[2], out[5] = (t12+t1+half)>>drop, (t12-t1+half)>>drop
	out[3], out[4] = (t13+t0+half)>>drop, (t13-t0+half)>>drop
}
