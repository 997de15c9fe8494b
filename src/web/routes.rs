//! All routes on one screen. Each has a pattern, the methods it takes and a surface, which decides its
//! headers and whether its problems are pages or JSON.

use actix_web::dev::HttpServiceFactory;
use actix_web::guard;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, Route};

use super::middleware::Edge;
use super::problem::Problem;
use super::{AppDoor, AppState, OfficeDoor, api, openapi, site};

/// What kind of place a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// The front page; may be indexed.
    Front,
    /// A page with an answer.
    Page,
    /// A page with an answer that asks by script how it goes on.
    Watch,
    /// The scan page: the camera, and nothing of anybody; may be indexed.
    Scan,
    /// The counter: the camera, and verdicts asked by script.
    Counter,
    /// JSON.
    Api,
    /// The public log and keys: readable from everywhere.
    Open,
    /// Operators' listener.
    Operators,
}

impl Surface {
    /// Whether its problems are pages.
    pub const fn is_page(self) -> bool {
        matches!(self, Self::Front | Self::Page | Self::Watch | Self::Scan | Self::Counter)
    }

    /// Whether its pages ask something of us by script.
    pub const fn asks_by_script(self) -> bool {
        matches!(self, Self::Watch | Self::Counter)
    }
}

/// One row of the table.
#[derive(Debug)]
pub struct Spec {
    /// As actix matches it, and as it stands in logs and metrics.
    pub pattern: &'static str,
    /// As the `Allow` header lists them.
    pub methods: &'static str,
    /// What kind of place it is.
    pub surface: Surface,
}

macro_rules! table {
    ($($name:ident $pattern:literal $methods:literal $surface:ident;)+) => {
        $(pub(super) static $name: Spec = Spec { pattern: $pattern, methods: $methods, surface: Surface::$surface };)+
        /// Every route, public ones first.
        pub static TABLE: &[&Spec] = &[$(&$name),+];
    };
}

