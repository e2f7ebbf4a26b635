//! A database that gives one role one right too many, or one too few, is told of; one as the migrations make it is not.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use steading::db::rights::{Finding, Logins, Weight, findings, inspect};

use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

fn logins() -> Logins {
    Logins {
        owner: "steading_owner".to_owned(),
        request: "steading_request".to_owned(),
    }
}

/// Without what other tests make of the server they share: logins of their own.
fn ours(mut found: Vec<Finding>) -> Vec<Finding> {
    found.retain(|one| !one.text.contains("stranger_"));
    found
}

/// What is told of a database after these statements, which are taken back: roles are shared by all databases of a server.
fn with_drift(conn: &mut PgConnection, drift: &str) -> Vec<Finding> {
    conn.batch_execute("BEGIN").unwrap();
    conn.batch_execute(drift)
        .unwrap_or_else(|e| panic!("{drift}: {e}"));
    let found = findings(conn, &logins()).unwrap();
    conn.batch_execute("ROLLBACK").unwrap();
    found
}

/// (what somebody did, the rule that tells, how grave it is, a part of the sentence)
const DRIFTS: &[(&str, &str, Weight, &str)] = &[
    (
        "GRANT SELECT ON control.users TO steading_app",
        "rights.grants",
        Weight::Opens,
        "steading_app has SELECT on control.users",
    ),
    (
        "ALTER ROLE steading_app BYPASSRLS",
        "rights.roles",
        Weight::Opens,
        "steading_app is BYPASSRLS",
    ),
    (
        "ALTER TABLE tenant.partners NO FORCE ROW LEVEL SECURITY",
        "rights.rows",
        Weight::Opens,
        "not forced on tenant.partners",
    ),
    (
        "DROP POLICY partners_own ON tenant.partners",
        "rights.policies",
        Weight::Breaks,
        "partners_own on tenant.partners is missing",
    ),
    (
        "CREATE POLICY extra ON tenant.partners TO steading_app USING (true)",
        "rights.policies",
        Weight::Opens,
        "extra on tenant.partners",
    ),
    (
        "ALTER TABLE tenant.partners ALTER tenant_id DROP DEFAULT",
        "rights.tenant",
        Weight::Breaks,
        "tenant.partners does not fill in",
    ),
    (
        "ALTER ROLE steading_request SUPERUSER",
        "rights.roles",
        Weight::Opens,
        "steading_request is SUPERUSER",
    ),
    (
        "GRANT CREATE ON SCHEMA tenant TO steading_app",
        "rights.schemas",
        Weight::Opens,
        "make things in the schema tenant",
    ),
    (
        "CREATE VIEW public.shown AS SELECT * FROM tenant.partners",
        "rights.views",
        Weight::Opens,
        "view shown",
    ),
    (
        "CREATE FUNCTION public.all_partners() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM tenant.partners'",
        "rights.functions",
        Weight::Opens,
        "all_partners() runs with its owner's rights",
    ),
    (
        "GRANT TRUNCATE ON tenant.audit_events TO steading_app",
        "rights.grants",
        Weight::Opens,
        "steading_app has TRUNCATE on tenant.audit_events",
    ),
    (
        "GRANT steading_owner TO steading_request",
        "rights.members",
        Weight::Opens,
        "steading_request may become steading_owner",
    ),
    // And more than the twelve.
    (
        "ALTER TABLE tenant.links DISABLE ROW LEVEL SECURITY",
        "rights.rows",
        Weight::Opens,
        "off on tenant.links",
    ),
    (
        "ALTER POLICY links_own ON tenant.links USING (true)",
        "rights.policies",
        Weight::Opens,
        "links_own on tenant.links is not ours",
    ),
    (
        "ALTER POLICY links_own ON tenant.links TO PUBLIC",
        "rights.policies",
        Weight::Opens,
        "links_own on tenant.links is not ours",
    ),
    (
        "ALTER TABLE tenant.links ALTER tenant_id DROP NOT NULL",
        "",
        Weight::Opens,
        "tenant.links may hold rows of no company",
    ),
    (
        "CREATE UNIQUE INDEX told ON tenant.partners (email)",
        "rights.keys",
        Weight::Opens,
        "told does not begin with the company",
    ),
    (
        "GRANT UPDATE (action) ON tenant.audit_events TO steading_app",
        "rights.grants",
        Weight::Opens,
        "UPDATE (action) on tenant.audit_events",
    ),
    (
        "GRANT SELECT ON tenant.clicks TO PUBLIC",
        "rights.grants",
        Weight::Opens,
        "PUBLIC has SELECT on tenant.clicks",
    ),
    (
        "GRANT SELECT ON tenant.__diesel_schema_migrations TO steading_app",
        "rights.grants",
        Weight::Opens,
        "__diesel_schema_migrations",
    ),
    (
        "REVOKE INSERT ON tenant.clicks FROM steading_app",
        "rights.grants",
        Weight::Breaks,
        "lacks INSERT on tenant.clicks",
    ),
    (
        "GRANT USAGE ON SCHEMA control TO steading_app",
        "rights.schemas",
        Weight::Opens,
        "steading_app may use the schema control",
    ),
    (
        "GRANT pg_read_all_data TO steading_request",
        "rights.members",
        Weight::Opens,
        "may become pg_read_all_data",
    ),
    (
        "CREATE ROLE stranger LOGIN; GRANT steading_app TO stranger",
        "rights.members",
        Weight::Left,
        "stranger may become steading_app",
    ),
    (
        "ALTER TABLE tenant.partners OWNER TO steading_app",
        "rights.owner",
        Weight::Opens,
        "belongs to steading_app",
    ),
    (
        "ALTER TABLE control.tenants DISABLE ROW LEVEL SECURITY",
        "rights.rows",
        Weight::Breaks,
        "off on control.tenants",
    ),
    (
        "DROP POLICY tenants_control ON control.tenants",
        "rights.policies",
        Weight::Breaks,
        "tenants_control on control.tenants is missing",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC",
        "rights.server",
        Weight::Left,
        "set_config",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO PUBLIC",
        "rights.server",
        Weight::Left,
        "pg_notify",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO steading_app",
        "rights.server",
        Weight::Left,
        "advisory locks",
    ),
    (
        "CREATE RULE shadow AS ON INSERT TO tenant.partners DO ALSO SELECT 1",
        "rights.views",
        Weight::Opens,
        "rule",
    ),
    (
        "GRANT CREATE ON DATABASE \"$db\" TO steading_request",
        "rights.schemas",
        Weight::Opens,
        "make schemas",
    ),
    // What the matrix does not hold by name.
    (
        "CREATE SCHEMA tools; GRANT USAGE ON SCHEMA tools TO steading_app; \
         CREATE FUNCTION tools.all_partners() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM tenant.partners'",
        "rights.functions",
        Weight::Opens,
        "tools.all_partners() runs with its owner's rights",
    ),
    (
        "CREATE SCHEMA tools; \
         CREATE FUNCTION tools.all_partners() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM tenant.partners'",
        "rights.functions",
        Weight::Left,
        "tools.all_partners() runs with its owner's rights",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO steading_app",
        "rights.server",
        Weight::Opens,
        "steading_app may run pg_read_file(text)",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO PUBLIC",
        "rights.server",
        Weight::Opens,
        "steading_app, steading_control, steading_request may run pg_read_binary_file(text)",
    ),
    (
        "GRANT EXECUTE ON FUNCTION lo_import(text) TO steading_request",
        "rights.server",
        Weight::Opens,
        "steading_request may run lo_import(text)",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO steading_control",
        "rights.server",
        Weight::Left,
        "steading_control may run pg_ls_dir(text)",
    ),
    (
        "GRANT pg_read_server_files TO steading_app",
        "rights.members",
        Weight::Opens,
        "steading_app may become pg_read_server_files",
    ),
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE steading_owner GRANT SELECT ON TABLES TO PUBLIC",
        "rights.grants",
        Weight::Left,
        "What steading_owner makes from now on gives PUBLIC SELECT.",
    ),
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE steading_owner IN SCHEMA control GRANT INSERT ON TABLES TO steading_app",
        "rights.grants",
        Weight::Left,
        "gives steading_app INSERT in the schema control",
    ),
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE steading_owner IN SCHEMA tenant GRANT TRUNCATE ON TABLES TO steading_app",
        "rights.grants",
        Weight::Left,
        "gives steading_app TRUNCATE in the schema tenant",
    ),
    (
        "CREATE ROLE stranger LOGIN BYPASSRLS",
        "rights.roles",
        Weight::Left,
        "The login stranger is BYPASSRLS.",
    ),
    (
        "CREATE ROLE stranger LOGIN BYPASSRLS; GRANT USAGE ON SCHEMA tenant TO stranger",
        "rights.roles",
        Weight::Breaks,
        "The login stranger is BYPASSRLS and may use our schemas.",
    ),
    (
        "GRANT steading_app TO steading_request WITH ADMIN OPTION",
        "rights.members",
        Weight::Left,
        "steading_request may make others members of steading_app",
    ),
    (
        "GRANT SELECT ON tenant.partners TO steading_app WITH GRANT OPTION",
        "rights.grants",
        Weight::Left,
        "steading_app may hand on SELECT on tenant.partners",
    ),
    (
        "GRANT USAGE ON SCHEMA tenant TO steading_app WITH GRANT OPTION",
        "rights.grants",
        Weight::Left,
        "steading_app may hand on USAGE on the schema tenant",
    ),
    (
        "GRANT SET ON PARAMETER session_replication_role TO steading_request",
        "rights.server",
        Weight::Breaks,
        "steading_request may SET the server's setting session_replication_role",
    ),
    (
        "CREATE OR REPLACE FUNCTION tenant.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "rights.functions",
        Weight::Breaks,
        "tenant.touch() is not as we made it",
    ),
    (
        "ALTER FUNCTION tenant.touch() OWNER TO steading_app",
        "rights.functions",
        Weight::Opens,
        "tenant.touch() is not as we made it",
    ),
    (
        "ALTER FUNCTION control.touch() SET search_path TO tenant",
        "rights.functions",
        Weight::Breaks,
        "control.touch() is not as we made it",
    ),
    (
        "GRANT CONNECT ON DATABASE \"$db\" TO PUBLIC",
        "rights.server",
        Weight::Left,
        "Everybody may connect",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_catalog.lo_from_bytea(oid, bytea) TO PUBLIC",
        "rights.server",
        Weight::Left,
        "large objects",
    ),
    (
        "ALTER DATABASE \"$db\" SET synchronous_commit = off",
        "rights.settings",
        Weight::Breaks,
        "Everybody has settings of its own in this database: synchronous_commit=off.",
    ),
    (
        "ALTER ROLE ALL SET row_security = off",
        "rights.settings",
        Weight::Breaks,
        "Everybody has settings of its own: row_security=off.",
    ),
    (
        "ALTER ROLE steading_owner SET session_replication_role = replica",
        "rights.settings",
        Weight::Breaks,
        "The role steading_owner has settings of its own: session_replication_role=replica.",
    ),
    (
        "ALTER ROLE steading_request SET work_mem = '8MB'",
        "rights.settings",
        Weight::Left,
        "The role steading_request has settings of its own: work_mem=8MB.",
    ),
    (
        "DROP TRIGGER partners_touch ON tenant.partners",
        "store.whole",
        Weight::Breaks,
        "partners_touch on tenant.partners is missing",
    ),
    (
        "ALTER TABLE control.tenants ENABLE REPLICA TRIGGER tenants_touch",
        "store.whole",
        Weight::Breaks,
        "tenants_touch on control.tenants is missing or switched off",
    ),
    (
        "ALTER TABLE tenant.links DROP CONSTRAINT links_tenant_id_enrolment_id_fkey",
        "store.whole",
        Weight::Breaks,
        "tenant.links_tenant_id_enrolment_id_fkey is missing",
    ),
    (
        "ALTER TABLE control.memberships DISABLE TRIGGER ALL",
        "store.whole",
        Weight::Breaks,
        "control.memberships_user_id_fkey is missing or switched off",
    ),
];

