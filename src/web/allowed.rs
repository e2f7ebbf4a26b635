//! The door of every handler that works on a company's data: the right it needs is part of its signature.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};

use super::format::Format;
use super::nav::{self, Place};
use super::page::{Notice, PageShell, Person};
use super::parts::{Link, Tone};
use super::request::{self, Door, Facts};
use super::{body, csrf, edge, flash};
use crate::actor::Actor;
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::db::Scope;
use crate::gate::{
    Ask, CompanyView, Credential, Later, Limits, OpenCompany, Permission, Rights, SessionView,
};
use crate::slice::Slice;
use crate::{Error, Result};

/// The permission to close a company, by its name: the type is a slice's.
const MAY_CLOSE: &str = "company:close";

/// A caller who was let in with permission `P`: signed in at a page, or with a key at the API.
pub struct Allowed<P> {
    /// The program.
    pub app: App,
    /// The company's data.
    pub scope: Scope,
    /// Who acts.
    pub actor: Actor,
    /// What they may do.
    pub rights: Rights,
    /// The session, for people.
    pub session: Option<SessionView>,
    /// The company.
    pub company: CompanyView,
    /// How it stands: what its plan allows, which products it has.
    pub open: Arc<OpenCompany>,
    /// The request, for addresses and cookies.
    pub request: HttpRequest,
    base: String,
    waiting: Vec<(Place, u64)>,
    permission: PhantomData<P>,
}

/// Asks for no right at all: a good key is enough.
#[derive(Debug, Clone, Copy)]
pub enum Anyone {}

impl Permission for Anyone {
    const NAME: &'static str = "";
    const ABOUT: &'static str = "";
    const IN_PROJECT: bool = true;
}

/// A caller with any good key, whatever it may do.
pub type AnyKey = Allowed<Anyone>;

impl<P: Permission> FromRequest for Allowed<P> {
    type Error = Error;
    type Future = Later<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asking = body::waits_for_door(request);
        let entering = enter(request.clone(), P::NAME, P::IN_PROJECT);
        Box::pin(async move {
            let _asking = asking;
            let entered = entering.await?;
            Ok(Self {
                app: entered.app,
                scope: entered.scope,
                actor: entered.actor,
                rights: entered.rights,
                session: entered.session,
                company: entered.company,
                open: entered.open,
                request: entered.request,
                base: entered.base,
                waiting: entered.waiting,
                permission: PhantomData,
            })
        })
    }
}

/// Lets a caller in who has the right of this name. Compiled once, not for every permission.
fn enter(
    request: HttpRequest,
    permission: &'static str,
    in_project: bool,
) -> Later<'static, Result<AnyKey>> {
    Box::pin(async move {
        let app: App = request
            .app_data::<web::Data<App>>()
            .ok_or(Error::Busy)?
            .get_ref()
            .clone();
        let gate = app.gate.get().ok_or(Error::Busy)?;
        let facts = request::facts(&request);
        let credential = match facts.door {
            Door::Page => {
                if !gate.is_owned() {
                    return Err(Error::Unauthenticated);
                }
                request
                    .cookie(csrf::session_cookie_name(app.is_https()))
                    .map(|cookie| Credential::Cookie(cookie.value().to_owned()))
            }
            Door::Api | Door::Open => bearer(&request).map(Credential::Bearer),
        };
        let ask = Ask {
            credential: credential.ok_or(Error::Unauthenticated)?,
            tenant_slug: facts.tenant_slug.clone(),
            origin: request::origin(&request),
        };
        let admission = gate.admit(ask).await?;
        let slug = facts.tenant_slug.as_deref();
        super::rates::judge_own(&app, request.path(), slug, &admission)?;
        let base = base(&app, &facts, request.path(), &admission.slug);
        // A program gets no page around its errors.
        if facts.door == Door::Page {
            request.extensions_mut().insert(LetIn {
                app: app.clone(),
                base: base.clone(),
                company: admission.company.clone(),
                open: Arc::clone(&admission.open),
                rights: admission.rights.clone(),
                session: admission.session.clone(),
                waiting: Vec::new(),
            });
        }
        stands(&app, &request, &admission.open, permission)?;
        if !permission.is_empty() && !admission.rights.allows(permission) {
            return Err(Error::Forbidden(permission.to_owned()));
        }
        if let Some(project) = &admission.project
            && !(in_project && has_projects(&app, permission))
        {
            return Err(Error::ProjectLimited(project.slug.clone()));
        }
        let scope = app.tenants.scope(admission.tenant)?;
        let scope = scope.within(admission.project);
        let is_page = facts.door == Door::Page && !request.path().ends_with(".csv");
        let mut waits = Vec::new();
        if is_page {
            waits = waiting(&app, &scope).await;
            if let Some(let_in) = request.extensions_mut().get_mut::<LetIn>() {
                let_in.waiting.clone_from(&waits);
            }
        }
        Ok(Allowed {
            base,
            waiting: waits,
            scope,
            actor: admission.actor,
            rights: admission.rights,
            session: admission.session,
            company: admission.company,
            open: admission.open,
            app,
            request,
            permission: PhantomData,
        })
    })
}