table! {
    VERDICT      "/api/v1/transcripts/{code}"            "GET, HEAD, OPTIONS"       Api;
    PAGE         "/v/{code}"                             "GET, HEAD, POST, OPTIONS" Page;
    PAGE_UPPER   "/V/{code}"                             "GET, HEAD, POST, OPTIONS" Page;
    EVIDENCE     "/v/{code}/bang-chung"                  "GET, HEAD, POST, OPTIONS" Page;
    PUBLIC_FILE  "/v/{code}/bang-chung/tep"              "GET, HEAD, OPTIONS"       Page;
    REPORT       "/v/{code}/bao-sai-sot"                 "GET, HEAD, POST, OPTIONS" Page;
    PAPER        "/v/{code}/doi-chieu"                   "GET, HEAD, POST, OPTIONS" Page;
    SHARE        "/v/{code}/chia-se"                     "GET, HEAD, POST, OPTIONS" Page;
    VOID         "/v/{code}/vo-hieu"                     "GET, HEAD, POST, OPTIONS" Page;
    KEEP         "/v/{code}/bien-nhan"                   "GET, HEAD, POST, OPTIONS" Page;
    COPY         "/v/{code}/ban-mem"                     "GET, HEAD, POST, OPTIONS" Page;
    COPY_FILE    "/ban-mem/{ticket}"                     "GET, HEAD, OPTIONS"       Page;
    CHECK_COPY   "/xac-thuc-ban-mem"                     "GET, HEAD, POST, OPTIONS" Page;
    KEPT_FILE    "/bien-nhan/tep"                        "GET, HEAD, POST, OPTIONS" Page;
    CHECK_KEPT   "/xac-thuc-bien-nhan"                   "GET, HEAD, POST, OPTIONS" Page;
    KEEP_JSON    "/api/v1/transcripts/{code}/receipt"    "POST, OPTIONS"            Api;
    DISCLOSURE   "/api/v1/transcripts/{code}/disclosure" "POST, OPTIONS"            Api;
    TOKEN        "/oauth/token"                          "POST, OPTIONS"            Api;
    OAUTH        "/.well-known/oauth-authorization-server" "GET, HEAD, OPTIONS"     Open;
    CITIZEN      "/api/v1/citizens/me/transcripts"       "GET, OPTIONS"             Api;
    CITIZEN_ONE  "/api/v1/citizens/me/transcripts/{code}" "GET, OPTIONS"            Api;
    CHANGES      "/api/v1/citizens/me/changes"           "GET, OPTIONS"             Api;
    OPENAPI      "/api/v1/openapi.json"                  "GET, HEAD, OPTIONS"       Open;
    API_PAGE     "/tai-lieu-api"                         "GET, HEAD, OPTIONS"       Page;
    HOME         "/"                                     "GET, HEAD, OPTIONS"       Front;
    LOOKUP       "/tra-cuu"                              "GET, HEAD, POST, OPTIONS" Page;
    TICKET       "/bao-sai-sot"                          "GET, HEAD, POST, OPTIONS" Page;
    LEDGER       "/nhat-ky"                              "GET, HEAD, OPTIONS"       Page;
    SCHOOLS      "/truong"                               "GET, HEAD, OPTIONS"       Page;
    PROVINCE     "/truong/{province}"                    "GET, HEAD, OPTIONS"       Page;
    SCHOOL       "/truong/{province}/{school}"           "GET, HEAD, OPTIONS"       Page;
    SCAN         "/quet-ma"                              "GET, HEAD, OPTIONS"       Scan;
    COUNTER      "/quay"                                 "GET, HEAD, OPTIONS"       Counter;
    OFFICE       "/co-quan"                              "GET, HEAD, OPTIONS"       Page;
    SIGN_IN      "/co-quan/dang-nhap"                    "GET, HEAD, POST, OPTIONS" Page;
    PROVIDER     "/co-quan/ben-ngoai"                    "GET, HEAD, POST, OPTIONS" Page;
    RETURN       "/co-quan/ben-ngoai/ve"                 "GET, OPTIONS"             Page;
    SIGN_OUT     "/co-quan/dang-xuat"                    "GET, HEAD, POST, OPTIONS" Page;
    ENROL        "/co-quan/kich-hoat"                    "GET, HEAD, POST, OPTIONS" Page;
    PASSWORD     "/co-quan/mat-khau"                     "GET, HEAD, POST, OPTIONS" Page;
    SEARCH       "/co-quan/tim"                          "GET, HEAD, POST, OPTIONS" Page;
    RECORD       "/co-quan/ho-so"                        "GET, HEAD, POST, OPTIONS" Page;
    BATCHES      "/co-quan/lo"                           "GET, HEAD, POST, OPTIONS" Page;
    DRAFT        "/co-quan/lo/xem-truoc"                 "GET, HEAD, POST, OPTIONS" Page;
    BATCH        "/co-quan/lo/{batch}"                   "GET, HEAD, POST, OPTIONS" Watch;
    BATCH_STATE  "/co-quan/lo/{batch}/tien-do"           "GET, HEAD, OPTIONS"       Api;
    BATCH_FILE   "/co-quan/lo/{batch}/ket-qua"           "GET, HEAD, POST, OPTIONS" Page;
    LATER        "/co-quan/thay-doi"                     "GET, HEAD, POST, OPTIONS" Page;
    MEMBERS      "/co-quan/thanh-vien"                   "GET, HEAD, POST, OPTIONS" Page;
    MEMBER       "/co-quan/thanh-vien/thay-doi"          "GET, HEAD, POST, OPTIONS" Page;
    OFFICES      "/co-quan/don-vi"                       "GET, HEAD, OPTIONS"       Page;
    ONE_OFFICE   "/co-quan/don-vi/{office}"              "GET, HEAD, OPTIONS"       Page;
    JOURNAL      "/co-quan/nhat-ky"                      "GET, HEAD, POST, OPTIONS" Page;
    STATIC       "/static/{file}"                        "GET, HEAD, OPTIONS"       Front;
    FEED         "/feeds/{province}"                     "GET, HEAD, OPTIONS"       Api;
    PACKAGE      "/feeds/{province}/{sequence}"          "PUT, OPTIONS"             Api;
    RECEIPT      "/feeds/{province}/{sequence}/receipt"  "GET, HEAD, OPTIONS"       Api;
    DETAILS      "/feeds/{province}/{sequence}/details"  "GET, HEAD, OPTIONS"       Api;
    CHECKPOINT   "/log/checkpoint"                       "GET, HEAD, OPTIONS"       Open;
    TILE         "/log/tile/{path:.*}"                   "GET, HEAD, OPTIONS"       Open;
    VKEY         "/log/vkey"                             "GET, HEAD, OPTIONS"       Open;
    FRESHNESS    "/log/vkey-freshness"                   "GET, HEAD, OPTIONS"       Open;
    JWKS         "/.well-known/jwks.json"                "GET, HEAD, OPTIONS"       Open;
    SECURITY     "/.well-known/security.txt"             "GET, HEAD, OPTIONS"       Open;
    ROBOTS       "/robots.txt"                           "GET, HEAD, OPTIONS"       Front;
    HEALTH       "/healthz"                              "GET, HEAD, OPTIONS"       Api;
    READY        "/readyz"                               "GET, HEAD, OPTIONS"       Api;
    NO_API       "/api/{tail:.*}"                        ""                         Api;
    NO_OAUTH     "/oauth/{tail:.*}"                      ""                         Api;
    NO_LOG       "/log/{tail:.*}"                        ""                         Open;
    NO_FEED      "/feeds/{tail:.*}"                      ""                         Api;
    NO_KEY       "/.well-known/{tail:.*}"                ""                         Open;
    NO_PAGE      "{tail:.*}"                             ""                         Page;
    METRICS      "/metrics"                              "GET, HEAD, OPTIONS"       Operators;
    OPS_HEALTH   "/healthz"                              "GET, HEAD, OPTIONS"       Operators;
    OPS_READY    "/readyz"                               "GET, HEAD, OPTIONS"       Operators;
    OPS_NOTHING  "{tail:.*}"                             ""                         Operators;
}

