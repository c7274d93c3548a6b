package web

import "touchstone.internal/pipeline"

// action is what a request wants to do.
type action uint8

// The actions of the desk.
const (
	actSignedIn action = iota // whatever is open to everybody who is signed in
	actUpload                 // add a document, or look at a zone that was typed
	actReadOwn                // read documents that the account has uploaded
	actReadAll                // read everybody's documents
	actHistory                // read who did what with a document
	actOperate                // see how the service is doing, without any document
)

// may tells whether a role is allowed an action. What is not listed is not
// allowed.
func may(role pipeline.Role, a action) bool {
	switch role {
	case pipeline.RoleOfficer:
		return a == actSignedIn || a == actUpload || a == actReadOwn
	case pipeline.RoleReviewer:
		return a == actSignedIn || a == actUpload || a == actReadOwn || a == actReadAll || a == actHistory
	case pipeline.RoleOperator:
		return a == actSignedIn || a == actOperate
	default: // the system has no account
		return false
	}
}

// mayRead tells whether an account may read a document.
func mayRead(who pipeline.Account, d pipeline.Document) bool {
	return may(who.Role, actReadAll) || may(who.Role, actReadOwn) && d.UploadedBy == who.Name
}
