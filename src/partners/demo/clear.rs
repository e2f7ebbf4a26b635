//! Takes the demo away to the row, a piece at a time, children first.
//!
//! What real records owe to demo ones is taken off them: a real customer whom a demo partner won is nobody's again, and a real event
//! keeps everything but its credit. Only the trail stays as it is: it is never shortened.

use super::EVENT_CLEARED;
use super::plan::Figures;
use crate::actor::Actor;
use crate::app::App;
use crate::audit;
use crate::clock::Timestamp;
use crate::db::{Scope, TenantConn};
use crate::id::ClickId;
use crate::partners::store::demo::{self, Labelled};
use crate::partners::{click, links_changed};
use crate::{Error, Result};

/// Rows of one write.
const PIECE: i64 = 2_000;
/// Rows of one statement.
const STATEMENT: usize = 500;
/// Somebody may add to the demo while it is being taken away; then it is gone through again, so many times.
const ROUNDS: usize = 3;
/// A redirect that was under way writes its click within this many seconds.
const UNDER_WAY_SECONDS: u64 = 600;

/// Takes the demo data of a company away and says how much it was; nothing where there is none. `said` hears how far it is.
///
/// # Errors
/// A conflict where somebody keeps adding to it.
pub async fn clear(
    app: &App,
    scope: &Scope,
    actor: &Actor,
    mut said: impl FnMut(String) + Send,
) -> Result<Figures> {
    let mut gone = Figures::default();
    for round in 1.. {
        match clear_once(app, scope, actor, &mut gone, &mut said).await {
            Err(Error::Conflict { code: "in_use", .. }) if round < ROUNDS => {}
            Err(error) => return Err(error),
            Ok(()) => break,
        }
    }
    Ok(gone)
}

async fn clear_once(
    app: &App,
    scope: &Scope,
    actor: &Actor,
    gone: &mut Figures,
    said: &mut (dyn FnMut(String) + Send),
) -> Result<()> {
    let began = app.clock.now();
    let cast = scope.read(demo::labelled).await?;
    if cast.programs.is_empty() && cast.partners.is_empty() {
        return Ok(());
    }
    let (links, places) = (cast.links.clone(), cast.enrolments.clone());
    scope
        .write(move |c| {
            demo::close_links(c, &links)?;
            demo::keep_customers_of_others(c, &places)
        })
        .await?;
    links_changed(app, scope.tenant());

    gone.clicks += clear_clicks(scope, &cast).await?;
    said(format!("{} clicks are gone.", gone.clicks));
    let partners = cast.partners.clone();
    gone.adjustments += repeat(scope, move |c| {
        demo::forget_adjustments(c, &partners, PIECE / 4)
    })
    .await?;
    let places = cast.enrolments.clone();
    gone.commissions += repeat(scope, move |c| {
        demo::forget_commissions(c, &places, PIECE / 4)
    })
    .await?;
    let partners = cast.partners.clone();
    gone.payouts += repeat(scope, move |c| {
        demo::forget_payouts(c, &partners, PIECE / 4)
    })
    .await?;
    said(format!(
        "{} commissions and {} payouts are gone.",
        gone.commissions, gone.payouts
    ));
    loop {
        let (customers, events) = scope
            .write(|c| demo::forget_customers(c, PIECE / 4))
            .await?;
        gone.customers += customers;
        gone.events += events;
        if customers == 0 {
            break;
        }
    }
    let places = cast.enrolments.clone();
    repeat(scope, move |c| demo::forget_credit(c, &places, PIECE / 4)).await?;
    said(format!(
        "{} customers and {} events are gone.",
        gone.customers, gone.events
    ));
    click::catch_up(scope).await?;
    let (actor, before) = (actor.clone(), *gone);
    *gone = scope
        .write(move |c| finish(c, &actor, &cast, began, before))
        .await?;
    links_changed(app, scope.tenant());
    Ok(())
}

/// The last piece: what came in meanwhile, the daily figures, and the records everything hung on.
fn finish(
    c: &mut TenantConn,
    actor: &Actor,
    cast: &Labelled,
    began: Timestamp,
    mut gone: Figures,
) -> Result<Figures> {
    let since = ClickId::floor(began.minus(std::time::Duration::from_secs(UNDER_WAY_SECONDS)));
    loop {
        let late = demo::clicks_from(c, &cast.links, since, PIECE / 4)?;
        if late.is_empty() {
            break;
        }
        gone.clicks += demo::forget_clicks(c, &late)?;
    }
    // The job's place moves on, so that a step it has read already does not bring figures of links that are gone.
    click::move_on(c)?;
    demo::forget_click_days(c, &cast.links)?;
    click::forget_place(c)?;
    demo::release_customers(c, &cast.enrolments)?;
    demo::forget_cast(c, cast)?;
    gone.programs += cast.programs.len();
    gone.partners += cast.partners.len();
    gone.links += cast.links.len();
    let event = audit::Event::new(EVENT_CLEARED).product("partners");
    let event = event.target("demo", &"demo", "Demo data").removed(&gone);
    audit::record(c, actor, event)?;
    Ok(gone)
}

/// Found by reading, taken away by writing: the writer never walks the clicks.
async fn clear_clicks(scope: &Scope, cast: &Labelled) -> Result<usize> {
    let mut gone = 0;
    let mut from = ClickId::floor(cast.since.unwrap_or(Timestamp::from_micros(0)));
    loop {
        let links = cast.links.clone();
        let ids = scope
            .read(move |c| demo::clicks_from(c, &links, from, PIECE))
            .await?;
        let Some(last) = ids.last().copied() else {
            return Ok(gone);
        };
        gone += scope
            .write(move |c| {
                ids.chunks(STATEMENT)
                    .try_fold(0, |sum, ids| Ok(sum + demo::forget_clicks(c, ids)?))
            })
            .await?;
        from = last;
    }
}

/// Writes until there is nothing left to take away.
async fn repeat(
    scope: &Scope,
    work: impl Fn(&mut TenantConn) -> Result<usize> + Send + Clone + 'static,
) -> Result<usize> {
    let mut all = 0;
    loop {
        let some = scope.write(work.clone()).await?;
        all += some;
        if some == 0 {
            return Ok(all);
        }
    }
}