/// Whether the company may be worked on so: the one place that keeps a frozen company as it is and a product that is switched off
/// shut. Whoever demands a permission of a slice is in that product; one's own account and the way out belong to no company.
fn stands(app: &App, request: &HttpRequest, company: &OpenCompany, permission: &str) -> Result<()> {
    let is_ours = !request::is_of_the_instance(request.path());
    // Out of a company one can always go; out of one that is being closed, back.
    let way = match company.closing_at {
        Some(_) => request::KEEP,
        None => request::CLOSE,
    };
    let is_way = request::below_tenant(request.path()) == way;
    if company.is_frozen && is_ours && !is_way && !request.method().is_safe() {
        return Err(Error::Frozen);
    }
    // Hardly ever is anything decided about a product, and then nothing is looked for.
    if company.standing.products.is_empty() {
        return Ok(());
    }
    match product_of(app, permission) {
        Some(product) => has_product(app, company, product),
        None => Ok(()),
    }
}

fn has_product(app: &App, company: &OpenCompany, product: &str) -> Result<()> {
    if company.standing.has(product, app.clock.now()) {
        Ok(())
    } else {
        Err(Error::ProductDisabled(product.to_owned()))
    }
}

/// Whether the records of a permission's slice belong to projects; what needs no permission at all tells of none.
fn has_projects(app: &App, permission: &str) -> bool {
    slice_of(app, permission).is_none_or(|slice| slice.supports_projects)
}

/// The product a permission belongs to.
fn product_of(app: &App, permission: &str) -> Option<&'static str> {
    slice_of(app, permission).map(|slice| slice.name)
}

/// The slice that declares a permission.
fn slice_of(app: &App, permission: &str) -> Option<&'static Slice> {
    let declares = |slice: &&Slice| {
        let mut names = slice.permissions.iter();
        names.any(|one| one.name == permission)
    };
    app.slices.iter().find(declares)
}

/// The prefix of a company's addresses as this request reaches them. A page of the instance (one's own account) stands in the
/// company the session is for; on a company's own host no address has a prefix.
fn base(app: &App, facts: &Facts, path: &str, slug: &str) -> String {
    match edge::base_of(path) {
        "" if app.config.tenancy == Tenancy::Multi && facts.tenant_slug.is_none() => {
            format!("/t/{slug}")
        }
        base => base.to_owned(),
    }
}

/// What follows `Bearer ` in a request.
pub fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

impl<P> Allowed<P> {
    /// What the company's plan allows.
    pub fn limits(&self) -> Limits {
        self.open.standing.limits
    }

