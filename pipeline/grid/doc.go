// Package grid finds the traces that JPEG's blocks of 8 by 8 pixels leave in a
// picture, and the parts of it in which they do not lie where they lie in the rest:
// those were in another file before.
//
// The method is that of T. Nikoukhah, J. Anger, M. Colom, J.-M. Morel and R. Grompone
// von Gioi, "ZERO: a local JPEG grid origin detector based on the number of DCT zeros
// and its applications in image forensics", Image Processing On Line 11 (2021), p. 396,
// written anew from its description. Of a window that lies on the grid, compression
// has made more coefficients zero than of its neighbours. So every pixel votes for the
// place, one of 64, of the window round it with most zeros. In a picture that was
// never compressed all places are alike; how unlikely an agreement is then is known
// exactly, which bounds false alarms in number and not by experience.
package grid