#[test]
fn every_drift_is_told_of() {
    let stores = TestStores::new(Engine::Postgres);
    let url = &stores.database.as_ref().unwrap().superuser;
    let mut conn = PgConnection::establish(url).unwrap();
    let database = url.rsplit('/').next().unwrap();
    for (drift, rule, weight, part) in DRIFTS {
        let drift = drift.replace("$db", database);
        let drift = if rule.is_empty() {
            // A column of a primary key is required by the key; it has to go first.
            format!("ALTER TABLE tenant.links DROP CONSTRAINT links_pkey CASCADE; {drift}")
        } else {
            drift
        };
        let found = with_drift(&mut conn, &drift);
        let told = found.iter().any(|one| {
            (rule.is_empty() || one.rule == *rule)
                && one.weight == *weight
                && one.text.contains(part)
        });
        assert!(told, "{drift}: {found:?}");
    }
    // As the migrations made it, and everything taken back, there is nothing to tell.
    assert_eq!(ours(findings(&mut conn, &logins()).unwrap()), []);
}

#[test]
fn a_database_as_it_should_be_has_nothing_to_tell() {
    let stores = TestStores::new(Engine::Postgres);
    assert_eq!(ours(inspect(&stores.options).unwrap()), []);
    assert_eq!(
        inspect(&TestStores::new(Engine::Sqlite).options).unwrap(),
        []
    );
    // One address for everything is told of, and is no reason to refuse.
    let mut one = stores.options.clone();
    one.database_url.clone_from(&one.owner_url);
    one.owner_url = None;
    let found = inspect(&one).unwrap();
    assert!(
        found.iter().all(|finding| finding.weight == Weight::Left),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|finding| finding.rule == "rights.one_login"),
        "{found:?}"
    );
}
