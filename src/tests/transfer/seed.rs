//! A company with a row in most tables, made quickly.

use diesel::prelude::*;
use steading::app::App;
use steading::clock::Timestamp;
use steading::crypto::Place;
use steading::db::schema::tenant::{
    clicks, customers, enrolments, events, links, partners, programs,
};
use steading::db::{Scope, TenantConn};
use steading::id::{ClickId, CustomerId, EnrolmentId, EventId, LinkId, PartnerId, ProgramId};

/// Clicks of a filled company.
const CLICKS: usize = 1_200;

pub async fn fill(app: &App, scope: &Scope) {
    let partner = PartnerId::new(app.clock.now());
    let record = partner.to_string();
    let place = Place {
        service: "partners",
        record: &record,
        field: "payee",
    };
    let sealed = app
        .vault
        .seal(
            scope.tenant().uuid(),
            place,
            br#"{"iban":"DE89370400440532013000"}"#,
        )
        .unwrap()
        .into_string();
    let link = scope
        .write(move |c| people(c, partner, &sealed))
        .await
        .unwrap();
    scope.write(move |c| visits(c, link)).await.unwrap();
    scope.write(sales).await.unwrap();
}

fn people(c: &mut TenantConn<'_>, partner: PartnerId, sealed: &str) -> steading::Result<LinkId> {
    let now = c.now();
    let (program, enrolment, link) = (ProgramId::new(now), EnrolmentId::new(now), LinkId::new(now));
    diesel::insert_into(programs::table)
        .values((
            (
                programs::id.eq(program),
                programs::name.eq("Tea \u{1fad6} & 'more'"),
                programs::state.eq("active"),
                programs::commission_kind.eq("percent"),
                programs::rate_ppm.eq(100_000),
                programs::currency.eq("EUR"),
                programs::attribution_window_days.eq(30),
                programs::holding_days.eq(14),
            ),
            (
                programs::auto_approve.eq(false),
                programs::destination_url.eq("https://example.com/"),
                programs::is_demo.eq(false),
                programs::created_at.eq(now),
                programs::updated_at.eq(now),
                programs::version.eq(1),
            ),
        ))
        .execute(c.db())?;
    diesel::insert_into(partners::table)
        .values((
            partners::id.eq(partner),
            partners::name.eq("Ana"),
            partners::email.eq("ana@partners.example"),
            partners::state.eq("approved"),
            partners::search_text.eq("ana"),
            partners::payee_sealed.eq(sealed),
            partners::payee_hint.eq("DE… 3000"),
            partners::is_demo.eq(true),
            partners::created_at.eq(now),
            partners::updated_at.eq(now),
            partners::version.eq(1),
        ))
        .execute(c.db())?;
    diesel::insert_into(enrolments::table)
        .values((
            enrolments::id.eq(enrolment),
            enrolments::partner_id.eq(partner),
            enrolments::program_id.eq(program),
            enrolments::state.eq("active"),
            enrolments::created_at.eq(now),
            enrolments::updated_at.eq(now),
            enrolments::version.eq(1),
        ))
        .execute(c.db())?;
    diesel::insert_into(links::table)
        .values((
            links::id.eq(link),
            links::enrolment_id.eq(enrolment),
            links::partner_id.eq(partner),
            links::program_id.eq(program),
            links::key.eq("ana"),
            links::state.eq("active"),
            links::created_at.eq(now),
            links::updated_at.eq(now),
            links::version.eq(1),
        ))
        .execute(c.db())?;
    Ok(link)
}

fn visits(c: &mut TenantConn<'_>, link: LinkId) -> steading::Result<()> {
    let now = c.now();
    for number in 0..CLICKS {
        diesel::insert_into(clicks::table)
            .values((
                clicks::id.eq(ClickId::new(now)),
                clicks::link_id.eq(link),
                clicks::visitor.eq(vec![0, u8::try_from(number % 256).unwrap()]),
                clicks::query.eq((number % 3 == 0).then(|| format!("n={number}"))),
            ))
            .execute(c.db())?;
    }
    Ok(())
}

/// A refund whose id is smaller than that of the sale it takes back: the order of ids is not the order of references.
fn sales(c: &mut TenantConn<'_>) -> steading::Result<()> {
    let now = c.now();
    let customer = CustomerId::new(now);
    diesel::insert_into(customers::table)
        .values((
            customers::id.eq(customer),
            customers::external_id.eq("c-1"),
            customers::is_demo.eq(false),
            customers::created_at.eq(now),
        ))
        .execute(c.db())?;
    let earlier = Timestamp::from_micros(now.as_micros() - 1_000_000);
    let (sale, refund) = (EventId::new(now), EventId::new(earlier));
    for (id, kind, of) in [(sale, "sale", None), (refund, "refund", Some(sale))] {
        diesel::insert_into(events::table)
            .values((
                events::id.eq(id),
                events::kind.eq(kind),
                events::customer_id.eq(customer),
                events::refunds_event_id.eq(of),
                events::external_id.eq(kind),
                events::amount_minor.eq(i64::MAX),
                events::currency.eq("EUR"),
                events::occurred_at.eq(now),
                events::fingerprint.eq("f"),
                events::created_at.eq(now),
            ))
            .execute(c.db())?;
    }
    Ok(())
}
