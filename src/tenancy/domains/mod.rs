//! A company's own domains: host names under which it answers, once a DNS record has proven that they are its own.
//!
//! A name serves only while it is verified. Every name is looked at again each day; a record that is gone takes the name away after
//! some days of grace, a name server that fails takes nothing.

mod add;
pub mod ask;
mod daily;
mod host;
mod limit;
mod list;
mod model;
pub mod page;
mod remove;
pub(super) mod store;
mod verify;

pub use self::add::{NewDomain, add_domain, judge_domain};
pub use self::daily::check_due;
pub use self::host::{HostName, NotAHost, OwnNames};
pub use self::list::{domain_of, domains_of};
pub use self::model::{Domain, DomainView, Standing};
pub use self::remove::remove_domain;
pub use self::verify::{check_domain, verify_domain};

pub(super) use self::daily::DAILY;
pub(super) use self::remove::remove_all;
