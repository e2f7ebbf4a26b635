//! Where a link leads: an http(s) address without tricks, and how a visitor's query and the click's reference join it.

use std::fmt;
use std::str::FromStr;

use url::{Url, form_urlencoded};

use crate::id::ClickId;

/// The query parameter and cookie that carry the click's reference.
pub const REFERENCE: &str = "st_ref";
/// Longest address taken.
const LONGEST: usize = 2_048;
/// As much of a visitor's query as is carried on.
const LONGEST_QUERY: usize = 2_048;

/// Why an address is no destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDestination {
    /// Longer than any real one.
    #[error("use an address of at most 2,048 characters")]
    TooLong,
    /// Another scheme, or none.
    #[error("begin with https:// or http://")]
    Scheme,
    /// A name or password before the host.
    #[error("leave out the user name and password")]
    Credentials,
    /// Characters that browsers read in other ways than people do.
    #[error("leave out spaces, backslashes and control characters")]
    Characters,
    /// Anything else that is not an address.
    #[error("write a whole address, such as https://shop.example/offer")]
    Address,
}

/// An address a link may lead to, in the form browsers use (ASCII, no `st_ref` of its own).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Destination(String);

impl Destination {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What was stored earlier; it was checked then.
    pub fn from_store(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Destination {
    type Err = BadDestination;

    fn from_str(text: &str) -> Result<Self, BadDestination> {
        if text.len() > LONGEST {
            return Err(BadDestination::TooLong);
        }
        if text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
        {
            return Err(BadDestination::Characters);
        }
        let rest = after_scheme(text).ok_or(BadDestination::Scheme)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(BadDestination::Credentials);
        }
        let host_is_plain =
            !authority.is_empty() && !authority.starts_with(':') && !authority.contains('%');
        // A name half in punycode and half in letters is meant to be misread.
        let mixed = !authority.is_ascii() && authority.to_ascii_lowercase().contains("xn--");
        if !host_is_plain || mixed {
            return Err(BadDestination::Address);
        }
        let mut url = Url::parse(text).map_err(|_| BadDestination::Address)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadDestination::Credentials);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(BadDestination::Address);
        }
        let kept = url
            .query()
            .map(|query| without(query, |name| name == REFERENCE));
        url.set_query(kept.as_deref().filter(|query| !query.is_empty()));
        let text = url.to_string();
        if text.len() > LONGEST {
            Err(BadDestination::TooLong)
        } else {
            Ok(Self(text))
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What follows `http://` or `https://`, exactly two slashes.
fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (is_web && !rest.starts_with('/')).then_some(rest)
}

/// A destination taken apart once, so that each redirect only joins texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectTarget {
    /// Up to the query.
    base: String,
    /// The destination's own query, without `?`.
    query: String,
    /// The fragment with its `#`, or empty.
    fragment: String,
}

impl RedirectTarget {
    /// Takes a destination apart.
    pub fn new(destination: &Destination) -> Self {
        let text = destination.as_str();
        let (text, fragment) = match text.find('#') {
            Some(place) => text.split_at(place),
            None => (text, ""),
        };
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        Self {
            base: base.to_owned(),
            query: query.to_owned(),
            fragment: fragment.to_owned(),
        }
    }

    /// The address to send a visitor to. The visitor's own query is kept and wins over the destination's parameters of the same
    /// name; the reference comes last, before the fragment.
    pub fn location(&self, visitor_query: &str, click: Option<ClickId>) -> String {
        let room =
            self.base.len() + self.query.len() + visitor_query.len() + self.fragment.len() + 48;
        let mut location = String::with_capacity(room);
        location.push_str(&self.base);
        let mut sign = '?';
        let mut add = |part: &str| {
            if !part.is_empty() {
                location.push(sign);
                location.push_str(part);
                sign = '&';
            }
        };
        if visitor_query.is_empty()
            || visitor_query.len() > LONGEST_QUERY
            || !visitor_query.is_ascii()
        {
            add(&self.query);
        } else {
            let visitors = without(visitor_query, |name| name == REFERENCE);
            let names: Vec<String> = names(&visitors).collect();
            add(&without(&self.query, |name| {
                names.iter().any(|taken| taken == name)
            }));
            add(&visitors);
        }
        if let Some(click) = click {
            use fmt::Write;
            location.push(sign);
            // Writing into a String cannot fail.
            let _ = write!(location, "{REFERENCE}={click}");
        }
        location.push_str(&self.fragment);
        location
    }
}

/// A query's parameters as written, without those whose decoded name is unwanted.
fn without(query: &str, unwanted: impl Fn(&str) -> bool) -> String {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !unwanted(&name(pair)))
        .collect();
    kept.join("&")
}

fn names(query: &str) -> impl Iterator<Item = String> + '_ {
    query.split('&').filter(|pair| !pair.is_empty()).map(name)
}

