//! Roles, memberships and grants, held against the matrix.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryResult};

use super::matrix::{ATTRIBUTES, LEFTOVERS, PLANES, ROLES, privileges};
use super::{Finding, Logins, Weight};
use crate::db::postgres::{APP_ROLE, CONTROL_ROLE, OWNER_ROLE};

/// Up to four texts of one row.
#[derive(diesel::QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = Text)]
    pub(super) a: String,
    #[diesel(sql_type = Text)]
    pub(super) b: String,
    #[diesel(sql_type = Text)]
    pub(super) c: String,
    #[diesel(sql_type = Text)]
    pub(super) d: String,
}

/// Runs a question that answers with the texts `a` to `d`.
pub(super) fn rows(conn: &mut PgConnection, question: &str) -> QueryResult<Vec<Row>> {
    diesel::sql_query(question).load(conn)
}

/// Notes one finding.
pub(super) fn note(
    found: &mut Vec<Finding>,
    rule: &'static str,
    weight: Weight,
    text: impl Into<String>,
) {
    found.push(Finding {
        rule,
        weight,
        text: text.into(),
    });
}

/// Who is connected.
pub(super) fn current_login(conn: &mut PgConnection) -> QueryResult<String> {
    let row: Row = diesel::sql_query("SELECT session_user::text AS a, '' AS b, '' AS c, '' AS d")
        .get_result(conn)?;
    Ok(row.a)
}

/// A name as a text of a question. Names come from the configuration and the catalogue, never from a request.
fn text(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}

