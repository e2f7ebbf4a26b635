//! `steading demo`: a made-up business to look at, and its removal.

use clap::{Args, Subcommand};

use super::CompanyArg;
use super::exit::{Failure, Outcome};
use super::prompt::Consent;
use super::stores::Io;
use crate::actor::Actor;
use crate::app::App;
use crate::partners::demo::{self, Figures};

/// Load a made-up business to look at, or remove it
#[derive(Debug, Subcommand)]
pub enum Demo {
    /// Load a tea shop's year: partners, clicks, sales, commissions, payouts
    Load(Act),
    /// Remove it to the row; your own data stays, and so do its two events in the trail (loaded, cleared)
    Clear(Act),
}

/// A change of the demo data.
#[derive(Debug, Args)]
pub struct Act {
    #[command(flatten)]
    company: CompanyArg,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON.
#[derive(serde::Serialize)]
struct Answer {
    done: bool,
    #[serde(flatten)]
    rows: Figures,
}

impl Demo {
    /// Something to look at may come before the first start.
    pub(super) fn may_begin(&self) -> bool {
        matches!(self, Self::Load(act) if !act.dry_run)
    }

    /// Loading changes nothing that is there; removing asks.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        if let Self::Clear(act) = self
            && !act.dry_run
        {
            act.consent.to(
                "The demo data goes, with everything that was added to it since. Your own data stays. Go on?",
            )?;
        }
        Ok(None)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Load(act) => act.load(app, io).await,
            Self::Clear(act) => act.clear(app, io).await,
        }
    }
}

impl Act {
    async fn load(&self, app: &App, io: &mut Io) -> Outcome {
        let scope = self.company.open_to_change(app)?.scope;
        if self.dry_run {
            let rows = demo::preview(app, &scope).await?;
            io.say(format!("This would be loaded, give or take some: {rows}."));
            return self.answer(io, false, rows);
        }
        let actor = Actor::shell();
        let rows = demo::load(app, &scope, &actor, |words| io.say(words)).await?;
        io.say("The demo data is loaded. `steading demo clear` removes it.");
        self.answer(io, true, rows)
    }

    async fn clear(&self, app: &App, io: &mut Io) -> Outcome {
        let scope = self.company.open_to_change(app)?.scope;
        let rows = scope.read(demo::figures).await?;
        if rows == Figures::default() {
            io.say("There is no demo data here.");
            return self.answer(io, false, rows);
        }
        if self.dry_run {
            io.say(format!("This would be removed: {rows}."));
            return self.answer(io, false, rows);
        }
        let actor = Actor::shell();
        let rows = demo::clear(app, &scope, &actor, |words| io.say(words)).await?;
        io.say("The demo data is gone.");
        self.answer(io, true, rows)
    }

    fn answer(&self, io: &mut Io, done: bool, rows: Figures) -> Outcome {
        if self.json {
            io.json(&Answer { done, rows })
        } else {
            Ok(())
        }
    }
}
