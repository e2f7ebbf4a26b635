//! One write that waits its turn: the closure, what came of it, and who is to be told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::conn::{Plane, Scoped};
use super::error::{Verdict, verdict};
use super::health::Waiting;
use crate::{Error, Result};

/// A write of any result type, as the writer's queue holds it.
pub(super) trait Work<P>: Send {
    /// Runs the closure once; keeps its result; says what its failure means.
    fn run(&mut self, c: &mut Scoped<'_, P>) -> std::result::Result<(), Verdict>;
    /// The batch is on disk (or the closure was rolled back alone): the kept result is the answer.
    fn answer(self: Box<Self>);
    /// The batch is not on disk.
    fn fail(self: Box<Self>);
    /// The closure took too long and was rolled back.
    fn overran(&mut self);
}

pub(super) struct Typed<T, F> {
    closure: F,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
    _waiting: Waiting,
}

impl<T, F> Typed<T, F> {
    /// The work, and where its answer will come.
    pub(super) fn new(closure: F, waiting: Waiting) -> (Box<Self>, oneshot::Receiver<Result<T>>) {
        let (reply, answer) = oneshot::channel();
        let work = Self {
            closure,
            result: None,
            reply,
            _waiting: waiting,
        };
        (Box::new(work), answer)
    }
}

impl<P: Plane, T: Send, F> Work<P> for Typed<T, F>
where
    F: Fn(&mut Scoped<'_, P>) -> Result<T> + Send,
{
    fn run(&mut self, c: &mut Scoped<'_, P>) -> std::result::Result<(), Verdict> {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.closure)(c)))
            .unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        let said = match &outcome {
            Ok(_) => Ok(()),
            Err(error) => Err(verdict(error)),
        };
        if let Err(Error::Database(source)) = &outcome {
            tracing::warn!(error = %source, "A write failed in the database");
        }
        self.result = Some(outcome);
        said
    }

    fn answer(self: Box<Self>) {
        let result = self.result.unwrap_or(Err(Error::Busy));
        // Nobody waits any more where the client went away: the work stands, its idempotency key answers the retry.
        drop(self.reply.send(result));
    }

    fn fail(self: Box<Self>) {
        drop(self.reply.send(Err(Error::Busy)));
    }

    fn overran(&mut self) {
        self.result = Some(Err(Error::internal(
            "a write took longer than its budget and was rolled back",
        )));
    }
}
