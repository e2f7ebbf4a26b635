//! Projects of a company: parts whose programmes are kept apart, and to which a key may be limited. A company without one works as if
//! there were no such thing; what belongs to none is in `default`.

pub mod api;
mod store;

use schemars::JsonSchema;
use serde::Serialize;

use super::Slug;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::db::{Control, ControlConn};
use crate::id::{ProjectId, TenantId};
use crate::web::Fields;
use crate::{Error, Result};

pub use self::store::all;

/// Where people see them, below the tenant's prefix.
pub const PAGE: &str = "/admin/settings/projects";

/// A project of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name in commands; it stays.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// `active`, or `archived`: everything in it can be read, and no programme is added.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Project {
    const ACTIVE: &'static str = "active";
    const ARCHIVED: &'static str = "archived";

    /// Whether programmes and keys may be added.
    pub fn is_active(&self) -> bool {
        self.state == Self::ACTIVE
    }
}

/// Which project is meant.
#[derive(Debug, Clone)]
pub enum Which {
    /// The one of this id.
    Id(ProjectId),
    /// The one of this slug.
    Slug(String),
}

/// A change of a project: what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is over.
    pub is_archived: Option<bool>,
}

/// The project that is meant, in the transaction at hand.
///
/// # Errors
/// [`Error::NotFound`].
pub fn meant(c: &mut ControlConn, tenant: TenantId, which: &Which) -> Result<Project> {
    let found = match which {
        Which::Id(id) => store::by_id(c, tenant, *id)?,
        Which::Slug(slug) => store::by_slug(c, tenant, slug)?,
    };
    found.ok_or(Error::NotFound)
}

/// The project that is meant, if something may be added to it.
///
/// # Errors
/// [`Error::Invalid`] at `field` where there is none, or it is archived.
pub fn open(c: &mut ControlConn, tenant: TenantId, which: &Which, field: &str) -> Result<Project> {
    match meant(c, tenant, which) {
        Ok(project) if project.is_active() => Ok(project),
        Ok(_) => Err(Error::invalid(field, "This project is archived.")),
        Err(Error::NotFound) => Err(Error::invalid(field, "There is no such project.")),
        Err(other) => Err(other),
    }
}

/// Judges that something may be added to a project.
///
/// # Errors
/// As [`open`].
pub async fn check_open(control: &Control, tenant: TenantId, id: ProjectId) -> Result<()> {
    control
        .read(move |c| open(c, tenant, &Which::Id(id), "project_id").map(|_| ()))
        .await
}

fn name_of(fields: &mut Fields, name: &str) -> String {
    let said = "Give it a name of at most 120 characters.";
    fields.text("name", name, 1..=120, said)
}

/// The name of a project as it is kept, where slug and name fit.
fn judged(slug: &str, name: &str) -> Result<String> {
    let mut fields = Fields::default();
    let name = name_of(&mut fields, name);
    if let Err(bad) = Slug::parse(slug) {
        fields.add("slug", bad.to_string());
    }
    fields.check().map(|()| name)
}

/// Judges a project that comes from elsewhere as one that is made here.
///
/// # Errors
/// [`Error::Invalid`] for values that do not fit.
pub(super) fn judge(slug: &str, name: &str, state: &str) -> Result<()> {
    if state != Project::ACTIVE && state != Project::ARCHIVED {
        let said = format!("The project {slug} is neither active nor archived.");
        return Err(Error::invalid("state", said));
    }
    judged(slug, name).map(|_| ())
}

/// Makes a project.
///
/// # Errors
/// [`Error::Invalid`] for values that do not fit or a slug that is taken.
pub async fn create(
    app: &App,
    actor: Actor,
    tenant: TenantId,
    slug: &str,
    name: &str,
) -> Result<Project> {
    let name = judged(slug, name)?;
    let slug = slug.to_owned();
    app.control
        .write(move |c| {
            let now = c.now();
            let project = Project {
                id: ProjectId::new(now),
                slug: slug.clone(),
                name: name.clone(),
                state: Project::ACTIVE.to_owned(),
                created_at: now,
                updated_at: now,
            };
            store::insert(c, tenant, &project)
                .map_err(|error| error.duplicate_of("slug", "There is a project of this slug."))?;
            audit::record(
                c,
                &actor,
                event("project.created", &project)
                    .of(tenant)
                    .created(&project),
            )?;
            Ok(project)
        })
        .await
}

fn event(action: &'static str, project: &Project) -> Event {
    Event::new(action)
        .product("tenancy")
        .target("project", &project.id, &project.slug)
}

/// Changes a project. What stands already changes nothing.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`].
pub async fn change(
    app: &App,
    actor: Actor,
    tenant: TenantId,
    which: Which,
    change: Change,
) -> Result<Project> {
    let mut fields = Fields::default();
    let name = change.name.map(|name| name_of(&mut fields, &name));
    fields.check()?;
    app.control
        .write(move |c| {
            let before = meant(c, tenant, &which)?;
            let mut after = before.clone();
            if let Some(name) = &name {
                after.name.clone_from(name);
            }
            if let Some(is_archived) = change.is_archived {
                let state = if is_archived {
                    Project::ARCHIVED
                } else {
                    Project::ACTIVE
                };
                state.clone_into(&mut after.state);
            }
            if after == before {
                return Ok(after);
            }
            after.updated_at = c.now();
            store::update(c, tenant, &after)?;
            let action = match (before.state == after.state, after.is_active()) {
                (true, _) => "project.renamed",
                (false, true) => "project.reopened",
                (false, false) => "project.archived",
            };
            audit::record(
                c,
                &actor,
                event(action, &after)
                    .of(tenant)
                    .before_after(&before, &after),
            )?;
            Ok(after)
        })
        .await
}
