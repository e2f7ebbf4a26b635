//! Mail: queued in the transaction that causes it, sent by a job, kept on the outbox page.
//!
//! [`queue()`] writes the mail beside the change and leaves it to the job `mail.send`. Where it goes: the operator's configuration
//! first, else the company's own mail server, else the log. A mail that carries a one-time link is sealed at rest.

mod both;
mod checks;
mod home_store;
mod letters;
pub mod list;
mod mail;
pub mod one;
mod outbox;
mod queue;
mod reach;
mod send;
pub mod server;
mod settings;
mod settings_store;
mod store;
mod test_send;
mod tidy;
mod way;

pub use letters::{Letter, password_reset};
pub use mail::{Filter, Mail, State, StoredMail};
pub use outbox::{resend, show};
pub use queue::queue;
pub use settings::{Settings, Wanted, save, settings};
pub use store::{Counts, counts, page};
pub use test_send::{Tested, send_test};

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "mailing",
    permissions: PERMISSIONS,
    jobs: &[send::TENANT, send::CONTROL, tidy::TENANT, tidy::CONTROL],
    tables: &["mails"],
    supports_projects: false,
    checks: Some(checks::look),
    waiting: None,
    usage: None,
    reset_demo: None,
};

/// Where sealed values stand in the tenant plane.
pub const SEALED: &[crate::slice::SealedColumn] =
    &[settings::COLUMN, queue::BODIES[0], queue::BODIES[1]];

crate::permissions! {
    ReadMail = "mail:read", "See the outbox and the mail settings";
    WriteMail = "mail:write", "Change the mail settings, send test mails, send mails again";
    ReadAccountMail = "mail:accounts", "See mails about signing in, and the one-time links of mails that have not left";
}
