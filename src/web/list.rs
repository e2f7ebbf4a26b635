//! The view a list shows, held in its URL: search, filters, sort and page, so it can be shared.
//!
//! Parameters every list speaks: `q` (search), `sort` (`name` or `-name`), `limit`, `cursor`.

use url::form_urlencoded;

use super::format::Format;
use super::pager::{DEFAULT_LIMIT, Page};

/// Rows of a page to choose from.
const SIZES: [usize; 4] = [25, 50, 100, 200];

/// Parameters that do not narrow what is shown.
const NOT_FILTERS: [&str; 4] = ["sort", "limit", "cursor", "total"];

/// A list's address and what its query says.
#[derive(Clone, Debug)]
pub struct ListView {
    path: String,
    params: Vec<(String, String)>,
    default_sort: String,
}

impl ListView {
    /// Reads a request's path and query; empty parameters count as absent.
    pub fn new(path: &str, query: &str) -> Self {
        Self {
            path: path.to_owned(),
            params: super::query::pairs(query),
            default_sort: String::new(),
        }
    }

    /// The sort used while the URL names none, e.g. `-earned`.
    #[must_use]
    pub fn sorted_by(mut self, sort: &str) -> Self {
        self.default_sort = sort.to_owned();
        self
    }

    /// The list's own path, without a query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A parameter's value, or nothing.
    pub fn get(&self, key: &str) -> &str {
        self.params
            .iter()
            .find(|(name, _)| name == key)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Is a search or filter at work?
    pub fn is_filtered(&self) -> bool {
        self.params
            .iter()
            .any(|(name, _)| !NOT_FILTERS.contains(&name.as_str()))
    }

    /// This view's query, for a form that leads back to it.
    pub fn query(&self) -> String {
        let address = self.href();
        address
            .split_once('?')
            .map_or_else(String::new, |(_, query)| query.to_owned())
    }

    /// This view as an address.
    pub fn href(&self) -> String {
        self.address(&self.path, self.params.iter())
    }

    /// The same filters at another path, for the CSV of exactly this set.
    pub fn href_at(&self, path: &str) -> String {
        self.address(
            path,
            self.params
                .iter()
                .filter(|(name, _)| !["cursor", "limit", "total"].contains(&name.as_str())),
        )
    }

    /// This view with one parameter set; it starts again at its first page.
    pub fn with(&self, key: &str, value: &str) -> String {
        let mut params = self.without_keys(&[key, "cursor"]);
        params.push((key.to_owned(), value.to_owned()));
        self.address(&self.path, params.iter())
    }

    /// This view without one parameter, at its first page.
    pub fn without(&self, key: &str) -> String {
        self.address(&self.path, self.without_keys(&[key, "cursor"]).iter())
    }

    /// The same view at another page.
    pub fn page(&self, cursor: &str) -> String {
        let mut params = self.without_keys(&["cursor"]);
        params.push(("cursor".to_owned(), cursor.to_owned()));
        self.address(&self.path, params.iter())
    }

    /// Without search and filters; the sort stays.
    pub fn cleared(&self) -> String {
        let kept: Vec<_> = self
            .params
            .iter()
            .filter(|(name, _)| name == "sort" || name == "limit")
            .collect();
        self.address(&self.path, kept.into_iter())
    }

    /// What a form that sets `keys` must carry along.
    pub fn hidden(&self, keys: &[&str]) -> Vec<(String, String)> {
        let mut keys = keys.to_vec();
        keys.push("cursor");
        self.without_keys(&keys)
    }

    /// Every search and filter of this view, for a form that acts on all that match.
    pub fn filters(&self) -> Vec<(String, String)> {
        self.without_keys(&NOT_FILTERS)
    }

    /// The sort at work: `name` or `-name`.
    pub fn sort(&self) -> &str {
        match self.get("sort") {
            "" => &self.default_sort,
            sort => sort,
        }
    }

    /// What the column's head says to assistive technology.
    pub fn aria_sort(&self, column: &str) -> &'static str {
        match self.sort().strip_prefix('-') {
            Some(name) if name == column => "descending",
            None if self.sort() == column => "ascending",
            _ => "none",
        }
    }

    /// Where the column's head leads: the other direction if it is the one at work.
    pub fn sort_href(&self, column: &str) -> String {
        match self.aria_sort(column) {
            "ascending" => self.with("sort", &format!("-{column}")),
            _ => self.with("sort", column),
        }
    }

    /// The foot of this view over one page of rows. All rows are counted where they stand on one page or where it was asked for.
    pub fn pager<T>(&self, page: &Page<T>) -> Pager {
        let shown = page.rows.len() as u64;
        let begins = self.get("cursor").is_empty();
        let counted = page.total.and_then(|total| u64::try_from(total).ok());
        let total = counted.or((begins && page.next.is_none()).then_some(shown));
        Pager {
            shown,
            total,
            previous: None,
            next: page.next.as_ref().map(|next| self.page(&next.encode())),
            first: (!begins).then(|| self.without("cursor")),
            count: total.is_none().then(|| self.with("total", "true")),
            sizes: if begins && page.next.is_none() && self.get("limit").is_empty() {
                Vec::new()
            } else {
                self.sizes()
            },
        }
    }

