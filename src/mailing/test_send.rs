//! The test mail: sent at once, not queued, and the server's raw answer shown with the time it took.

use super::letters;
use super::mail::{Mail, State};
use super::queue::kept;
use super::{store, way};
use crate::Result;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::Scope;
use crate::id::MailId;
use crate::mail::Message;

/// How a test went.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Tested {
    /// The mail on the outbox page.
    pub mail: MailId,
    /// Whether it left.
    pub state: &'static str,
    /// The server's answer, word for word, or what stood in the way.
    pub answer: String,
    /// How long that took.
    pub took_ms: u64,
}

/// Sends a test mail and waits for the answer. It stays on the outbox page and in the trail, however it went.
///
/// # Errors
/// Where the store fails; a server's refusal is an answer, not an error.
pub async fn send_test(app: &App, scope: &Scope, actor: &Actor, to: &str) -> Result<Tested> {
    let way = way::of(app, Some(scope)).await?;
    let mail = Mail::of("test", to, letters::test(&app.public_url)?);
    let at = app.clock.now();
    let id = MailId::new(at);
    let message = Message {
        id,
        kind: mail.kind.to_owned(),
        from: way.from.clone(),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        text: mail.text.clone(),
        html: mail.html.clone(),
        at,
    };
    let began = std::time::Instant::now();
    let sent = way.send(message).await;
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (state, answer, error) = match sent {
        Ok(receipt) if receipt.left => (State::Sent, receipt.answer, None),
        Ok(receipt) => (State::Logged, receipt.answer, None),
        Err(error) => (State::Failed, error.answer.clone(), Some(error.answer)),
    };
    let mut row = kept(&app.vault, scope.tenant(), id, &mail, state, at)?;
    row.error = error;
    row.attempts = 1;
    row.sent_at = (state == State::Sent).then_some(at);
    let actor = actor.clone();
    let told = answer.clone();
    scope
        .write(move |c| {
            store::insert(c, &row)?;
            let event = Event::new("mail.tested")
                .product("mailing")
                .target("mail", &id, &row.subject)
                .created(&serde_json::json!({ "state": row.state, "answer": told }));
            audit::record(c, &actor, event)
        })
        .await?;
    Ok(Tested {
        mail: id,
        state: state.as_str(),
        answer,
        took_ms,
    })
}
