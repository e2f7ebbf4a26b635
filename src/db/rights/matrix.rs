//! **Who may do what on PostgreSQL**, as data: the one place that says it. [`super::findings`] holds a database against it.

use crate::db::postgres::{APP_ROLE, CONTROL_ROLE, OWNER_ROLE};

/// What a role may be beyond an ordinary one.
pub(super) struct RoleRule {
    pub(super) name: &'static str,
    /// Attributes it may have; every other one of [`ATTRIBUTES`] it may not.
    pub(super) may: &'static [&'static str],
}

/// Attributes that make a role special, and the column of `pg_roles` that tells. All but the last two let it see other
/// companies' rows, or become somebody who can.
pub(super) const ATTRIBUTES: [(&str, &str); 6] = [
    ("SUPERUSER", "rolsuper"),
    ("BYPASSRLS", "rolbypassrls"),
    ("REPLICATION", "rolreplication"),
    ("CREATEROLE", "rolcreaterole"),
    ("CREATEDB", "rolcreatedb"),
    ("LOGIN", "rolcanlogin"),
];

/// The roles. The owner's may be a login and may make roles: one for each company that defines tables of its own.
pub(super) const ROLES: [RoleRule; 3] = [
    RoleRule {
        name: OWNER_ROLE,
        may: &["LOGIN", "CREATEROLE"],
    },
    RoleRule {
        name: APP_ROLE,
        may: &[],
    },
    RoleRule {
        name: CONTROL_ROLE,
        may: &[],
    },
];

/// One plane: its schema, and the role that requests become in it. The other plane's role has nothing there.
pub(super) struct PlaneRule {
    pub(super) schema: &'static str,
    pub(super) role: &'static str,
    /// The policy of that role is called by the table and this.
    pub(super) policy: &'static str,
    /// What the policy lets through.
    pub(super) sees: &'static str,
}

/// The setting that names the company, as the server writes it back.
pub(super) const SETTING: &str =
    "(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid";

/// The two planes.
pub(super) const PLANES: [PlaneRule; 2] = [
    PlaneRule {
        schema: "control",
        role: CONTROL_ROLE,
        policy: "control",
        sees: "true",
    },
    PlaneRule {
        schema: "tenant",
        role: APP_ROLE,
        policy: "own",
        sees: "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)",
    },
];

/// What a plane's role may do with its tables.
const EVERYTHING: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];

/// Tables with which it may do less, in either plane.
const LESS: [(&str, &[&str]); 2] = [
    // The trail is append-only.
    ("audit_events", &["SELECT", "INSERT"]),
    // Which steps are in place is the owner's business.
    (MIGRATIONS, &[]),
];

/// The list of steps in place.
pub(super) const MIGRATIONS: &str = "__diesel_schema_migrations";

/// What the role of a table's plane may do with it. Everybody else may do nothing.
pub(super) fn privileges(table: &str) -> &'static [&'static str] {
    LESS.iter()
        .find(|(name, _)| *name == table)
        .map_or(EVERYTHING, |(_, less)| less)
}

/// Whether a table is under row-level security: every one of a company's, and of the control plane what tells of a company.
pub(super) fn is_guarded(schema: &str, table: &str, has_tenant: bool) -> bool {
    table != MIGRATIONS && (schema == "tenant" || has_tenant || table == "tenants")
}

/// The one function of ours: it moves `updated_at`, as whoever runs the statement.
pub(super) const FUNCTION: &str = "touch";

/// What it does.
pub(super) const FUNCTION_BODY: &str =
    "BEGIN NEW.updated_at := pg_catalog.clock_timestamp(); RETURN NEW; END";

/// What SQL of a stranger could use to leave its role, and only the server's superuser may take away from everybody: whether
/// a request still has it, and how it is called.
pub(super) const LEFTOVERS: [(&str, &str); 6] = [
    (
        "has_function_privilege($role, 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')",
        "the function set_config, which can name another company inside one statement",
    ),
    (
        "has_language_privilege($role, 'plpgsql', 'USAGE')",
        "the language plpgsql, whose blocks can leave the role",
    ),
    (
        "has_database_privilege($role, current_database(), 'TEMP')",
        "temporary tables, which can stand in front of real ones",
    ),
    (
        "has_function_privilege($role, 'pg_catalog.lo_create(oid)', 'EXECUTE') OR has_function_privilege($role, 'pg_catalog.lo_creat(integer)', 'EXECUTE') \
         OR has_function_privilege($role, 'pg_catalog.lo_from_bytea(oid, bytea)', 'EXECUTE')",
        "large objects, which belong to no company",
    ),
    (
        "has_function_privilege($role, 'pg_catalog.pg_notify(text, text)', 'EXECUTE')",
        "the function pg_notify, which can tell other processes what is not so",
    ),
    (
        "has_function_privilege($role, 'pg_catalog.pg_advisory_lock(bigint)', 'EXECUTE')",
        "advisory locks, which can hold up a migration",
    ),
];
