//! What the matrix does not hold by name: questions whose every answer is a difference, as a sentence with how grave it is.

use diesel::{PgConnection, QueryResult};

use super::ask::{names, note, of_requests, rows};
use super::matrix::FUNCTION_BODY;
use super::{Finding, Logins, Weight};
use crate::db::migrate;
use crate::db::postgres::{APP_ROLE, CONTROL_ROLE, OWNER_ROLE};

/// What the questions share: `q` are the roles of requests, `g` they and everybody, `ours` our schemas.
const SHARED: &str = "WITH q AS (SELECT oid, rolname::text AS name FROM pg_roles WHERE rolname IN ($requests) AND NOT rolsuper), \
    g AS (SELECT oid, name FROM q UNION ALL SELECT 0::oid, 'PUBLIC'), \
    ours AS (SELECT oid, nspname::text AS name, nspacl FROM pg_namespace WHERE nspname IN ('control', 'tenant'))";

/// The rule, and its question: sentences `a`, each with `o` (opens), `b` (breaks) or `l` (left) as `b`.
const QUESTIONS: [(&str, &str); 10] = [
    // What the server itself keeps from everybody: reading its files shows every company's rows.
    (
        "rights.server",
        "SELECT string_agg(q.name, ', ' ORDER BY q.name) || ' may run ' || p.oid::regprocedure || '.', \
            CASE WHEN p.proname ~ '^(pg_read_|pg_file_|lo_import|lo_export)' THEN 'o' ELSE 'l' END \
         FROM q CROSS JOIN pg_proc p JOIN pg_init_privs i ON i.objoid = p.oid AND i.classoid = 'pg_proc'::regclass \
         WHERE has_function_privilege(q.oid, p.oid, 'EXECUTE') AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) x WHERE x.grantee = 0) \
         GROUP BY p.oid, p.proname",
    ),
    (
        "rights.server",
        "SELECT 'Everybody may connect to this database: docker/postgres-init.sh takes that away.', 'l' \
         FROM pg_database d CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x \
         WHERE d.datname = current_database() AND x.grantee = 0 AND x.privilege_type = 'CONNECT'",
    ),
    (
        "rights.grants",
        "SELECT 'What ' || pg_get_userbyid(d.defaclrole) || ' makes from now on gives ' || g.name || ' ' || string_agg(x.privilege_type, ', ') \
            || coalesce(' in the schema ' || n.name, '') || '.', 'l' \
         FROM pg_default_acl d CROSS JOIN aclexplode(d.defaclacl) x JOIN g ON g.oid = x.grantee LEFT JOIN ours n ON n.oid = d.defaclnamespace \
         WHERE (d.defaclnamespace = 0 OR n.oid IS NOT NULL) \
         AND NOT (d.defaclnamespace = 0 AND x.grantee = 0 AND d.defaclobjtype::text || x.privilege_type IN ('fEXECUTE', 'TUSAGE')) \
         AND NOT (d.defaclobjtype = 'r' AND NOT x.is_grantable AND x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') \
            AND coalesce(n.name, '') || g.name IN ('control$control', 'tenant$app')) \
         GROUP BY d.oid, d.defaclrole, g.name, n.name",
    ),
    (
        "rights.grants",
        "SELECT g.name || ' may hand on ' || string_agg(x.privilege_type, ', ') || ' on ' || o.name || '.', 'l' \
         FROM (SELECT c.oid::regclass::text AS name, c.relacl AS acl FROM pg_class c JOIN ours n ON n.oid = c.relnamespace \
            UNION ALL SELECT c.oid::regclass::text, t.attacl FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN ours n ON n.oid = c.relnamespace \
            UNION ALL SELECT 'the schema ' || name, nspacl FROM ours \
            UNION ALL SELECT 'this database', datacl FROM pg_database WHERE datname = current_database()) o \
         CROSS JOIN aclexplode(o.acl) x JOIN g ON g.oid = x.grantee WHERE x.is_grantable GROUP BY g.name, o.name",
    ),
    (
        "rights.roles",
        "SELECT 'The login ' || r.rolname || ' is BYPASSRLS' || CASE WHEN u.uses THEN ' and may use our schemas.' ELSE '.' END, \
            CASE WHEN u.uses THEN 'b' ELSE 'l' END \
         FROM pg_roles r CROSS JOIN LATERAL (SELECT bool_or(has_schema_privilege(r.oid, n.oid, 'USAGE')) AS uses FROM ours n) u \
         WHERE r.rolcanlogin AND r.rolbypassrls AND NOT r.rolsuper AND r.rolname NOT IN ($requests, $owners)",
    ),
    (
        "rights.members",
        "SELECT q.name || ' may make others members of ' || r.rolname || '.', 'l' \
         FROM pg_auth_members x JOIN q ON q.oid = x.member JOIN pg_roles r ON r.oid = x.roleid WHERE x.admin_option",
    ),
    (
        "rights.functions",
        "SELECT 'The function ' || p.oid::regprocedure || ' is not as we made it.', CASE WHEN p.owner = '$owner' THEN 'b' ELSE 'o' END \
         FROM (SELECT p.*, pg_get_userbyid(p.proowner) AS owner FROM pg_proc p) p JOIN ours n ON n.oid = p.pronamespace \
         JOIN pg_language l ON l.oid = p.prolang WHERE p.proname = 'touch' \
         AND (p.owner <> '$owner' OR p.proconfig IS NOT NULL OR p.pronargs > 0 OR l.lanname <> 'plpgsql' OR btrim(p.prosrc) <> '$body')",
    ),
    (
        "rights.settings",
        "SELECT coalesce('The role ' || r.rolname, 'Everybody') || ' has settings of its own' \
            || CASE WHEN s.setdatabase = 0 THEN '' ELSE ' in this database' END || ': ' || string_agg(c, ', ') || '.', \
            CASE WHEN bool_or(c ~* '^((row_security|synchronous_commit)=(off|false|no|0|local)|session_replication_role=(replica|local))') THEN 'b' ELSE 'l' END \
         FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) c LEFT JOIN pg_roles r ON r.oid = s.setrole \
         WHERE s.setdatabase IN (SELECT 0 UNION ALL SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) \
         AND (r.rolname IN ($requests) OR ((s.setrole = 0 OR r.rolname IN ($owners)) \
            AND c ~ '^(row_security|synchronous_commit|session_replication_role|default_transaction_read_only|role)=')) \
         GROUP BY s.setdatabase, s.setrole, r.rolname",
    ),
    (
        WHOLE,
        "SELECT 'The trigger ' || c.relname || '_touch on ' || c.oid::regclass || ' is missing or switched off.', 'b' \
         FROM pg_class c JOIN ours n ON n.oid = c.relnamespace JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'updated_at' AND NOT t.attisdropped \
         WHERE c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_trigger x JOIN pg_proc p ON p.oid = x.tgfoid \
            WHERE x.tgrelid = c.oid AND x.tgname = c.relname || '_touch' AND x.tgenabled IN ('O', 'A') AND p.proname = 'touch' AND p.pronamespace = n.oid)",
    ),
    (
        "rights.server",
        "SELECT g.name || ' may ' || x.privilege_type || ' the server''s setting ' || p.parname || '.', \
            CASE WHEN p.parname = 'session_replication_role' THEN 'b' ELSE 'l' END \
         FROM pg_parameter_acl p CROSS JOIN aclexplode(p.paracl) x JOIN g ON g.oid = x.grantee",
    ),
];

