//! Tables, policies, keys and what stands around them, held against the matrix.

use std::collections::BTreeMap;

use diesel::{PgConnection, QueryResult};

use super::ask::{Row, names, note, of_requests, rows};
use super::matrix::{FUNCTION, PLANES, SETTING, is_guarded};
use super::{Finding, Logins, Weight};
use crate::db::postgres::OWNER_ROLE;

/// Tables that are under row-level security by the matrix: what the catalogue calls ours, told apart by one condition.
const OURS: &str = "n.nspname IN ('control', 'tenant') AND c.relkind IN ('r', 'p') AND c.relname <> '__diesel_schema_migrations'";

/// Row-level security, the owner, and the company's column.
pub(super) fn tables(conn: &mut PgConnection, found: &mut Vec<Finding>) -> QueryResult<()> {
    let known = rows(
        conn,
        &format!(
            "SELECT n.nspname::text AS a, c.relname::text AS b, \
                    concat_ws(',', CASE WHEN c.relrowsecurity THEN 'on' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END, \
                        CASE WHEN t.attname IS NOT NULL THEN 'tenant' END, CASE WHEN t.attnotnull THEN 'required' END) AS c, \
                    o.rolname::text || '|' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS d \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner \
             LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped \
             LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = t.attnum WHERE {OURS}"
        ),
    )?;
    for row in &known {
        let table = format!("{}.{}", row.a, row.b);
        let is = |word: &str| row.c.split(',').any(|known| known == word);
        let (owner, default) = row.d.split_once('|').unwrap_or((&row.d, ""));
        if owner != OWNER_ROLE {
            note(
                found,
                "rights.owner",
                Weight::Opens,
                format!("The table {table} belongs to {owner}."),
            );
        }
        let of_company = row.a == "tenant";
        if is_guarded(&row.a, &row.b, is("tenant")) {
            // The control plane's role sees all rows there anyway; it only keeps out who has no business in it.
            let weight = if of_company {
                Weight::Opens
            } else {
                Weight::Breaks
            };
            if !is("on") {
                note(
                    found,
                    "rights.rows",
                    weight,
                    format!("Row-level security is off on {table}."),
                );
            } else if !is("forced") {
                note(
                    found,
                    "rights.rows",
                    weight,
                    format!("Row-level security is not forced on {table}."),
                );
            }
        }
        if !of_company {
            continue;
        }
        if !is("tenant") || !is("required") {
            note(
                found,
                "rights.tenant",
                Weight::Opens,
                format!("{table} may hold rows of no company."),
            );
        } else if default != SETTING {
            note(
                found,
                "rights.tenant",
                Weight::Breaks,
                format!("{table} does not fill in the company of a new row."),
            );
        }
    }
    Ok(())
}

/// The policies: the plane's own and the owner's on each table, and no other.
pub(super) fn policies(conn: &mut PgConnection, found: &mut Vec<Finding>) -> QueryResult<()> {
    let known = rows(
        conn,
        "SELECT schemaname || '.' || tablename AS a, policyname::text AS b, array_to_string(roles, ',') AS c, \
                permissive || '|' || cmd || '|' || coalesce(qual, '') || '|' || coalesce(with_check, '') AS d \
         FROM pg_policies WHERE schemaname IN ('control', 'tenant')",
    )?;
    let tables = rows(
        conn,
        &format!(
            "SELECT n.nspname::text AS a, c.relname::text AS b, CASE WHEN t.attname IS NULL THEN '' ELSE 'tenant' END AS c, '' AS d \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped WHERE {OURS}"
        ),
    )?;
    let mut expected = BTreeMap::new();
    for row in &tables {
        let Some(plane) = PLANES.iter().find(|plane| plane.schema == row.a) else {
            continue;
        };
        if !is_guarded(&row.a, &row.b, !row.c.is_empty()) {
            continue;
        }
        let table = format!("{}.{}", row.a, row.b);
        let rule = |sees: &str| format!("PERMISSIVE|ALL|{sees}|{sees}");
        expected.insert(
            (table.clone(), format!("{}_{}", row.b, plane.policy)),
            (plane.role, rule(plane.sees)),
        );
        expected.insert(
            (table, format!("{}_operator", row.b)),
            (OWNER_ROLE, rule("true")),
        );
    }
    for policy in &known {
        let key = (policy.a.clone(), policy.b.clone());
        let fits = expected
            .remove(&key)
            .is_some_and(|(role, rule)| policy.c == role && policy.d == rule);
        if fits {
            continue;
        }
        let narrows = policy.d.starts_with("RESTRICTIVE");
        // One for the owner alone lets no request see more.
        let weight = match (narrows, policy.c == OWNER_ROLE) {
            (true, _) => Weight::Breaks,
            (false, true) => Weight::Left,
            (false, false) => Weight::Opens,
        };
        note(
            found,
            "rights.policies",
            weight,
            format!(
                "The policy {} on {} is not ours: {} for {}.",
                policy.b, policy.a, policy.d, policy.c
            ),
        );
    }
    for (table, policy) in expected.into_keys() {
        note(
            found,
            "rights.policies",
            Weight::Breaks,
            format!("The policy {policy} on {table} is missing."),
        );
    }
    Ok(())
}

