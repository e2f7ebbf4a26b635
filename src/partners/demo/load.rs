//! Writes the demo, a piece at a time so that visitors and colleagues do not wait behind it.
//!
//! The first piece brings programmes, partners, links and the event of the trail; with it the label is there, and from then on
//! `clear` finds whatever was written. A load that fails clears up after itself.

use std::sync::Arc;
use std::time::Duration;

use super::clear::clear;
use super::plan::{Figures, Plan};
use super::{EVENT_LOADED, is_loaded};
use crate::actor::Actor;
use crate::app::App;
use crate::audit;
use crate::clock::Timestamp;
use crate::db::{Scope, TenantConn};
use crate::gate::{Counted, Limits};
use crate::id::{EventId, ProgramId};
use crate::partners::store::{bulk, demo, enrolments, links, partners, payouts, programs, usage};
use crate::partners::{click, links_changed, partner};
use crate::{Error, Result};

/// Rows of one write: some statements' worth, a small part of what a write may take.
const ROWS_OF_A_WRITE: usize = 4 * bulk::MOST_ROWS;
/// The year ends this long ago: behind the place up to which clicks are counted by day.
const BEHIND: Duration = Duration::from_secs(120);

/// What would be loaded now; nothing is written.
///
/// # Errors
/// Where the plan cannot be made.
pub async fn preview(app: &App, scope: &Scope) -> Result<Figures> {
    let plan = plan(app).await?;
    let (room, figures) = (Room::of(app, scope, &plan), plan.figures());
    scope.read(move |c| room.judge(c)).await?;
    Ok(figures)
}

/// Loads the demo into a company, beside whatever it has, as far as its plan allows. `said` hears how far it is.
///
/// # Errors
/// A conflict where demo data is there already or a real record has one of its names, [`Error::PlanLimit`] where it does not fit; then
/// nothing of it stays.
pub async fn load(
    app: &App,
    scope: &Scope,
    actor: &Actor,
    said: impl FnMut(String) + Send,
) -> Result<Figures> {
    if scope.read(is_loaded).await? {
        return Err(already());
    }
    let plan = plan(app).await?;
    let room = Room::of(app, scope, &plan);
    fill(app, scope, actor, plan, Some(room), said).await
}

/// Loads it whatever the plan allows: for a company that has nothing else.
pub(super) async fn load_alone(app: &App, scope: &Scope, actor: &Actor) -> Result<Figures> {
    let plan = plan(app).await?;
    fill(app, scope, actor, plan, None, |_| {}).await
}

/// How much a company's plan allows of what comes all at once.
#[derive(Clone, Copy)]
struct Room {
    limits: Limits,
    month: Timestamp,
    partners: usize,
    links: usize,
    events: usize,
}

impl Room {
    fn of(app: &App, scope: &Scope, plan: &Plan) -> Self {
        let gate = app.gate.get();
        let company = gate.and_then(|gate| gate.company_by_id(scope.tenant()));
        let month = app.clock.now().month().0;
        let first = EventId::floor(month);
        Self {
            limits: company.map_or(Limits::NONE, |company| company.standing.limits),
            month,
            partners: plan.partners.len(),
            links: plan.links.len(),
            events: plan.events.iter().filter(|one| one.id >= first).count(),
        }
    }

    fn judge(self, c: &mut TenantConn) -> Result<()> {
        let limits = self.limits;
        limits.so_many_more(Counted::Partners, self.partners, |most| {
            usage::partners(c, most)
        })?;
        limits.so_many_more(Counted::Links, self.links, |most| usage::links(c, most))?;
        limits.so_many_more(Counted::EventsPerMonth, self.events, |most| {
            usage::events(c, self.month, most)
        })
    }
}

async fn fill(
    app: &App,
    scope: &Scope,
    actor: &Actor,
    plan: Plan,
    room: Option<Room>,
    mut said: impl FnMut(String) + Send,
) -> Result<Figures> {
    let figures = plan.figures();
    click::catch_up(scope).await?;
    let loaded = write(app, scope, actor, plan, room, &mut said).await;
    links_changed(app, scope.tenant());
    match loaded {
        Ok(()) => Ok(figures),
        Err(Failed::Before(error)) => Err(named(error)),
        Err(Failed::Within(error)) => {
            said("That failed; what was written is taken away again.".to_owned());
            clear(app, scope, actor, said).await?;
            Err(named(error))
        }
    }
}

/// Says what a name that is taken means here.
fn named(error: Error) -> Error {
    match error {
        Error::Duplicate => Error::conflict(
            "demo_name_taken",
            "A record of yours has a name that begins with “demo-” and that the demo needs. Nothing was changed.",
        ),
        other => other,
    }
}

