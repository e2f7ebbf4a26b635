//! `steading tenant create`: a company, whole or not at all.

use clap::Args;

use super::record::Record;
use super::tell_of_plan;
use crate::app::App;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::prompt::{Consent, PasswordInput};
use crate::cli::stores::Io;
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::crypto::PlainPassword;
use crate::db::Control;
use crate::error::FieldError;
use crate::identity::{self, NewOwner, shell as people};
use crate::tenancy::shell::{self, Shown};
use crate::tenancy::{self, Company, Kind, NewCompany, Slug, Status};
use crate::{Error, Result, actor::Actor};

/// Open a company: its store, its data key and its owner at once
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading tenant create acme --owner-email ada@acme.example
  printf '%s' \"$PASSWORD\" | steading tenant create acme --name 'Acme Tea' --owner-email ada@acme.example --password-stdin
  steading tenant create acme --trial-days 30 --dry-run")]
pub struct Create {
    /// Its name in addresses: 3 to 40 small letters, digits and single hyphens; it begins with a letter and ends without a hyphen
    slug: String,
    #[command(flatten)]
    record: Record,
    /// Begin with a trial of so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3650))]
    trial_days: Option<i64>,
    /// Who owns it: without a password they are sent a link to choose one
    #[arg(long, value_name = "EMAIL")]
    owner_email: Option<String>,
    /// The owner's name
    #[arg(long, value_name = "NAME", requires = "owner_email")]
    owner_name: Option<String>,
    #[command(flatten)]
    password: PasswordInput,
    /// Take the slug of an archived company
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would be made; no file is touched
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Create {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        if !self.password.password_stdin {
            return Ok(None);
        }
        if self.owner_email.is_none() {
            return Err(Failure::new(
                Exit::Usage,
                "the password is the owner's; name them with --owner-email",
            ));
        }
        self.password
            .read(self.consent)
            .map(|secret| Some(secret.expose().to_owned()))
    }

    /// What the flags describe, values read but not yet judged.
    fn wanted(&self, now: Timestamp) -> Result<NewCompany, Failure> {
        let slug = Slug::parse(self.slug.trim()).map_err(|error| {
            Failure::from(Error::Invalid(vec![FieldError::new(
                "slug",
                error.to_string(),
            )]))
        })?;
        let mut new = NewCompany::named(slug);
        let wanted = self.record.clone().read()?;
        new.settings = wanted.settings(&new.settings)?;
        new.settings.time_zone = match new.settings.time_zone.as_str() {
            "UTC" => tenancy::system_time_zone(),
            _ => new.settings.time_zone,
        };
        wanted.onto_new(&mut new);
        new.status = match (new.kind, self.trial_days) {
            (Kind::Demo, None) => Status::Demo,
            (Kind::Customer, None) => Status::Active,
            (Kind::Customer, Some(_)) => Status::Trial,
            (Kind::Demo, Some(_)) => {
                return Err(Failure::new(
                    Exit::Usage,
                    "a demo has no trial: leave --trial-days or --kind demo out",
                ));
            }
        };
        new.trial_ends_at = self.trial_days.map(|days| now.plus_days(days));
        Ok(new)
    }

    fn owner(&self) -> Option<NewOwner> {
        self.owner_email.clone().map(|email| NewOwner {
            email,
            name: self.owner_name.clone(),
            password: None,
        })
    }

    /// Says what would be made. Nothing is hashed, made or written.
    pub(super) async fn preview(
        self,
        control: Option<&Control>,
        tenancy: Tenancy,
        now: Timestamp,
        io: &mut Io,
    ) -> Outcome {
        let new = self.wanted(now)?;
        let company = match control {
            Some(control) if !self.takes_archived(control, &new.slug).await? => {
                identity::judge_company(control, tenancy, new, self.owner(), now).await?
            }
            _ => identity::judge_values(tenancy, new, self.owner(), now)?,
        };
        let (slug, name, status) = (
            &company.slug,
            &company.settings.name,
            company.status.as_str(),
        );
        io.say(format!(
            "A company {slug} ({name}) would be opened, {status}."
        ));
        if let Some(email) = &self.owner_email {
            io.say(format!("{email} would own it."));
        }
        if !self.json {
            return Ok(());
        }
        let owner = self
            .owner_email
            .as_ref()
            .map(|email| serde_json::json!({ "email": email }));
        let mut shown = company.record();
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("owner".to_owned(), serde_json::json!(owner));
            fields.insert("dry_run".to_owned(), true.into());
        }
        io.json(&shown)
    }

    /// Whether an archived company has the slug and may lose it.
    async fn takes_archived(&self, control: &Control, slug: &Slug) -> Result<bool, Failure> {
        if !self.force {
            return Ok(false);
        }
        match shell::by_slug(control, slug.as_str()).await {
            Ok(held) => Ok(held.status == Status::Archived),
            Err(Error::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let now = app.clock.now();
        if self.dry_run {
            return self
                .preview(Some(&app.control), app.config.tenancy, now, io)
                .await;
        }
        let (new, owner) = (self.wanted(now)?, self.owner());
        let password = io.input.take().map(PlainPassword::from);
        if self.takes_archived(&app.control, &new.slug).await? {
            // What would be refused is refused before the archived company loses its slug.
            identity::judge_values(app.config.tenancy, new.clone(), owner.clone(), now)?;
            tenancy::free_slug(app, &Actor::shell(), &new.slug).await?;
        }
        let opened = people::create_company(app, new, owner, password.as_ref()).await?;
        tell_of_plan(&opened.company, io);
        let link = opened.invitation.as_ref();
        if self.json {
            let owner = self.owner_email.as_ref().map(|email| {
                serde_json::json!({
                    "email": email.trim().to_lowercase(),
                    "invitation": link.map(|link| serde_json::json!({ "url": link.url, "expires_at": link.expires_at })),
                })
            });
            return io.json(&with_owner(app, &opened.company, &owner)?);
        }
        let shown = Shown::of(app, &opened.company);
        if let Some(link) = link {
            io.data(&format!("{}\n", link.url));
            io.say("Its owner chooses a password there. The link works once, for seven days.");
        }
        if opened.is_known {
            io.say(KNOWN_OWNER);
        }
        let slug = &opened.company.slug;
        io.say(format!(
            "{slug} is {}: {}",
            opened.company.status.as_str(),
            shown.url
        ));
        if self.owner_email.is_none() {
            io.say(format!(
                "Nobody owns it yet: steading user invite EMAIL --role owner --tenant {slug}"
            ));
        }
        Ok(())
    }
}

/// What becomes of an owner who has an account.
const KNOWN_OWNER: &str = "Its owner has an account here and goes on with it, or is mailed a link first where the address was never proven.";

fn with_owner(
    app: &App,
    company: &Company,
    owner: &impl serde::Serialize,
) -> Result<serde_json::Value, Failure> {
    let broken = |e: serde_json::Error| Failure::failed(e.to_string());
    let mut shown = serde_json::to_value(Shown::of(app, company)).map_err(broken)?;
    if let Some(fields) = shown.as_object_mut() {
        fields.insert(
            "owner".to_owned(),
            serde_json::to_value(owner).map_err(broken)?,
        );
    }
    Ok(shown)
}
