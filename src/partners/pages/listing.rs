//! A list as its address asks for it: search, filters, sort and page. Also the rows a bulk form means.

use actix_web::{HttpRequest, HttpResponse};
use jiff::tz::TimeZone;
use url::form_urlencoded;

use crate::audit;
use crate::clock::Timestamp;
use crate::id::{Id, Kind};
use crate::web::list::ListView;
use crate::web::parts::Toast;
use crate::web::{Allowed, Form, Paging, Query, answer, flash};
use crate::{Error, Result};

/// Rows that one bulk action takes at most: it stays short enough for others to write in between.
pub(super) const MOST_AT_ONCE: usize = 500;

/// What an address asks of a list.
pub(super) struct Listing {
    /// The view, for the links of the page.
    pub(super) view: ListView,
    /// The parameters.
    pub(super) query: Query,
    /// Page and direction.
    pub(super) paging: Paging,
    /// The column that sorts.
    pub(super) column: &'static str,
}

/// Reads an address. `columns` can sort, the first of them by default; `default_sort` as an address writes it.
pub(super) fn read(
    request: &HttpRequest,
    filters: &[&str],
    default_sort: &str,
    columns: &[&'static str],
) -> Result<Listing> {
    let query = Query::of(request);
    query.only(filters)?;
    let view = ListView::new(request.path(), request.query_string()).sorted_by(default_sort);
    let (column, reversed) = sort(view.sort(), columns)?;
    let paging = Paging {
        reversed,
        ..query.paging()?
    };
    Ok(Listing {
        view,
        query,
        paging,
        column,
    })
}

/// The column of a sort, and whether it runs against its habit: names from A, times from the newest.
fn sort(text: &str, columns: &[&'static str]) -> Result<(&'static str, bool)> {
    let (name, down) = match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let column = columns.iter().find(|column| **column == name);
    let column = column.ok_or_else(|| {
        Error::invalid(
            "sort",
            format!("This list sorts by: {}.", columns.join(", ")),
        )
    })?;
    Ok((column, down == (*column == "name")))
}

/// What a list searches for.
pub(super) fn search(query: &Query) -> Option<String> {
    let text = query.get("q");
    (!text.is_empty()).then(|| text.to_owned())
}

/// From when and until when, as days of the company's zone; the last day is included.
pub(super) fn between(
    query: &Query,
    time_zone: &str,
) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let days = audit::Filter::from_words(
        |name| match name {
            "since" | "until" => query.get(name).to_owned(),
            _ => String::new(),
        },
        &zone,
    )?;
    Ok((days.since, days.until))
}

/// The rows a bulk form means.
pub(super) enum Meant<K> {
    /// These.
    These(Vec<Id<K>>),
    /// All that match this query.
    Matching(Query),
}

/// Reads which rows a bulk form means.
///
/// # Errors
/// [`Error::Invalid`] where it names none, or something that is no id.
pub(super) fn meant<K: Kind>(form: &Form) -> Result<Meant<K>> {
    if form.is_set("all") {
        let filters = form
            .pairs()
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("filter.")?, value)));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(filters)
            .finish();
        return Ok(Meant::Matching(Query::parse(&query)));
    }
    let ids: Vec<Id<K>> = form
        .all("ids")
        .into_iter()
        .map(|id| id.parse().map_err(|_| Error::NotFound))
        .collect::<Result<_>>()?;
    match ids.len() {
        0 => Err(Error::invalid("ids", "Tick at least one row first.")),
        many if many > MOST_AT_ONCE => Err(Error::invalid(
            "ids",
            format!("Tick at most {MOST_AT_ONCE} rows at once."),
        )),
        _ => Ok(Meant::These(ids)),
    }
}

/// Whether a bulk form means no row at all.
pub(super) fn nothing_ticked(form: &Form) -> bool {
    !form.is_set("all") && form.all("ids").is_empty()
}

/// Leads back to the list and says that rows have to be ticked first.
pub(super) fn tick_first<P>(allowed: &Allowed<P>, form: &Form, list: &str) -> HttpResponse {
    let back = answer::see_other(&allowed.url(&back(form, list)));
    let toast = Toast::bad("Tick at least one row first. Nothing was changed.");
    flash::with(back, &allowed.app, &toast)
}

/// The list a bulk form came from, filters and all. Only a query is taken from the form, never an address.
pub(super) fn back(form: &Form, list: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form_urlencoded::parse(form.text("back").as_bytes()))
        .finish();
    if query.is_empty() {
        list.to_owned()
    } else {
        format!("{list}?{query}")
    }
}

/// The fields by which a confirm page sends the same rows again.
pub(super) fn rows_of(form: &Form) -> impl Iterator<Item = (String, String)> {
    form.pairs()
        .iter()
        .filter(|(name, _)| {
            ["ids", "all", "back"].contains(&name.as_str()) || name.starts_with("filter.")
        })
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Partner;

    #[test]
    fn names_run_from_a_and_times_from_the_newest() {
        let columns: &[&'static str] = &["created", "name"];
        for (text, column, reversed) in [
            ("-created", "created", false),
            ("created", "created", true),
            ("name", "name", false),
            ("-name", "name", true),
        ] {
            assert_eq!(sort(text, columns).unwrap(), (column, reversed), "{text}");
        }
        assert!(sort("colour", columns).is_err());
    }

    #[test]
    fn a_bulk_form_leads_back_to_its_list_and_nowhere_else() {
        let back_of = |text: &str| back(&Form::from_pairs([("back", text)]), "/admin/partners");
        assert_eq!(back_of(""), "/admin/partners");
        assert_eq!(
            back_of("q=tea+%26+talk&state=applied"),
            "/admin/partners?q=tea+%26+talk&state=applied"
        );
        let elsewhere = back_of("//evil.example/\r\nx: y");
        assert!(elsewhere.starts_with("/admin/partners?") && !elsewhere.contains(['\r', '\n']));
    }

    #[test]
    fn a_bulk_form_means_its_ticks_or_its_filters() {
        let ticks = Form::from_pairs([("ids", "prt_01h455vb4pex5vsknk084sn02q")]);
        assert!(matches!(meant::<Partner>(&ticks), Ok(Meant::These(ids)) if ids.len() == 1));
        let all = Form::from_pairs([("all", "true"), ("filter.q", "tea & talk"), ("q", "no")]);
        assert!(
            matches!(meant::<Partner>(&all), Ok(Meant::Matching(query)) if query.get("q") == "tea & talk")
        );
        assert!(meant::<Partner>(&Form::default()).is_err());
        assert!(
            nothing_ticked(&Form::default()) && !nothing_ticked(&ticks) && !nothing_ticked(&all)
        );
        assert!(meant::<Partner>(&Form::from_pairs([("ids", "lnk_1")])).is_err());
    }
}
