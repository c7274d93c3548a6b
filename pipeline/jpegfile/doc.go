// Package jpegfile reads a JPEG file as evidence: not the picture that it shows,
// but everything that the file says of how it came to be. That is its segments in
// their order, its quantisation and Huffman tables, its scans, and the quantised
// coefficients of every component without loss, which a decoder rounds away.
//
// Sequential and progressive files of 8 bits with Huffman coding are read (ITU-T
// T.81, processes 1, 2 and 6, which is what cameras and editors write). Files with
// arithmetic coding, of 12 bits, lossless or hierarchical ones end in
// ErrUnsupported. Bytes of strangers are read in the confined child alone.
package jpegfile
