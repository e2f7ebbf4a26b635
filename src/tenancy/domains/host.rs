//! What may be a company's own host name. Pure.

use std::fmt;

use crate::config::Config;

/// Longest host name: with the label of its record in front it must still be a name (RFC 1035: 253 characters as text).
const LONGEST: usize = 253 - RECORD.len() - 1;
/// Longest part of a name.
const LONGEST_LABEL: usize = 63;
/// The label under which a name's record stands.
const RECORD: &str = "_steading";

/// The names that belong to whoever runs the instance.
#[derive(Debug, Clone, Default)]
pub struct OwnNames {
    base: Option<String>,
    public: Option<String>,
}

impl OwnNames {
    /// Those of the configuration.
    pub fn of(config: &Config) -> Self {
        let server = &config.server;
        Self {
            base: server
                .base_domain
                .as_ref()
                .map(|base| base.as_str().to_owned()),
            public: server
                .given_public_url
                .as_ref()
                .map(|url| url.host().to_ascii_lowercase()),
        }
    }

    /// Whether no company may have this name: the base domain with all beneath it, and the host of the public address.
    pub fn have(&self, host: &str) -> bool {
        let is_below = |base: &String| {
            host.strip_suffix(base.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.base.as_ref().is_some_and(is_below) || self.public.as_deref() == Some(host)
    }
}

/// Why a text is not the name of a company's own host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAHost {
    /// No host name at all.
    #[error("Write a host name such as partners.example.com, without https:// and without a path.")]
    Malformed,
    /// One word.
    #[error("Write the whole name with its dots, such as partners.example.com.")]
    OneWord,
    /// A number.
    #[error(
        "An IP address has no DNS records of its own. Write a host name such as partners.example.com."
    )]
    Address,
    /// Too long to carry a record.
    #[error("The name is too long: at most 243 characters, at most 63 between two dots.")]
    TooLong,
    /// It means every machine itself.
    #[error("localhost is a name for every machine itself. Write a name that the internet knows.")]
    Localhost,
    /// It is the instance's own.
    #[error("This name belongs to the instance itself. Write a name of your own.")]
    OfTheInstance,
}

/// A host name in its one form: small letters, foreign letters in their ASCII form, no dot at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostName(String);

impl HostName {
    /// Reads one as people write it.
    ///
    /// # Errors
    /// [`NotAHost`].
    pub fn parse(text: &str, own: &OwnNames) -> Result<Self, NotAHost> {
        let text = text.trim();
        let text = text.strip_suffix('.').unwrap_or(text);
        // What the parser of addresses would decode or cut off is no part of a name.
        if text.is_empty() || text.contains(['%', '/', '\\', '@', '?', '#', ' ', '\t', '\n', '\r'])
        {
            return Err(NotAHost::Malformed);
        }
        if text
            .split(['.', '。'])
            .any(|label| label.len() > LONGEST_LABEL && label.is_ascii())
        {
            return Err(NotAHost::TooLong);
        }
        let name = match url::Host::parse(text) {
            Ok(url::Host::Domain(name)) => name,
            Ok(_) => return Err(NotAHost::Address),
            Err(_) if text.parse::<std::net::IpAddr>().is_ok() => return Err(NotAHost::Address),
            Err(_) => return Err(NotAHost::Malformed),
        };
        let name = name.to_ascii_lowercase();
        if name.len() > LONGEST || name.split('.').any(|label| label.len() > LONGEST_LABEL) {
            return Err(NotAHost::TooLong);
        }
        if !name.split('.').all(is_label) {
            return Err(NotAHost::Malformed);
        }
        if name == "localhost" || name.ends_with(".localhost") {
            return Err(NotAHost::Localhost);
        }
        if !name.contains('.') {
            return Err(NotAHost::OneWord);
        }
        if own.have(&name) {
            return Err(NotAHost::OfTheInstance);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name at which the record of a host stands.
pub(super) fn record_name(host: &str) -> String {
    format!("{RECORD}.{host}")
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn own() -> OwnNames {
        OwnNames {
            base: Some("hosts.example".to_owned()),
            public: Some("steading.example".to_owned()),
        }
    }

    fn read(text: &str) -> Result<String, NotAHost> {
        HostName::parse(text, &own()).map(|host| host.to_string())
    }

    #[test]
    fn a_name_is_kept_in_one_form() {
        for (text, wanted) in [
            ("partners.acme.test", "partners.acme.test"),
            ("  Partners.ACME.test. ", "partners.acme.test"),
            ("acme.test", "acme.test"),
            ("a-b.acme-3.test", "a-b.acme-3.test"),
            ("1.acme.test", "1.acme.test"),
            ("münchen.example", "xn--mnchen-3ya.example"),
            ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
            ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
            ("myhosts.example", "myhosts.example"),
            ("www.steading.example", "www.steading.example"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_of_a_company_is_refused_with_its_reason() {
        use NotAHost::{Address, Localhost, Malformed, OfTheInstance, OneWord, TooLong};
        let long_label = format!("{}.test", "a".repeat(64));
        let long = format!("{}.test", ["abcdefghi"; 24].join("."));
        for (text, why) in [
            ("", Malformed),
            (".", Malformed),
            ("acme", OneWord),
            ("https://acme.test", Malformed),
            ("acme.test/x", Malformed),
            ("acme.test:8080", Malformed),
            ("ana@acme.test", Malformed),
            ("a b.test", Malformed),
            ("acme..test", Malformed),
            (".acme.test", Malformed),
            ("acme.test..", Malformed),
            ("-a.test", Malformed),
            ("a-.test", Malformed),
            ("_dmarc.acme.test", Malformed),
            ("*.acme.test", Malformed),
            ("%61cme.test", Malformed),
            ("10.0.0.1", Address),
            ("127.1", Address),
            ("0x7f.1", Address),
            ("[::1]", Address),
            ("::1", Address),
            ("2001:db8::1", Address),
            ("localhost", Localhost),
            ("LOCALHOST.", Localhost),
            ("acme.localhost", Localhost),
            ("hosts.example", OfTheInstance),
            ("acme.hosts.example", OfTheInstance),
            ("a.b.HOSTS.example.", OfTheInstance),
            ("steading.example", OfTheInstance),
            (long_label.as_str(), TooLong),
            (long.as_str(), TooLong),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
        let longest = format!("{}.abc", ["abcdefghi"; 24].join("."));
        assert_eq!(longest.len(), 243);
        assert!(read(&longest).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_a_name_that_dns_takes(text in "\\PC{0,80}") {
            if let Ok(host) = read(&text) {
                let record = record_name(&host);
                prop_assert!(record.len() <= 253);
                prop_assert!(host.contains('.') && host.split('.').all(is_label));
                prop_assert!(host.parse::<std::net::IpAddr>().is_err());
                prop_assert_eq!(host.to_ascii_lowercase(), host.clone());
                // Its own form is read as itself.
                prop_assert_eq!(read(&host), Ok(host));
            }
        }

        #[test]
        fn plain_names_are_taken_however_they_are_written(name in "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?\\.[a-z]{2,9}\\.test") {
            prop_assert_eq!(read(&format!(" {}. ", name.to_uppercase())), Ok(name));
        }
    }
}