    /// For a page of a product whose permission is another slice's: whether the company has the product.
    ///
    /// # Errors
    /// [`Error::ProductDisabled`].
    pub fn needs_product(&self, product: &str) -> Result<()> {
        has_product(&self.app, &self.open, product)
    }

    /// The tenant's prefix: empty, or `/t/<slug>`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What the company's addresses begin with for whoever is elsewhere: of all it answers under the one that stays.
    pub fn home(&self) -> String {
        let below = match self.app.config.tenancy {
            Tenancy::Multi => format!("/t/{}", self.open.slug),
            Tenancy::Single => String::new(),
        };
        format!("{}{below}", self.app.public_url.trim_end_matches('/'))
    }

    /// An address of this tenant.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// How this company writes figures and times.
    pub fn format(&self) -> Format {
        Format::named(&self.company.locale, &self.company.time_zone)
    }

    /// The shell of a page under `place` of the navigation.
    pub fn shell(&self, place: Place, title: impl Into<String>) -> PageShell {
        self.shell_at(Some(place), title)
    }

    /// The shell of a page the navigation does not lead to: one's own account.
    pub fn shell_apart(&self, title: impl Into<String>) -> PageShell {
        self.shell_at(None, title)
    }

    fn shell_at(&self, place: Option<Place>, title: impl Into<String>) -> PageShell {
        let let_in = LetIn {
            app: self.app.clone(),
            base: self.base.clone(),
            company: self.company.clone(),
            open: Arc::clone(&self.open),
            rights: self.rights.clone(),
            session: self.session.clone(),
            waiting: self.waiting.clone(),
        };
        let_in.shell(&self.request, place, title)
    }
}

/// Who was let in, kept with the request: an answer that goes wrong later still has the page's shell around it.
#[derive(Clone)]
struct LetIn {
    app: App,
    base: String,
    company: CompanyView,
    open: Arc<OpenCompany>,
    rights: Rights,
    session: Option<SessionView>,
    waiting: Vec<(Place, u64)>,
}

/// What waits for a person, as every slice counts it. A count that fails is left out: no page fails for it.
async fn waiting(app: &App, scope: &Scope) -> Vec<(Place, u64)> {
    let (slices, now) = (app.slices, app.clock.now());
    let counted = scope
        .read(move |c| {
            let mut all = Vec::new();
            for count in slices.iter().filter_map(|slice| slice.waiting) {
                all.extend(count(c, now)?);
            }
            Ok(all)
        })
        .await;
    let counted = counted.unwrap_or_else(|error| {
        tracing::debug!(%error, "What waits could not be counted");
        Vec::new()
    });
    counted
        .into_iter()
        .filter_map(|(path, many)| Some((Place::of(path)?, u64::try_from(many).ok()?)))
        .collect()
}

impl LetIn {
    fn shell(
        &self,
        request: &HttpRequest,
        place: Option<Place>,
        title: impl Into<String>,
    ) -> PageShell {
        let base = self.base.as_str();
        let mut shell = PageShell::new(request, base).titled(title);
        shell.company.clone_from(&self.company.name);
        shell.is_shared = self.app.config.tenancy == Tenancy::Multi;
        shell.user = self.session.as_ref().map(|s| Person {
            name: s.user_name.clone(),
            email: s.user_email.clone(),
        });
        shell.nav = nav::build(base, place, &self.waiting, |place| self.leads_to(place));
        shell.csrf = csrf::session_token(request, &self.app);
        shell.toasts.extend(flash::read(request, &self.app));
        shell.format = Format::named(&self.company.locale, &self.company.time_zone);
        shell.notices.extend(open_line(&self.app.public_url));
        let notice = match self.open.closing_at {
            Some(at) => Some(self.closing(&shell, at)),
            None => as_it_stands(&self.open, self.app.clock.now()),
        };
        shell.notices.extend(notice);
        shell
    }