/// Names as a list of a question.
pub(super) fn names(list: &[&str]) -> String {
    list.iter()
        .map(|name| text(name))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Roles that visitors' requests run as, or come in by.
pub(super) fn of_requests(logins: &Logins) -> Vec<&str> {
    let mut roles = vec![APP_ROLE, CONTROL_ROLE];
    if logins.are_apart() {
        roles.push(&logins.request);
    }
    roles
}

/// Attributes of the roles.
pub(super) fn roles(
    conn: &mut PgConnection,
    logins: &Logins,
    found: &mut Vec<Finding>,
) -> QueryResult<()> {
    let has = ATTRIBUTES
        .map(|(word, column)| format!("CASE WHEN {column} THEN '{word}' END"))
        .join(", ");
    let asked = names(&[
        OWNER_ROLE,
        APP_ROLE,
        CONTROL_ROLE,
        &logins.owner,
        &logins.request,
    ]);
    let known = rows(
        conn,
        &format!(
            "SELECT rolname::text AS a, concat_ws(',', {has}) AS b, '' AS c, '' AS d FROM pg_roles WHERE rolname IN ({asked})"
        ),
    )?;
    for rule in &ROLES {
        if !known.iter().any(|row| row.a == rule.name) {
            note(
                found,
                "rights.roles",
                Weight::Breaks,
                format!("The role {} is missing.", rule.name),
            );
        }
    }
    for row in &known {
        let rule = ROLES.iter().find(|rule| rule.name == row.a);
        let serves = row.a == logins.request && logins.are_apart();
        for attribute in row.b.split(',').filter(|word| !word.is_empty()) {
            let (may, weight) = match (rule, serves) {
                (Some(rule), _) => (rule.may.contains(&attribute), gravity(attribute)),
                (None, true) => (attribute == "LOGIN", gravity(attribute)),
                // The owner's own login may be what the server gives its administrator, at that server's risk.
                (None, false) => (
                    !matches!(attribute, "SUPERUSER" | "BYPASSRLS"),
                    Weight::Left,
                ),
            };
            if !may {
                note(
                    found,
                    "rights.roles",
                    weight,
                    format!("The role {} is {attribute}.", row.a),
                );
            }
        }
    }
    if !logins.are_apart() {
        note(
            found,
            "rights.one_login",
            Weight::Left,
            "Requests come in by the login that owns the tables. Give them one of their own: docker/postgres-init.sh makes it, \
             database.url names it, and database.owner_url the owner's.",
        );
    }
    Ok(())
}

fn gravity(attribute: &str) -> Weight {
    match attribute {
        "CREATEDB" | "LOGIN" => Weight::Left,
        _ => Weight::Opens,
    }
}

/// Who may become whom.
pub(super) fn members(
    conn: &mut PgConnection,
    logins: &Logins,
    found: &mut Vec<Finding>,
) -> QueryResult<()> {
    let roles = names(&[OWNER_ROLE, APP_ROLE, CONTROL_ROLE]);
    let members = names(&of_requests(logins));
    let known = rows(
        conn,
        &format!(
            "SELECT DISTINCT r.rolname::text AS a, m.rolname::text AS b, '' AS c, '' AS d FROM pg_auth_members x \
             JOIN pg_roles r ON r.oid = x.roleid JOIN pg_roles m ON m.oid = x.member \
             WHERE r.rolname IN ({roles}) OR m.rolname IN ({members})"
        ),
    )?;
    for Row {
        a: role, b: member, ..
    } in &known
    {
        let for_requests = role == APP_ROLE || role == CONTROL_ROLE;
        let is_owner = *member == logins.owner || member == OWNER_ROLE;
        let weight = if member == APP_ROLE || member == CONTROL_ROLE {
            Weight::Opens
        } else if is_owner || (*member == logins.request && for_requests) {
            continue;
        } else if *member == logins.request {
            Weight::Opens
        } else {
            Weight::Left
        };
        note(
            found,
            "rights.members",
            weight,
            format!("{member} may become {role}."),
        );
    }
    for role in [APP_ROLE, CONTROL_ROLE] {
        let is_member = |row: &Row| row.a == role && row.b == logins.request;
        if logins.are_apart() && !known.iter().any(is_member) {
            note(
                found,
                "rights.members",
                Weight::Breaks,
                format!("{} may not become {role}.", logins.request),
            );
        }
    }
    Ok(())
}

/// Who may use the schemas, and make things in them or in the database.
pub(super) fn schemas(
    conn: &mut PgConnection,
    logins: &Logins,
    found: &mut Vec<Finding>,
) -> QueryResult<()> {
    let requests = of_requests(logins)
        .iter()
        .map(|name| format!("({})", text(name)))
        .collect::<Vec<_>>()
        .join(", ");
    let known = rows(
        conn,
        &format!(
            "SELECT r.name AS a, n.nspname::text AS b, concat_ws(',', CASE WHEN has_schema_privilege(x.oid, n.oid, 'CREATE') THEN 'CREATE' END, \
                    CASE WHEN has_schema_privilege(x.oid, n.oid, 'USAGE') THEN 'USAGE' END) AS c, o.rolname::text AS d \
             FROM (VALUES {requests}) r(name) JOIN pg_roles x ON x.rolname = r.name CROSS JOIN pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner \
             WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT x.rolsuper"
        ),
    )?;
    for row in &known {
        let plane = PLANES.iter().find(|plane| plane.schema == row.b);
        let (makes, uses) = (row.c.contains("CREATE"), row.c.contains("USAGE"));
        if makes {
            note(
                found,
                "rights.schemas",
                Weight::Opens,
                format!("{} may make things in the schema {}.", row.a, row.b),
            );
        }
        let Some(plane) = plane else { continue };
        let is_its_own = plane.role == row.a;
        if uses && !is_its_own {
            note(
                found,
                "rights.schemas",
                Weight::Opens,
                format!("{} may use the schema {}.", row.a, row.b),
            );
        }
        if is_its_own && !uses {
            note(
                found,
                "rights.schemas",
                Weight::Breaks,
                format!("{} may not use the schema {}.", row.a, row.b),
            );
        }
        if is_its_own && row.d != OWNER_ROLE {
            note(
                found,
                "rights.owner",
                Weight::Opens,
                format!("The schema {} belongs to {}.", row.b, row.d),
            );
        }
    }
    let known = rows(
        conn,
        &format!(
            "SELECT r.name AS a, '' AS b, '' AS c, '' AS d FROM (VALUES {requests}) r(name) JOIN pg_roles x ON x.rolname = r.name \
             WHERE NOT x.rolsuper AND has_database_privilege(x.oid, current_database(), 'CREATE')"
        ),
    )?;
    for row in &known {
        note(
            found,
            "rights.schemas",
            Weight::Opens,
            format!("{} may make schemas in this database.", row.a),
        );
    }
    Ok(())
}

/// Who may do what with each table, as a whole and by column.
pub(super) fn grants(
    conn: &mut PgConnection,
    logins: &Logins,
    found: &mut Vec<Finding>,
) -> QueryResult<()> {
    let known = rows(
        conn,
        "SELECT n.nspname::text AS a, c.relname::text AS b, coalesce(g.rolname::text, CASE WHEN x.grantee = 0 THEN 'PUBLIC' END, '') AS c, \
                coalesce(x.privilege_type, '') AS d \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN LATERAL (SELECT * FROM aclexplode(c.relacl) y WHERE y.grantee <> c.relowner) x ON true \
         LEFT JOIN pg_roles g ON g.oid = x.grantee \
         WHERE n.nspname IN ('control', 'tenant') AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \
         UNION ALL SELECT n.nspname::text, c.relname::text, coalesce(g.rolname::text, 'PUBLIC'), x.privilege_type || ' (' || t.attname || ')' \
         FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         CROSS JOIN LATERAL aclexplode(t.attacl) x LEFT JOIN pg_roles g ON g.oid = x.grantee \
         WHERE n.nspname IN ('control', 'tenant') AND x.grantee <> c.relowner",
    )?;
    let requests = of_requests(logins);
    for row in known.iter().filter(|row| !row.c.is_empty()) {
        let plane = PLANES
            .iter()
            .find(|plane| plane.schema == row.a && plane.role == row.c);
        if plane.is_some() && privileges(&row.b).contains(&row.d.as_str()) {
            continue;
        }
        let of_requests = row.c == "PUBLIC" || requests.contains(&row.c.as_str());
        let weight = if of_requests {
            Weight::Opens
        } else {
            Weight::Left
        };
        note(
            found,
            "rights.grants",
            weight,
            format!("{} has {} on {}.{}.", row.c, row.d, row.a, row.b),
        );
    }
    for plane in &PLANES {
        let mut tables: Vec<&str> = known
            .iter()
            .filter(|row| row.a == plane.schema)
            .map(|row| row.b.as_str())
            .collect();
        tables.dedup();
        tables.sort_unstable();
        tables.dedup();
        for table in tables {
            for privilege in privileges(table) {
                let is_given = known.iter().any(|row| {
                    row.a == plane.schema
                        && row.b == table
                        && row.c == plane.role
                        && row.d == *privilege
                });
                if !is_given {
                    note(
                        found,
                        "rights.grants",
                        Weight::Breaks,
                        format!(
                            "{} lacks {privilege} on {}.{table}.",
                            plane.role, plane.schema
                        ),
                    );
                }
            }
        }
    }
    Ok(())
}

/// What only the server's superuser may take away, and has not.
pub(super) fn leftovers(
    conn: &mut PgConnection,
    logins: &Logins,
    found: &mut Vec<Finding>,
) -> QueryResult<()> {
    for (question, what) in LEFTOVERS {
        let holds = of_requests(logins)
            .iter()
            .map(|name| question.replace("$role", &text(name)))
            .collect::<Vec<_>>()
            .join(" OR ");
        let asked = format!("SELECT '' AS a, '' AS b, '' AS c, '' AS d WHERE {holds}");
        if !rows(conn, &asked)?.is_empty() {
            note(
                found,
                "rights.server",
                Weight::Left,
                format!(
                    "The server lets everybody use {what}. A superuser can take that away: docker/postgres-init.sh does."
                ),
            );
        }
    }
    Ok(())
}