/// Worked out on a thread of its own: a second of work at most.
async fn plan(app: &App) -> Result<Plan> {
    let until = app.clock.now().minus(BEHIND);
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| Error::internal(error.to_string()))?;
    tokio::task::spawn_blocking(move || Plan::new(u64::from_le_bytes(seed), until))
        .await
        .map_err(|error| Error::Internal(Box::new(error)))
}

/// How a load failed.
enum Failed {
    /// Nothing was written.
    Before(Error),
    /// Some of it stands.
    Within(Error),
}

fn already() -> Error {
    Error::conflict(
        "demo_loaded",
        "The demo data is loaded already. Remove it first: `steading demo clear`, or Home → Remove it.",
    )
}

async fn write(
    app: &App,
    scope: &Scope,
    actor: &Actor,
    plan: Plan,
    room: Option<Room>,
    said: &mut (dyn FnMut(String) + Send),
) -> Result<(), Failed> {
    let figures = plan.figures();
    let Some(label) = plan.programs.first().map(|program| program.id) else {
        return Err(Failed::Before(Error::internal(
            "a plan without a programme",
        )));
    };
    let owner = scope.tenant();
    let sealed = plan
        .partners
        .iter()
        .map(|(partner, payee)| match payee {
            Some(payee) => partner::seal_payee(&app.vault, owner, partner.id, payee).map(Some),
            None => Ok(None),
        })
        .collect::<Result<Vec<_>>>()
        .map_err(Failed::Before)?;
    let cast = Arc::new((
        plan.programs,
        plan.partners,
        sealed,
        plan.enrolments,
        plan.links,
    ));
    let actor = actor.clone();
    let first = move |c: &mut TenantConn| {
        if is_loaded(c)? {
            return Err(already());
        }
        if let Some(room) = room {
            room.judge(c)?;
        }
        click::move_on(c)?;
        let (programs, partners, sealed, enrolments, links) = &*cast;
        for program in programs {
            programs::insert(c, program)?;
        }
        for ((partner, _), sealed) in partners.iter().zip(sealed) {
            partners::insert(c, partner, sealed.as_deref())?;
        }
        for enrolment in enrolments {
            enrolments::insert(c, enrolment)?;
        }
        for link in links {
            links::insert(c, link)?;
        }
        let event = audit::Event::new(EVENT_LOADED).product("partners");
        let event = event.target("demo", &"demo", "Demo data").created(&figures);
        audit::record(c, &actor, event)
    };
    scope.write(first).await.map_err(Failed::Before)?;
    said(format!(
        "Programmes, partners and links are there: {}, {} and {}.",
        figures.programs, figures.partners, figures.links
    ));
    let pieces = Pieces { scope, label };
    pieces.write(plan.visits, bulk::visits).await?;
    pieces.write(plan.days, bulk::visit_days).await?;
    said(format!("{} clicks are there.", figures.clicks));
    pieces.write(plan.customers, bulk::demo_customers).await?;
    pieces.write(plan.identities, bulk::identities).await?;
    pieces.write(plan.events, bulk::demo_events).await?;
    pieces.write(plan.attributions, bulk::attributions).await?;
    said(format!(
        "{} customers and {} events are there.",
        figures.customers, figures.events
    ));
    pieces.write(plan.batches, batches).await?;
    pieces.write(plan.payouts, bulk::payouts).await?;
    pieces.write(plan.commissions, bulk::commissions).await?;
    pieces.write(plan.adjustments, bulk::adjustments).await?;
    said(format!(
        "{} commissions and {} payouts are there.",
        figures.commissions, figures.payouts
    ));
    Ok(())
}

fn batches(c: &mut TenantConn, rows: &[crate::partners::model::PayoutBatch]) -> Result<()> {
    rows.iter()
        .try_for_each(|batch| payouts::insert_batch(c, batch))
}

/// The way pieces are written: each only while the label is there, so that a `clear` in between ends the load.
struct Pieces<'a> {
    scope: &'a Scope,
    label: ProgramId,
}

impl Pieces<'_> {
    async fn write<T>(
        &self,
        rows: Vec<T>,
        insert: fn(&mut TenantConn, &[T]) -> Result<()>,
    ) -> Result<(), Failed>
    where
        T: Send + Sync + 'static,
    {
        let (rows, label) = (Arc::new(rows), self.label);
        let mut from = 0;
        while from < rows.len() {
            let (piece, until) = (Arc::clone(&rows), (from + ROWS_OF_A_WRITE).min(rows.len()));
            let work = move |c: &mut TenantConn| {
                if !demo::stands(c, label)? {
                    return Err(Error::conflict(
                        "demo_cleared",
                        "The demo data was removed while it was being loaded.",
                    ));
                }
                let rows = piece.get(from..until).unwrap_or_default();
                rows.chunks(bulk::MOST_ROWS)
                    .try_for_each(|rows| insert(c, rows))
            };
            self.scope.write(work).await.map_err(Failed::Within)?;
            from = until;
        }
        Ok(())
    }
}