/// What stands before the code in [`VERDICT`].
const VERDICT_PREFIX: &str = "/api/v1/transcripts";

/// The public routes; the busiest first, because they are tried in order.
pub fn public(state: &Data<AppState>, app: &mut ServiceConfig) {
    app.app_data(state.clone());
    // A prefix is compared, a pattern with a parameter is a regular expression: on the hot path that
    // would be a sixth of the time. What is not GET falls through to the pattern below.
    app.service(
        web::scope(VERDICT_PREFIX)
            .guard(guard::Any(guard::Get()).or(guard::Head()))
            .default_service(web::to(api::verdict::show))
            .wrap(Edge::new(state, &VERDICT)),
    );
    app.service(At::new(state, &VERDICT).done());
    for (prefix, page) in [("/v", &PAGE), ("/V", &PAGE_UPPER)] {
        app.service(
            web::scope(prefix)
                .guard(guard::Any(guard::Get()).or(guard::Head()))
                .guard(guard::fn_guard(|context| site::verdict::is_of_a_code(context.head().uri.path())))
                .default_service(web::to(site::verdict::show))
                .wrap(Edge::new(state, page)),
        );
        app.service(At::new(state, page).post(site::disclosure::submit).done());
    }
    app.service(At::new(state, &EVIDENCE).get(site::evidence::show).post(site::evidence::whole_file).done());
    app.service(At::new(state, &PUBLIC_FILE).get(site::evidence::public_file).done());
    app.service(At::new(state, &REPORT).get(site::reports::form).post(site::reports::submit).done());
    app.service(At::new(state, &PAPER).get(site::paper::back).post(site::paper::submit).done());
    app.service(At::new(state, &SHARE).get(site::share::back).post(site::share::make).done());
    app.service(At::new(state, &VOID).get(site::share::back).post(site::share::void).done());
    app.service(At::new(state, &KEEP).get(site::receipt::back).post(site::receipt::keep).done());
    if state.soft_copies.is_some() {
        app.service(At::new(state, &COPY).get(site::share::back).post(site::soft_copy::make).done());
        app.service(At::new(state, &COPY_FILE).get(site::soft_copy::file).done());
        app.service(At::new(state, &CHECK_COPY).get(site::soft_copy::ask).post(site::soft_copy::check).done());
    }
    app.service(At::new(state, &KEPT_FILE).get(site::receipt::back_to_check).post(site::receipt::file).done());
    app.service(At::new(state, &CHECK_KEPT).get(site::receipt::ask).post(site::receipt::check).done());
    app.service(At::new(state, &KEEP_JSON).post(api::receipt::keep).done());
    app.service(At::new(state, &DISCLOSURE).post(api::disclosure::submit).done());
    app.service(At::new(state, &HOME).get(site::home::show).done());
    app.service(At::new(state, &LOOKUP).get(site::lookup::back).post(site::lookup::submit).done());
    app.service(At::new(state, &TICKET).get(site::reports::ask).post(site::reports::follow).done());
    app.service(At::new(state, &LEDGER).get(site::ledger::show).done());
    app.service(At::new(state, &SCHOOLS).get(site::schools::list).done());
    app.service(At::new(state, &PROVINCE).get(site::schools::province).done());
    app.service(At::new(state, &SCHOOL).get(site::schools::school).done());
    app.service(At::new(state, &SCAN).get(site::scan::show).done());
    app.service(At::new(state, &COUNTER).get(site::scan::counter).done());
    if !matches!(state.offices, OfficeDoor::Absent) {
        offices(state, app);
    }
    if !matches!(state.apps, AppDoor::Absent) {
        apps(state, app);
    }
    app.service(At::new(state, &OPENAPI).get(openapi::show).done());
    app.service(At::new(state, &API_PAGE).get(openapi::page).done());
    app.service(At::new(state, &STATIC).get(site::files::show).done());
    app.service(At::new(state, &CHECKPOINT).get(api::log::checkpoint).done());
    app.service(At::new(state, &TILE).get(api::log::tile).done());
    app.service(At::new(state, &VKEY).get(api::log::vkey).done());
    app.service(At::new(state, &FRESHNESS).get(api::log::vkey_freshness).done());
    app.service(At::new(state, &JWKS).get(api::keys::show).done());
    app.service(At::new(state, &SECURITY).get(site::files::security_txt).done());
    app.service(At::new(state, &ROBOTS).get(site::files::robots_txt).done());
    app.service(At::new(state, &HEALTH).get(api::health::alive).done());
    app.service(At::new(state, &READY).get(api::health::ready).done());
    if state.feeds.is_some() {
        app.service(At::new(state, &FEED).get(api::feeds::expected).done());
        app.service(At::new(state, &PACKAGE).put(api::feeds::receive).done());
        app.service(At::new(state, &RECEIPT).get(api::feeds::receipt).done());
        app.service(At::new(state, &DETAILS).get(api::feeds::details).done());
    }
    for nothing in [&NO_API, &NO_OAUTH, &NO_LOG, &NO_FEED, &NO_KEY, &NO_PAGE] {
        app.service(At::new(state, nothing).nothing());
    }
}

