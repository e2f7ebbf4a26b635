//! A form that is sent twice changes things once: the second sending leads to where the first one led.
//!
//! Every form carries a number drawn when the page was made. What a form did is kept under that number, its address and its
//! fields, in the transaction of the change; the same form with other fields is another request.

use std::sync::Arc;

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::allowed::Allowed;
use super::answer::see_other;
use super::parts::{Link, Toast, Tone};
use super::posted::Form;
use super::{csrf, flash};
use crate::db::replay::{KeptAnswer, keep_answer, kept_answer};
use crate::db::{Scope, TenantConn};
use crate::{Error, Result};

/// The hidden field with the form's number.
pub const FIELD: &str = "once";

/// A fresh number for the forms of a page. Where the machine gives no randomness the forms have none, and go out as they are.
pub fn number() -> String {
    let mut random = [0_u8; 12];
    if getrandom::fill(&mut random).is_err() {
        return String::new();
    }
    hex(&random)
}

/// Where a form leads once it did its work, and what the next page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// An address below the tenant's prefix.
    pub path: String,
    /// The message.
    pub toast: Toast,
}

impl Done {
    /// Leads to `path` with a message.
    pub fn new(path: impl Into<String>, toast: Toast) -> Self {
        Self {
            path: path.into(),
            toast,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    path: String,
    tone: String,
    text: String,
    link: Option<(String, String)>,
}

/// Runs a form's change once and answers 303 after it is on disk.
///
/// # Errors
/// What the change returns; then nothing is kept, and the form may be sent again.
pub async fn sent_once<P, F>(allowed: &Allowed<P>, form: &Form, change: F) -> Result<HttpResponse>
where
    F: Fn(&mut TenantConn) -> Result<Done> + Send + Sync + 'static,
{
    let key = key_of(allowed.request.path(), form);
    let mut done = run_or_read(&allowed.scope, key, Arc::new(change)).await?;
    if let Some(link) = &mut done.toast.link {
        link.href = allowed.url(&link.href);
    }
    let response = see_other(&allowed.url(&done.path));
    Ok(flash::with(response, &allowed.app, &done.toast))
}

type Change = Arc<dyn Fn(&mut TenantConn) -> Result<Done> + Send + Sync>;

async fn run_or_read(scope: &Scope, key: Option<String>, change: Change) -> Result<Done> {
    let done = run(scope, key.clone(), Arc::clone(&change)).await;
    if matches!(done, Err(Error::Duplicate)) && key.is_some() {
        // The same form was under way on another connection: its answer is there now, or the change itself says what is taken.
        return run(scope, key, change).await;
    }
    done
}

async fn run(scope: &Scope, key: Option<String>, change: Change) -> Result<Done> {
    scope
        .write(move |c| {
            let Some(key) = &key else { return change(c) };
            if let Some(kept) = kept_answer(c, key)? {
                return read(&kept.body);
            }
            let done = change(c)?;
            let kept = KeptAnswer {
                key: key.clone(),
                fingerprint: String::new(),
                status: 303,
                body: write(&done)?,
                created_at: c.now(),
            };
            keep_answer(c, &kept)?;
            Ok(done)
        })
        .await
}

/// The key of this form with these fields; none where it carries no number.
fn key_of(path: &str, form: &Form) -> Option<String> {
    let number = form.text(FIELD);
    if number.is_empty() {
        return None;
    }
    let mut hash = Sha256::new();
    hash.update(path);
    for (name, value) in form.pairs().iter().filter(|(name, _)| name != csrf::FIELD) {
        hash.update([0]);
        hash.update(name);
        hash.update([1]);
        hash.update(value);
    }
    Some(format!("form:{}", hex(&hash.finalize())))
}

fn write(done: &Done) -> Result<String> {
    let link = done.toast.link.as_ref();
    let kept = Kept {
        path: done.path.clone(),
        tone: done.toast.tone.key().to_owned(),
        text: done.toast.text.clone(),
        link: link.map(|link| (link.label.clone(), link.href.clone())),
    };
    serde_json::to_string(&kept).map_err(|e| Error::Internal(Box::new(e)))
}

fn read(body: &str) -> Result<Done> {
    let kept: Kept = serde_json::from_str(body).map_err(|e| Error::Internal(Box::new(e)))?;
    let tone = [Tone::Good, Tone::Warn, Tone::Bad, Tone::Info]
        .into_iter()
        .find(|tone| tone.key() == kept.tone)
        .unwrap_or_default();
    let mut toast = Toast::new(tone, kept.text);
    toast.link = kept.link.map(|(label, href)| Link::new(label, href));
    Ok(Done::new(kept.path, toast))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_form_has_one_key_and_another_has_another() {
        let form = |once: &str, name: &str| {
            Form::from_pairs([("csrf", "t"), ("once", once), ("name", name)])
        };
        let key = |form: &Form| key_of("/admin/partners", form);
        assert_eq!(key(&form("1", "Ana")), key(&form("1", "Ana")));
        assert_ne!(key(&form("1", "Ana")), key(&form("2", "Ana")));
        assert_ne!(key(&form("1", "Ana")), key(&form("1", "Ana Pop")));
        assert_ne!(
            key(&form("1", "Ana")),
            key_of("/admin/links", &form("1", "Ana"))
        );
        assert_eq!(key(&form("", "Ana")), None);
    }

    #[test]
    fn what_was_done_reads_back_whole() {
        let done = Done::new(
            "/admin/partners/prt_1",
            Toast::good("Ana was added.").link("Add a link", "/admin/links/new"),
        );
        assert_eq!(read(&write(&done).unwrap()).unwrap(), done);
    }
}