/// Whether what should be in the schemas is: told of a database that has every step.
pub const WHOLE: &str = "store.whole";

/// Asks all of them.
pub(super) fn all(
    conn: &mut PgConnection,
    logins: &Logins,
    found: &mut Vec<Finding>,
) -> QueryResult<()> {
    let version = rows(
        conn,
        "SELECT '' AS a, '' AS b, '' AS c, '' AS d FROM pg_class WHERE oid = to_regclass('pg_catalog.pg_parameter_acl')",
    )?;
    // Settings of the server can be granted from PostgreSQL 15 on.
    let asked = QUESTIONS.len() - usize::from(version.is_empty());
    let (requests, owners) = (
        names(&of_requests(logins)),
        names(&[OWNER_ROLE, &logins.owner]),
    );
    for (rule, question) in QUESTIONS.iter().take(asked) {
        let question = format!(
            "{SHARED} SELECT x.a, x.b, '' AS c, '' AS d FROM ({question}) x(a, b) ORDER BY 1"
        )
        .replace("$requests", &requests)
        .replace("$owners", &owners)
        .replace("$owner", OWNER_ROLE)
        .replace("$control", CONTROL_ROLE)
        .replace("$app", APP_ROLE)
        .replace("$body", FUNCTION_BODY);
        for row in rows(conn, &question)? {
            let weight = match row.b.as_str() {
                "o" => Weight::Opens,
                "b" => Weight::Breaks,
                _ => Weight::Left,
            };
            note(found, rule, weight, row.a);
        }
    }
    Ok(())
}

/// Foreign keys that should be there, by name, and are not, or do not hold.
pub(super) fn keys(conn: &mut PgConnection, found: &mut Vec<Finding>) -> QueryResult<()> {
    let expected = migrate::expected_keys()
        .map_err(|e| diesel::result::Error::QueryBuilderError(e.reason().into()))?;
    let there = rows(
        conn,
        "SELECT n.nspname || '.' || o.conname AS a, '' AS b, '' AS c, '' AS d FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace \
         WHERE n.nspname IN ('control', 'tenant') AND o.contype = 'f' AND o.convalidated \
         AND (SELECT bool_and(x.tgenabled IN ('O', 'A')) FROM pg_trigger x WHERE x.tgconstraint = o.oid)",
    )?;
    for key in expected {
        if !there.iter().any(|row| row.a == key) {
            note(
                found,
                WHOLE,
                Weight::Breaks,
                format!("The foreign key {key} is missing or switched off."),
            );
        }
    }
    Ok(())
}
