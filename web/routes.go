package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// route is one address of the desk and the action that it is needed for.
type route struct {
	pattern string // as http.ServeMux reads it: "GET /documents/{id}"
	action  policy.Action
}

// isAPI tells whether a machine asks there.
func (rt route) isAPI() bool { return strings.Contains(rt.pattern, " /api/") }

// router collects the routes, so that tests can ask every one of them as
// everybody.
type router struct {
	server *server
	mux    *http.ServeMux
	routes []route
}

// handle adds an address. Which guard stands before it follows from action and
// address: nobody can forget one, or take that of a page for the API.
func (rt *router) handle(pattern string, a policy.Action, h handler) {
	added := route{pattern, a}
	switch {
	case a == policy.Open:
		rt.add(added, rt.server.open(h))
	case added.isAPI():
		rt.add(added, rt.server.api(a, rt.server.asDescribed(pattern, h)))
	case strings.HasPrefix(pattern, "POST ") && slices.Contains(costly, a):
		rt.add(added, rt.server.page(a, rt.server.paced(h)))
	default:
		rt.add(added, rt.server.page(a, h))
	}
}

// asDescribed refuses parameters of which the description of the API says nothing,
// and does what is sent again under a key once.
func (s *server) asDescribed(pattern string, h handler) handler {
	known := s.described[pattern]
	if strings.HasPrefix(pattern, "POST ") {
		h = s.once(h, known.keyed)
	}
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		var errs []fieldError
		for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
			if !slices.Contains(known.query, name) {
				errs = append(errs, fieldError{"/" + name, "There is no parameter of this name"})
			}
		}
		if errs != nil {
			return problemInvalid(errs)
		}
		return h(w, r, who)
	}
}

// plain adds what is the same for everybody, so that no session is looked up.
func (rt *router) plain(pattern string, h http.Handler) {
	rt.add(route{pattern, policy.Open}, h)
}

// add is the one place where the mux learns of an address.
func (rt *router) add(added route, h http.Handler) {
	if !slices.Contains(policy.Actions, added.action) {
		panic("the policy knows no action " + string(added.action) + " for " + added.pattern)
	}
	rt.routes = append(rt.routes, added)
	rt.mux.Handle(added.pattern, h)
}

// routes is every address of the desk. An address that holds an id names its
// kind: {id} is a document, {reference} an encounter,
// {upload} a file that arrives piece by piece.
func (s *server) routes() *router {
	rt := &router{server: s, mux: http.NewServeMux()}
	s.serviceRoutes(rt)
	s.sessionRoutes(rt)
	s.accessRoutes(rt)
	s.webhookRoutes(rt)
	s.documentRoutes(rt)
	s.encounterRoutes(rt)
	s.uploadRoutes(rt)
	s.reviewRoutes(rt)
	s.queueRoutes(rt)
	s.peopleRoutes(rt)
	s.movementRoutes(rt)
	s.linkRoutes(rt)
	s.incidentRoutes(rt)
	s.seriesRoutes(rt)
	s.referralRoutes(rt)
	s.dispatchRoutes(rt)
	s.recipientRoutes(rt)
	s.threatRoutes(rt)
	s.overdueRoutes(rt)
	s.typedRoutes(rt)
	s.siteRoutes(rt)
	return rt
}

// serviceRoutes are about the desk itself.
func (s *server) serviceRoutes(rt *router) {
	rt.plain("GET /assets/{name}", s.pages.Assets())
	rt.plain("GET /healthz", http.HandlerFunc(s.healthz))
	rt.plain("GET /readyz", http.HandlerFunc(s.readyz))
	rt.plain("GET /metrics", promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{Registry: s.Registry}))
	rt.plain("GET /api/v1/openapi.json", http.HandlerFunc(s.openAPI))
	rt.handle("GET /safety", policy.Open, s.safety)
	rt.handle("GET /problems", policy.Open, s.problems)
	rt.handle("GET /status", policy.Operate, s.status)
	rt.handle("POST /status/failures/retry", policy.Operate, s.retryFailuresPage)
	rt.handle("GET /api/v1/status", policy.Operate, s.apiStatus)
	rt.handle("POST /api/v1/status/failures/retry", policy.Operate, s.apiRetryFailures)
}