/// Unique keys and foreign keys of companies' tables begin with the company: one that does not tells of others.
pub(super) fn keys(conn: &mut PgConnection, found: &mut Vec<Finding>) -> QueryResult<()> {
    let unique = rows(
        conn,
        "SELECT i.indexrelid::regclass::text AS a, '' AS b, '' AS c, '' AS d FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = i.indkey[0] \
         WHERE n.nspname = 'tenant' AND i.indisunique AND c.relname <> '__diesel_schema_migrations' AND coalesce(t.attname, '') <> 'tenant_id'",
    )?;
    for row in &unique {
        note(
            found,
            "rights.keys",
            Weight::Opens,
            format!("The unique key {} does not begin with the company.", row.a),
        );
    }
    let foreign = rows(
        conn,
        "SELECT o.conname::text AS a, c.relname::text AS b, '' AS c, '' AS d FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_attribute t ON t.attrelid = o.conrelid AND t.attnum = o.conkey[1] \
         JOIN pg_attribute u ON u.attrelid = o.confrelid AND u.attnum = o.confkey[1] \
         WHERE n.nspname = 'tenant' AND o.contype = 'f' AND NOT (t.attname = 'tenant_id' AND u.attname = 'tenant_id')",
    )?;
    for row in &foreign {
        note(
            found,
            "rights.keys",
            Weight::Opens,
            format!(
                "The foreign key {} of {} does not hold the company on both sides.",
                row.a, row.b
            ),
        );
    }
    Ok(())
}

/// Views, rules, functions and triggers that look past the policies or act with another's rights.
pub(super) fn around(
    conn: &mut PgConnection,
    logins: &Logins,
    found: &mut Vec<Finding>,
) -> QueryResult<()> {
    let kinds = rows(
        conn,
        "SELECT DISTINCT v.oid::regclass::text AS a, CASE v.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'rule' END AS b, '' AS c, '' AS d \
         FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass \
         JOIN pg_class v ON v.oid = r.ev_class JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass \
         JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname IN ('control', 'tenant') AND (v.oid <> t.oid OR r.rulename <> '_RETURN') \
         UNION SELECT c.oid::regclass::text, 'relation', '', '' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname IN ('control', 'tenant') AND c.relkind IN ('f', 'm', 'S')",
    )?;
    for row in &kinds {
        note(
            found,
            "rights.views",
            Weight::Opens,
            format!(
                "The {} {} reaches tables of ours past their policies.",
                row.b, row.a
            ),
        );
    }
    let functions = rows(
        conn,
        &format!(
            "SELECT p.oid::regprocedure::text AS a, CASE WHEN p.prosecdef THEN 'definer' ELSE '' END AS b, \
                    CASE WHEN n.nspname IN ('control', 'tenant', 'public') OR o.rolname = '{OWNER_ROLE}' OR EXISTS (SELECT FROM pg_roles q \
                        WHERE q.rolname IN ({}) AND has_schema_privilege(q.oid, n.oid, 'USAGE') AND has_function_privilege(q.oid, p.oid, 'EXECUTE')) \
                        THEN 'ours' ELSE '' END AS c, '' AS d \
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles o ON o.oid = p.proowner \
             WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND (p.prosecdef OR n.nspname IN ('control', 'tenant')) \
             AND NOT (p.proname = '{FUNCTION}' AND NOT p.prosecdef AND n.nspname IN ('control', 'tenant'))",
            names(&of_requests(logins))
        ),
    )?;
    for Row {
        a: name,
        b: definer,
        c: ours,
        ..
    } in &functions
    {
        let weight = if definer.is_empty() || ours.is_empty() {
            Weight::Left
        } else {
            Weight::Opens
        };
        let runs = if definer.is_empty() {
            "is not ours"
        } else {
            "runs with its owner's rights"
        };
        note(
            found,
            "rights.functions",
            weight,
            format!("The function {name} {runs}."),
        );
    }
    let triggers = rows(
        conn,
        &format!(
            "SELECT t.tgname::text AS a, c.oid::regclass::text AS b, '' AS c, '' AS d FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid \
             WHERE n.nspname IN ('control', 'tenant') AND NOT t.tgisinternal AND p.proname <> '{FUNCTION}'"
        ),
    )?;
    for row in &triggers {
        note(
            found,
            "rights.triggers",
            Weight::Left,
            format!("The trigger {} on {} is not ours.", row.a, row.b),
        );
    }
    Ok(())
}