    /// Other sizes of a page; the one at hand has no address.
    fn sizes(&self) -> Vec<(usize, Option<String>)> {
        let at_hand = match self.get("limit") {
            "" => DEFAULT_LIMIT,
            limit => limit.parse().unwrap_or(DEFAULT_LIMIT),
        };
        SIZES
            .into_iter()
            .map(|size| {
                let other = (size != at_hand).then(|| self.with("limit", &size.to_string()));
                (size, other)
            })
            .collect()
    }

    fn without_keys(&self, keys: &[&str]) -> Vec<(String, String)> {
        self.params
            .iter()
            .filter(|(name, _)| !keys.contains(&name.as_str()))
            .cloned()
            .collect()
    }

    fn address<'a>(
        &self,
        path: &str,
        params: impl Iterator<Item = &'a (String, String)>,
    ) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(params)
            .finish();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }
}

/// The foot of a list: what is shown and where the neighbours are.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// How many rows this page shows.
    pub shown: u64,
    /// How many match in all, where it was counted.
    pub total: Option<u64>,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The first page, from a later one.
    pub first: Option<String>,
    /// This view with all rows counted, where they are not.
    pub count: Option<String>,
    /// Rows of a page to choose from, each with this view at that size; none where everything is shown.
    pub sizes: Vec<(usize, Option<String>)>,
}

impl Pager {
    /// `6 of 1,214`, or `6 shown` where nobody counted.
    pub fn words(&self, format: &Format) -> String {
        let shown = format.count(self.shown);
        match self.total {
            Some(total) => format!("{shown} of {}", format.count(total)),
            None => format!("{shown} shown"),
        }
    }

    /// How many match in all, as far as it is known.
    pub fn total(&self) -> u64 {
        self.total.unwrap_or(self.shown)
    }

    /// Do more rows match than this page shows?
    pub fn has_more(&self) -> bool {
        self.next.is_some() || self.first.is_some() || self.total() > self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pager::Cursor;

    #[test]
    fn links_keep_the_view_and_restart_paging() {
        let list = ListView::new(
            "/admin/commissions",
            "q=tea+%26+talk&state=open&cursor=abc&empty=",
        )
        .sorted_by("-earned");
        assert_eq!(
            list.with("state", "paid"),
            "/admin/commissions?q=tea+%26+talk&state=paid"
        );
        assert_eq!(list.without("q"), "/admin/commissions?state=open");
        assert_eq!(
            list.page("next"),
            "/admin/commissions?q=tea+%26+talk&state=open&cursor=next"
        );
        assert_eq!(
            list.href_at("/admin/commissions.csv"),
            "/admin/commissions.csv?q=tea+%26+talk&state=open"
        );
        assert_eq!(list.cleared(), "/admin/commissions");
        assert!(list.is_filtered());
        assert!(!ListView::new("/x", "sort=a&limit=50&total=true").is_filtered());
    }

    #[test]
    fn a_whole_list_is_counted_and_a_part_offers_it() {
        let page = |next: Option<&str>, total| Page {
            rows: vec![1, 2],
            next: next.map(|id| Cursor::after("", id)),
            total,
        };
        let list = ListView::new("/x", "q=tea");
        let whole = list.pager(&page(None, None));
        assert_eq!(
            (whole.total, whole.count.clone(), whole.next.clone()),
            (Some(2), None, None)
        );
        let part = list.pager(&page(Some("a"), None));
        assert_eq!(part.total, None);
        assert_eq!(part.count.as_deref(), Some("/x?q=tea&total=true"));
        assert_eq!(list.pager(&page(Some("a"), Some(9))).total, Some(9));
        assert!(whole.sizes.is_empty());
        let other = Some("/x?q=tea&limit=25".to_owned());
        assert_eq!(part.sizes[..2], [(25, other), (50, None)]);
        let last = ListView::new("/x", "q=tea&cursor=abc").pager(&page(None, None));
        assert_eq!(
            (last.total, last.first.as_deref()),
            (None, Some("/x?q=tea"))
        );
    }

    #[test]
    fn heads_turn_the_sort_around() {
        let list = ListView::new("/x", "").sorted_by("-earned");
        assert_eq!(list.aria_sort("earned"), "descending");
        assert_eq!(list.sort_href("earned"), "/x?sort=earned");
        let list = ListView::new("/x", "sort=earned").sorted_by("-earned");
        assert_eq!(list.aria_sort("earned"), "ascending");
        assert_eq!(list.sort_href("earned"), "/x?sort=-earned");
        assert_eq!(list.aria_sort("name"), "none");
    }
}