// sessionRoutes are about who asks.
func (s *server) sessionRoutes(rt *router) {
	rt.handle("GET /sign-in", policy.Open, s.signInPage)
	rt.handle("POST /sign-in", policy.Open, s.signIn)
	rt.handle("POST /sign-out", policy.Open, s.signOut)
	rt.handle("GET /{$}", policy.SignedIn, s.home)
	rt.handle("GET /account", policy.OwnAccount, s.ownAccount)
	rt.handle("POST /account/password", policy.OwnAccount, s.changeOwnPassword)
	rt.handle("GET /api/v1/account", policy.OwnAccount, s.apiOwnAccount)
	rt.handle("POST /api/v1/account/password", policy.OwnAccount, s.apiChangeOwnPassword)
}

// accessRoutes are about who may come in. {token} is the token of another
// system.
func (s *server) accessRoutes(rt *router) {
	rt.handle("GET /accounts", policy.Accounts, s.accountsPage)
	rt.handle("POST /accounts", policy.Accounts, s.addAccountPage)
	rt.handle("GET /accounts/{name}", policy.Accounts, s.accountPage)
	rt.handle("POST /accounts/{name}", policy.Accounts, s.changeAccountPage(s.pageEdit))
	rt.handle("POST /accounts/{name}/lock", policy.Accounts, s.changeAccountPage(s.pageLock))
	rt.handle("POST /accounts/{name}/unlock", policy.Accounts, s.changeAccountPage(s.pageUnlock))
	rt.handle("POST /accounts/{name}/need-to-know/give", policy.Accounts, s.changeAccountPage(s.pageGiveNeed))
	rt.handle("POST /accounts/{name}/need-to-know/take", policy.Accounts, s.changeAccountPage(s.pageTakeNeed))
	rt.handle("POST /accounts/{name}/password", policy.Accounts, s.changeAccountPage(s.pageReset))
	rt.handle("GET /api/v1/accounts", policy.Accounts, s.apiAccounts)
	rt.handle("POST /api/v1/accounts", policy.Accounts, s.apiAddAccount)
	rt.handle("GET /api/v1/accounts/{name}", policy.Accounts, s.apiAccount)
	rt.handle("POST /api/v1/accounts/{name}", policy.Accounts, s.apiChangeAccount(s.apiEdit))
	rt.handle("POST /api/v1/accounts/{name}/lock", policy.Accounts, s.apiChangeAccount(bodiless(s.pageLock)))
	rt.handle("POST /api/v1/accounts/{name}/unlock", policy.Accounts, s.apiChangeAccount(bodiless(s.pageUnlock)))
	rt.handle("POST /api/v1/accounts/{name}/need-to-know/give", policy.Accounts, s.apiChangeAccount(bodiless(s.pageGiveNeed)))
	rt.handle("POST /api/v1/accounts/{name}/need-to-know/take", policy.Accounts, s.apiChangeAccount(bodiless(s.pageTakeNeed)))
	rt.handle("POST /api/v1/accounts/{name}/password", policy.Accounts, s.apiChangeAccount(bodiless(s.pageReset)))
	rt.handle("GET /audit", policy.Audit, s.auditPage)
	rt.handle("GET /audit/export", policy.Audit, s.exportAudit)
	rt.handle("GET /api/v1/audit", policy.Audit, s.apiAudit)
	rt.handle("GET /api/v1/audit/export", policy.Audit, s.exportAudit)
	rt.handle("GET /tokens", policy.Integrate, s.tokensPage)
	rt.handle("POST /tokens", policy.Integrate, s.makeTokenPage)
	rt.handle("POST /tokens/{token}/revoke", policy.Integrate, s.revokeTokenPage)
	rt.handle("GET /api/v1/tokens", policy.Integrate, s.apiTokens)
	rt.handle("POST /api/v1/tokens", policy.Integrate, s.apiMakeToken)
	rt.handle("POST /api/v1/tokens/{token}/revoke", policy.Integrate, s.apiRevokeToken)
}

