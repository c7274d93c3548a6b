// Package policy says who may do what in the desk: one table of role, action
// and relation to the record. Every route names its action; what the table does
// not list is not allowed.
package policy

import "touchstone.internal/pipeline"

// Action is what a request wants to do.
type Action string

// The actions of the desk. Those that concern a record are allowed on one's own
// or on all of them.
const (
	Open       Action = "open"        // whatever needs no account
	SignedIn   Action = "signed_in"   // whatever is open to everybody who is signed in
	OwnAccount Action = "own_account" // see one's own account, change its password
	Upload     Action = "upload"      // add a picture, open an encounter, look at a zone that was typed
	Amend      Action = "amend"       // go on with an upload, join pictures, use one that could not be checked
	Read       Action = "read"        // read a document and its result
	Evidence   Action = "evidence"    // download an original
	History    Action = "history"     // read who did what with a document
	Raise      Action = "raise"       // raise a safety concern on a document
	Review     Action = "review"      // take a review, decide, ask for a better picture
	Queue      Action = "queue"       // see the queue and what was decided
	Board      Action = "board"       // see the clocks and the numbers, assign reviews, take one from its holder
	Search     Action = "search"      // look documents up by number, name or hash
	Audit      Action = "audit"       // read the audit log
	People     Action = "people"      // put down what is known of the people of an encounter
	Refer      Action = "refer"       // send referrals, take and end them, do tasks
	Receive    Action = "receive"     // fetch and acknowledge what was sent to one's own account
	Shared     Action = "shared"      // be told who gave the same address or telephone as a person
	Series     Action = "series"      // see series of documents and what follows from them
	Tie        Action = "tie"         // open series, put documents in and out, say what they are
	Threat     Action = "threat"      // see the threat area, take its feed and pack away
	Operate    Action = "operate"     // see how the service is doing, try failures again
	Accounts   Action = "accounts"    // add accounts, change roles, lock and unlock
	Integrate  Action = "integrate"   // tokens and webhooks
)

// Actions are all of them.
//
//nolint:gochecknoglobals // a table, never written
var Actions = []Action{
	Open, SignedIn, OwnAccount, Upload, Amend, Read, Evidence, History, Raise, Review, Queue, Board, Search, Audit, People, Refer, Receive, Shared, Series, Tie, Threat, Operate, Accounts, Integrate,
}

// Reach is on which records a role may do something.
type Reach uint8

// The reaches.
const (
	None Reach = iota
	Own        // what the account itself has uploaded or opened
	All
)

// table is the policy.
//
//nolint:gochecknoglobals // a table, never written
var table = map[pipeline.Role]map[Action]Reach{
	pipeline.RoleOfficer: {
		SignedIn: All, OwnAccount: All, Upload: All, Amend: Own, Read: Own, Evidence: Own, Raise: Own, People: Own, Refer: Own,
	},
	pipeline.RoleReviewer: {
		SignedIn: All, OwnAccount: All, Upload: All, Amend: Own, Read: All, Evidence: All, History: All, Raise: All, Review: All, Queue: All, Search: All,
		Series: All, Tie: All,
	},
	pipeline.RoleSafeguarding: {
		SignedIn: All, OwnAccount: All, Read: All, History: All, Raise: All, Queue: All, People: All, Refer: All, Shared: All, Series: All,
	},
	pipeline.RoleAnalyst: {
		SignedIn: All, OwnAccount: All, Threat: All, Series: All, Tie: All,
	},
	pipeline.RoleSupervisor: {
		SignedIn: All, OwnAccount: All, Read: All, Evidence: All, History: All, Raise: All, Queue: All, Board: All, Search: All,
		People: All, Refer: All, Threat: All, Series: All, Tie: All,
	},
	pipeline.RoleAuditor: {
		SignedIn: All, OwnAccount: All, Read: All, History: All, Audit: All,
	},
	pipeline.RoleOperator: {
		SignedIn: All, OwnAccount: All, Operate: All,
	},
	pipeline.RoleAdministrator: {
		SignedIn: All, OwnAccount: All, Accounts: All, Integrate: All,
	},
	pipeline.RoleMachine: {
		SignedIn: All, OwnAccount: All, Upload: All, Amend: Own, Read: Own, Receive: Own,
	},
}

// Of tells on which records a role may do something. The empty role is that of
// who is not signed in.
func Of(role pipeline.Role, a Action) Reach {
	if a == Open {
		return All
	}
	return table[role][a]
}

// May tells whether a role may do something at all.
func May(role pipeline.Role, a Action) bool { return Of(role, a) != None }

// MayOn tells whether an account may do something with a document.
func MayOn(who pipeline.Account, a Action, d pipeline.Document) bool {
	reach := Of(who.Role, a)
	return reach == All || reach == Own && who.Name != "" && d.UploadedBy == who.Name
}

// MayOnEncounter tells whether an account may do something with the people of an
// encounter.
func MayOnEncounter(who pipeline.Account, a Action, e pipeline.Encounter) bool {
	reach := Of(who.Role, a)
	return reach == All || reach == Own && who.Name != "" && e.OpenedBy == who.Name
}