/// The routes of offices, in a process that answers them.
fn offices(state: &Data<AppState>, app: &mut ServiceConfig) {
    use site::office::{
        batches, drafts, enrolment, journal, later, members, offices, openid, password, search, sign_in,
    };
    app.service(At::new(state, &OFFICE).get(offices::own).done());
    app.service(At::new(state, &SIGN_IN).get(sign_in::form).post(sign_in::submit).done());
    if state.openid.is_some() {
        app.service(At::new(state, &PROVIDER).get(sign_in::back).post(openid::leave).done());
        app.service(At::new(state, &RETURN).get_alone(openid::come_back).done());
    }
    app.service(At::new(state, &SIGN_OUT).get(sign_in::back).post(sign_in::sign_out).done());
    app.service(At::new(state, &ENROL).get(enrolment::form).post(enrolment::submit).done());
    app.service(At::new(state, &PASSWORD).get(password::form).post(password::submit).done());
    app.service(At::new(state, &SEARCH).get(search::form).post(search::submit).done());
    app.service(At::new(state, &RECORD).get(sign_in::back).post(search::open).done());
    app.service(At::new(state, &BATCHES).get(batches::list).post(batches::hand_in).done());
    app.service(At::new(state, &DRAFT).get(drafts::show).post(drafts::submit).done());
    app.service(At::new(state, &BATCH).get(batches::one).post(batches::change).done());
    app.service(At::new(state, &BATCH_STATE).get(batches::progress).done());
    app.service(At::new(state, &BATCH_FILE).get(batches::back).post(batches::file).done());
    app.service(At::new(state, &LATER).get(later::list).post(later::note).done());
    app.service(At::new(state, &MEMBERS).get(members::list).post(members::add).done());
    app.service(At::new(state, &MEMBER).get(sign_in::back).post(members::change).done());
    app.service(At::new(state, &OFFICES).get(offices::every).done());
    app.service(At::new(state, &ONE_OFFICE).get(offices::one).done());
    app.service(At::new(state, &JOURNAL).get(journal::newest).post(journal::filtered).done());
}