// webhookRoutes are about what other systems are told. {endpoint} is where one is
// told, {delivery} what was sent there.
func (s *server) webhookRoutes(rt *router) {
	rt.handle("GET /webhooks", policy.Integrate, s.webhooksPage)
	rt.handle("POST /webhooks", policy.Integrate, s.addWebhookPage)
	rt.handle("GET /webhooks/{endpoint}", policy.Integrate, s.webhookPage)
	rt.handle("POST /webhooks/{endpoint}/disable", policy.Integrate, s.disableWebhookPage)
	rt.handle("POST /webhooks/{endpoint}/secret", policy.Integrate, s.changeSecretPage)
	rt.handle("POST /webhooks/{endpoint}/test", policy.Integrate, sendWebhookPage(s.testWebhook))
	rt.handle("POST /webhooks/deliveries/{delivery}/redeliver", policy.Integrate, sendWebhookPage(s.redeliver))
	rt.handle("GET /api/v1/webhooks", policy.Integrate, s.apiWebhooks)
	rt.handle("POST /api/v1/webhooks", policy.Integrate, s.apiAddWebhook)
	rt.handle("GET /api/v1/webhooks/{endpoint}/deliveries", policy.Integrate, s.apiDeliveries)
	rt.handle("POST /api/v1/webhooks/{endpoint}/disable", policy.Integrate, s.apiDisableWebhook)
	rt.handle("POST /api/v1/webhooks/{endpoint}/secret", policy.Integrate, s.apiChangeSecret)
	rt.handle("POST /api/v1/webhooks/{endpoint}/test", policy.Integrate, s.apiSendWebhook(s.testWebhook))
	rt.handle("POST /api/v1/webhooks/deliveries/{delivery}/redeliver", policy.Integrate, s.apiSendWebhook(s.redeliver))
}

// documentRoutes are about documents and their pictures.
func (s *server) documentRoutes(rt *router) {
	rt.handle("GET /upload", policy.Upload, s.uploadPage)
	rt.handle("POST /upload", policy.Upload, s.upload)
	rt.handle("GET /upload/received", policy.Read, s.received)
	rt.handle("GET /documents", policy.Read, s.list)
	rt.handle("GET /documents/{id}", policy.Read, s.document)
	rt.handle("GET /documents/{id}/examine", policy.Read, s.examine)
	rt.handle("GET /documents/{id}/events", policy.Read, s.events)
	rt.handle("GET /documents/{id}/image", policy.Read, s.image)
	rt.handle("GET /documents/{id}/original", policy.Evidence, s.original)
	rt.handle("POST /documents/{id}/use", policy.Amend, s.usePage)
	rt.handle("POST /documents/{id}/page-of", policy.Amend, s.joinPage)
	rt.handle("POST /api/v1/documents/{id}/use", policy.Amend, s.apiUse)
	rt.handle("POST /api/v1/documents/{id}/page-of", policy.Amend, s.apiJoin)
	rt.handle("POST /api/v1/documents", policy.Upload, s.apiUpload)
	rt.handle("GET /api/v1/documents", policy.Read, s.apiList)
	rt.handle("GET /api/v1/documents/{id}", policy.Read, s.apiDocument)
	rt.handle("GET /api/v1/documents/{id}/report", policy.Read, s.apiReport)
	rt.handle("GET /api/v1/documents/{id}/image", policy.Read, s.image)
}