/// The decoded name of one `name=value`.
fn name(pair: &str) -> String {
    form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn which_addresses_links_may_lead_to() {
        for good in [
            "https://shop.example/",
            "http://localhost:3000/offer?x=1#top",
            "HTTPS://Shop.Example/a",
            "https://bücher.example/",
            "https://[2001:db8::1]/a",
            "https://shop.example/a//b",
            "https://shop.example/@name",
        ] {
            assert!(good.parse::<Destination>().is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", BadDestination::Scheme),
            ("shop.example", BadDestination::Scheme),
            ("//shop.example", BadDestination::Scheme),
            ("/offer", BadDestination::Scheme),
            ("javascript:alert(1)", BadDestination::Scheme),
            ("data:text/html,x", BadDestination::Scheme),
            ("ftp://shop.example/", BadDestination::Scheme),
            ("https:shop.example", BadDestination::Scheme),
            ("https:/shop.example", BadDestination::Scheme),
            ("https:///shop.example", BadDestination::Scheme),
            ("https:////shop.example", BadDestination::Scheme),
            (
                "javascript://shop.example/%0aalert(1)",
                BadDestination::Scheme,
            ),
            ("https://user@shop.example/", BadDestination::Credentials),
            (
                "https://user:secret@shop.example/",
                BadDestination::Credentials,
            ),
            (
                "https://shop.example@evil.example/",
                BadDestination::Credentials,
            ),
            (
                "https://shop.example\\@evil.example/",
                BadDestination::Characters,
            ),
            ("https:\\\\evil.example", BadDestination::Characters),
            (" https://shop.example/", BadDestination::Characters),
            (
                "https://shop.example/\r\nSet-Cookie:x",
                BadDestination::Characters,
            ),
            ("java\tscript:alert(1)", BadDestination::Characters),
            ("https://shop.example/\u{0}", BadDestination::Characters),
            ("https://", BadDestination::Address),
            ("https://?x", BadDestination::Address),
            ("https://:80/", BadDestination::Address),
            ("https://shop%2eexample/", BadDestination::Address),
            ("https://bücher.xn--fiqs8s/", BadDestination::Address),
            ("https://shop.example:99999/", BadDestination::Address),
        ] {
            assert_eq!(bad.parse::<Destination>(), Err(why), "{bad}");
        }
        let long = format!("https://shop.example/{}", "a".repeat(2_048));
        assert_eq!(long.parse::<Destination>(), Err(BadDestination::TooLong));
    }

    #[test]
    fn queries_join() {
        let click = ClickId::new(Timestamp::from_micros(1_700_000_000_000_000));
        for (destination, visitor, expected) in [
            ("https://s.example", "", "https://s.example/?st_ref=R"),
            (
                "https://s.example/a?x=1#top",
                "",
                "https://s.example/a?x=1&st_ref=R#top",
            ),
            (
                "https://s.example/a",
                "utm_source=x&q=a%20b",
                "https://s.example/a?utm_source=x&q=a%20b&st_ref=R",
            ),
            (
                "https://s.example/a?x=1&y=2",
                "y=3&z=4",
                "https://s.example/a?x=1&y=3&z=4&st_ref=R",
            ),
            (
                "https://s.example/?st_ref=old&x=1",
                "",
                "https://s.example/?x=1&st_ref=R",
            ),
            (
                "https://s.example/",
                "st_ref=clk_old&a",
                "https://s.example/?a&st_ref=R",
            ),
            (
                "https://s.example/",
                "st%5Fref=clk_old",
                "https://s.example/?st_ref=R",
            ),
            (
                "https://s.example/?%78=1",
                "x=2",
                "https://s.example/?x=2&st_ref=R",
            ),
            ("https://s.example/", "&&", "https://s.example/?st_ref=R"),
        ] {
            let target = RedirectTarget::new(&destination.parse().unwrap());
            let location = target.location(visitor, Some(click));
            assert_eq!(
                location,
                expected.replace('R', &click.to_string()),
                "{destination} {visitor}"
            );
        }
        let target = RedirectTarget::new(&"https://s.example/a?x=1#top".parse().unwrap());
        assert_eq!(target.location("", None), "https://s.example/a?x=1#top");
    }

    proptest! {
        #[test]
        fn a_redirect_never_leaves_its_destination(query in "[ -~]{0,60}", path in "[a-z0-9/]{0,20}") {
            let destination: Destination = format!("https://shop.example/{path}?own=1#frag").parse().unwrap();
            let click = ClickId::new(Timestamp::from_micros(1_700_000_000_000_000));
            // What an HTTP server accepts in a request's query.
            let query: String = query.chars().filter(|c| !" \"<>#\\^`{|}".contains(*c)).collect();
            let location = RedirectTarget::new(&destination).location(&query, Some(click));
            let url = Url::parse(&location).unwrap();
            prop_assert_eq!(url.host_str(), Some("shop.example"));
            prop_assert_eq!(url.fragment(), Some("frag"));
            let references: Vec<String> = url.query_pairs().filter(|(name, _)| name == REFERENCE).map(|(_, v)| v.into_owned()).collect();
            prop_assert_eq!(references, vec![click.to_string()]);
        }

        #[test]
        fn no_text_makes_the_reader_panic_or_lead_elsewhere(text in "\\PC{0,40}") {
            if let Ok(destination) = format!("https://{text}").parse::<Destination>() {
                prop_assert!(destination.as_str().starts_with("https://") && destination.as_str().is_ascii());
                prop_assert!(Url::parse(destination.as_str()).unwrap().username().is_empty());
            }
        }
    }
}
