// Package measure holds the few statistics with which readings are compared
// with what is known to be printed: intervals of rates, distances of texts,
// calibration of confidences, quantiles. It knows nothing of documents, and it
// decides nothing: no number of it is an input of any check.
package measure