// encounterRoutes are about the occasions to which documents are added.
func (s *server) encounterRoutes(rt *router) {
	rt.handle("GET /encounters/new", policy.Upload, s.encounterPage)
	rt.handle("POST /encounters", policy.Upload, s.newEncounter)
	rt.handle("POST /api/v1/encounters", policy.Upload, s.apiNewEncounter)
	rt.handle("GET /api/v1/encounters/{reference}", policy.Upload, s.apiEncounter)
}

// uploadRoutes are about files that arrive piece by piece.
func (s *server) uploadRoutes(rt *router) {
	rt.handle("POST /upload/{upload}/remove", policy.Amend, s.dropUploadPage)
	rt.handle("POST /api/v1/uploads", policy.Upload, s.apiBeginUpload)
	rt.handle("GET /api/v1/uploads", policy.Amend, s.apiUploads)
	rt.handle("GET /api/v1/uploads/{upload}", policy.Amend, s.apiUploadState)
	rt.handle("PATCH /api/v1/uploads/{upload}", policy.Amend, s.apiUploadPiece)
	rt.handle("DELETE /api/v1/uploads/{upload}", policy.Amend, s.apiDropUpload)
	rt.handle("POST /api/v1/uploads/{upload}/document", policy.Amend, s.apiFileUpload)
}

// reviewRoutes are about what people make of documents. What changes a review is
// a reviewer's.
func (s *server) reviewRoutes(rt *router) {
	rt.handle("GET /reviews/{id}", policy.Queue, s.review)
	rt.handle("POST /reviews/{id}/decision", policy.Review, s.decide)
	rt.handle("POST /reviews/{id}/impression", policy.Review, s.impression)
	rt.handle("POST /reviews/{id}/draft", policy.Review, s.draft)
	rt.handle("POST /reviews/{id}/recapture", policy.Review, s.recapture)
	rt.handle("POST /reviews/{id}/keep", policy.Review, s.hold)
	rt.handle("POST /reviews/{id}/leave", policy.Review, s.leave)
	rt.handle("GET /api/v1/reviews/{id}", policy.Queue, s.apiReview)
	rt.handle("POST /api/v1/reviews/{id}/take", policy.Review, s.apiTake)
	rt.handle("POST /api/v1/reviews/{id}/keep", policy.Review, s.hold)
	rt.handle("POST /api/v1/reviews/{id}/leave", policy.Review, s.apiLeave)
	rt.handle("POST /api/v1/reviews/{id}/impression", policy.Review, s.apiImpression)
	rt.handle("POST /api/v1/reviews/{id}/draft", policy.Review, s.apiDraft)
	rt.handle("POST /api/v1/reviews/{id}/decision", policy.Review, s.apiDecide)
	rt.handle("POST /api/v1/reviews/{id}/recapture", policy.Review, s.apiRecapture)
}

// typedRoutes are about zones that somebody types.
func (s *server) typedRoutes(rt *router) {
	rt.handle("GET /typed-zone", policy.Upload, s.typedZonePage)
	rt.handle("POST /typed-zone", policy.Upload, s.typedZone)
	rt.handle("POST /api/v1/mrz", policy.Upload, s.apiTypedZone)
}

// siteRoutes are about the desk as people see it.
func (s *server) siteRoutes(rt *router) {
	rt.handle("POST /theme", policy.Open, s.theme)
	rt.handle("GET /help", policy.Open, s.help)
	rt.handle("POST /filters", policy.SignedIn, s.saveFilter)
	rt.handle("GET /api/v1/filters", policy.SignedIn, s.apiFilters)
	rt.handle("POST /api/v1/filters", policy.SignedIn, s.apiSaveFilter)
	rt.handle("GET /search", policy.Search, s.searchPage)
	rt.handle("POST /search", policy.Search, s.newSearch)
	rt.handle("GET /search/{search}", policy.Search, s.found)
	rt.handle("POST /api/v1/searches", policy.Search, s.apiSearch)
}