/// The routes of apps, in a process that answers them. HEAD is not among the methods: what it would be answered with is
/// written down as shown.
fn apps(state: &Data<AppState>, app: &mut ServiceConfig) {
    use api::apps::{citizens, token};
    app.service(At::new(state, &TOKEN).post(token::issue).done());
    app.service(At::new(state, &OAUTH).get(token::metadata).done());
    app.service(At::new(state, &CITIZEN).get_alone(citizens::transcripts).done());
    app.service(At::new(state, &CITIZEN_ONE).get_alone(citizens::transcript).done());
    app.service(At::new(state, &CHANGES).get_alone(citizens::changes).done());
}

/// The operators' routes, on a listener of their own.
pub fn operators(state: &Data<AppState>, app: &mut ServiceConfig) {
    app.app_data(state.clone());
    app.service(At::new(state, &METRICS).get(api::health::metrics).done());
    app.service(At::new(state, &OPS_HEALTH).get(api::health::alive).done());
    app.service(At::new(state, &OPS_READY).get(api::health::ready_in_detail).done());
    app.service(At::new(state, &OPS_NOTHING).nothing());
}

/// One row while it gets its handlers.
struct At {
    spec: &'static Spec,
    edge: Edge,
    resource: Resource,
}

impl At {
    fn new(state: &Data<AppState>, spec: &'static Spec) -> Self {
        Self { spec, edge: Edge::new(state, spec), resource: web::resource(spec.pattern) }
    }

    fn handle<F, A>(mut self, route: Route, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.resource = self.resource.route(route.to(handler));
        self
    }

    /// GET, and HEAD with it.
    fn get<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.handle(web::route().guard(guard::Any(guard::Get()).or(guard::Head())), handler)
    }

    /// GET without HEAD.
    fn get_alone<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.handle(web::get(), handler)
    }

    fn post<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.handle(web::post(), handler)
    }

    fn put<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.handle(web::put(), handler)
    }

    /// OPTIONS lists the methods; any other is refused with the same list.
    fn done(self) -> impl HttpServiceFactory {
        let (methods, surface) = (self.spec.methods, self.spec.surface);
        self.resource
            .route(web::method(actix_web::http::Method::OPTIONS).to(move || async move { options(methods, surface) }))
            .default_service(web::to(move || async move {
                Err::<HttpResponse, _>(Problem::MethodNotAllowed { allow: methods })
            }))
            .wrap(self.edge)
    }

    /// Whatever is asked for, it is not here.
    fn nothing(self) -> impl HttpServiceFactory {
        self.resource.default_service(web::to(|| async { Err::<HttpResponse, _>(Problem::NotFound) })).wrap(self.edge)
    }
}

fn options(methods: &'static str, surface: Surface) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    if surface == Surface::Open {
        let name = HeaderName::from_static("access-control-allow-methods");
        response.headers_mut().insert(name, HeaderValue::from_static(methods));
    }
    response
}