    /// Said on every page of a company that is being closed, with the way back for whoever may take it.
    fn closing(&self, shell: &PageShell, at: Timestamp) -> Notice {
        let day = shell.format.date(shell.format.day_of(at));
        let may_keep = self.rights.allows(MAY_CLOSE);
        Notice {
            tone: Tone::Bad,
            text: format!(
                "This company is being closed: on {day} it is deleted with all its data. Until then everything can be read and downloaded, nothing can be changed, and links lead on without being counted."
            ),
            link: may_keep.then(|| Link::new("Keep this company", shell.url(request::CLOSE))),
        }
    }

    /// Whether a page of the navigation would open.
    fn leads_to(&self, place: Place) -> bool {
        let permission = needed(place);
        let is_on = || {
            product_of(&self.app, permission)
                .is_none_or(|product| has_product(&self.app, &self.open, product).is_ok())
        };
        // Where one company is served, hosts choose nothing.
        let is_here = place != Place::Domains || self.app.config.tenancy == Tenancy::Multi;
        is_here && self.rights.allows(permission) && is_on()
    }
}

/// The shell around an error, where somebody is signed in; with the place of the navigation the address belongs to.
pub(super) fn shell_around_error(
    request: &HttpRequest,
    title: &str,
) -> Option<(PageShell, Option<Place>)> {
    let let_in = request.extensions().get::<LetIn>().cloned()?;
    let_in.session.as_ref()?;
    let place =
        Place::of(request::below_tenant(request.path())).filter(|place| let_in.leads_to(*place));
    Some((let_in.shell(request, place, title), place))
}

/// An address that leads nowhere. Whoever is signed in is told so among their own pages.
///
/// # Errors
/// [`Error::NotFound`], always.
pub async fn nowhere(request: HttpRequest) -> Result<HttpResponse> {
    if request::facts(&request).door == Door::Page {
        // Only for what it leaves with the request; who is not let in gets the same answer without a navigation.
        let _ = AnyKey::extract(&request).await;
    }
    Err(Error::NotFound)
}

/// Said on every page while passwords and figures travel for everybody on the network to read.
pub fn open_line(public_url: &str) -> Option<Notice> {
    let url = url::Url::parse(public_url).ok()?;
    let stays_here = match url.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    };
    let text = "This page came over plain HTTP: others on the network can read passwords and figures. \
                Put a proxy with TLS in front and set server.public_url to its https address.";
    (url.scheme() != "https" && !stays_here).then(|| Notice {
        tone: Tone::Bad,
        text: text.to_owned(),
        link: None,
    })
}

/// Said on every page while a company can only be read, and while its trial runs.
fn as_it_stands(company: &OpenCompany, now: Timestamp) -> Option<Notice> {
    let notice = |tone, text| {
        Some(Notice {
            tone,
            text,
            link: None,
        })
    };
    if company.is_frozen {
        return notice(
            Tone::Warn,
            "This company is frozen: everything can be read and downloaded, nothing can be changed, and links lead on without being counted. Ask whoever runs this instance to thaw it.".to_owned(),
        );
    }
    let text = match company.standing.trial_days_left(now)? {
        0 => "The trial has ended. The company will be frozen in a moment.".to_owned(),
        1 => "The trial ends in 1 day.".to_owned(),
        days => format!("The trial ends in {days} days."),
    };
    notice(
        Tone::Info,
        format!("{text} After it everything can be read and nothing changed."),
    )
}

/// The permission without which a page of the navigation would only answer 403.
fn needed(place: Place) -> &'static str {
    match place {
        Place::Home => "reports:read",
        Place::Programs => "programs:read",
        Place::Partners => "partners:read",
        Place::Commissions => "commissions:read",
        Place::Payouts => "payouts:read",
        Place::Links => "links:read",
        Place::Connect => "events:read",
        Place::Mail => "mail:read",
        Place::People => "members:read",
        Place::ApiKeys => "api_keys:read",
        Place::Audit => "audit:read",
        Place::System => "system:read",
        Place::Usage | Place::Domains | Place::Settings => "settings:read",
    }
}
