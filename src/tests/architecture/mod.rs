//! The house rules a compiler does not know: which way modules depend, who speaks SQL, how large and how named files are.
//! The order of the modules is read from `src/lib.rs`, the map: a module may use its own paragraph and those above.

mod rules;
mod source;

use std::path::Path;

use source::Source;

/// Every Rust file of the program itself, as (path below `src`, text).
fn program() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path != root.join("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push(Source::new(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

#[test]
fn the_house_rules_hold() {
    let broken = rules::broken(&program());
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// A little program with a flaw planted in it, and what is said about it.
fn said_about(files: &[(&str, &str)]) -> Vec<String> {
    let map = (
        "lib.rs",
        "pub mod error;\n\npub mod db;\n\npub mod audit;\npub mod trail;\n\npub mod partners;\n\npub mod routes;\n",
    );
    let files: Vec<Source> = std::iter::once(&map)
        .chain(files)
        .map(|(path, text)| Source::new(path, text))
        .collect();
    rules::broken(&files)
}

#[track_caller]
fn refused(path: &str, text: &str, because: &str) {
    let said = said_about(&[(path, text)]);
    assert!(
        said.iter()
            .any(|line| line.contains(because) && line.contains(path)),
        "{path}: {text}\nsaid: {said:?}"
    );
}

#[track_caller]
fn accepted(path: &str, text: &str) {
    assert_eq!(said_about(&[(path, text)]), [""; 0], "{path}: {text}");
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    accepted(
        "partners/save.rs",
        "use crate::audit::record; fn f() { crate::db::scope() }",
    );
    accepted(
        "partners/save.rs",
        "use crate::Result; use super::model::Partner; use self::x::y;",
    );
    accepted(
        "audit/mod.rs",
        "// crate::partners\n/* use crate::partners; */ const S: &str = \"crate::partners\";",
    );
    accepted(
        "audit/mod.rs",
        "const S: &str = r#\"crate::partners \" \"#; const C: char = '\"'; fn f<'a>(_: &'a str) {}",
    );
    accepted(
        "audit/mod.rs",
        "mod tests { use super::*; mod deeper { use super::super::record; } }",
    );
    accepted("audit/mod.rs", "use crate::trail;");
    accepted("trail.rs", "use crate::audit;");
    accepted(
        "audit/mod.rs",
        "macro_rules! doors { () => {} } crate::doors!();",
    );
    refused("db/mod.rs", "crate::permissions!();", "not in the map");
    let said = said_about(&[
        ("partners/mod.rs", "macro_rules! by_name { () => {} }"),
        ("audit/mod.rs", "crate::by_name!();"),
    ]);
    assert!(
        said.join("\n").contains("may not use `by_name`"),
        "{said:?}"
    );
    accepted("main.rs", "fn main() { steading::routes::all() }");
    refused(
        "audit/mod.rs",
        "use crate::partners;",
        "may not use `partners`",
    );
    refused(
        "audit/mod.rs",
        "use crate::{error::Error, partners::model};",
        "may not use `partners`",
    );
    refused(
        "audit/mod.rs",
        "use crate::{db::{scope, tenants}, routes};",
        "may not use `routes`",
    );
    refused(
        "audit/list.rs",
        "fn f() { let x = crate::partners::all(); }",
        "may not use `partners`",
    );
    refused(
        "audit/list.rs",
        "use super::super::partners;",
        "may not use `partners`",
    );
    refused(
        "db/writer.rs",
        "impl From<crate::audit::Event> for u8 {}",
        "may not use `audit`",
    );
    refused("error.rs", "use crate::db;", "may not use `db`");
    refused("stray.rs", "", "not in the map");
    refused(
        "audit/mod.rs",
        "use crate::nowhere::x;",
        "`nowhere` is not in the map",
    );
}

#[test]
fn only_the_kernel_and_stores_speak_sql() {
    accepted("partners/store.rs", "use diesel::prelude::*;");
    accepted("partners/store/links.rs", "use diesel::prelude::*;");
    accepted(
        "db/pool.rs",
        "use diesel::prelude::*; match c { Conn::Sqlite(_) => {} Conn::Postgres(_) => {} }",
    );
    refused(
        "partners/save.rs",
        "use diesel::prelude::*;",
        "speaks diesel",
    );
    refused(
        "partners/store.rs",
        "match c { Conn::Sqlite(_) => 1, _ => 2 };",
        "asks which engine",
    );
    refused(
        "partners/store.rs",
        "if engine == Engine::Postgres {}",
        "asks which engine",
    );
    refused(
        "partners/store.rs",
        "insert_into(t).on_conflict(t::key).do_nothing()",
        "on_conflict",
    );
    accepted("db/portable.rs", "insert.on_conflict(target)");
    accepted(
        "partners/store.rs",
        "let tail = on_conflict(c.db(), Target::Tenant, columns, action);",
    );
    refused(
        "partners/store.rs",
        "use crate::db::schema::control::users; use crate::db::schema::tenant::links;",
        "both planes",
    );
    refused(
        "partners/store.rs",
        "use crate::db::schema::{control::users, tenant::links};",
        "both planes",
    );
    accepted(
        "partners/store.rs",
        "use crate::db::schema::tenant::{links, partners};",
    );
}

#[test]
fn a_slice_keeps_its_store_to_itself() {
    accepted(
        "partners/save.rs",
        "use super::store; use crate::partners::store::insert;",
    );
    refused(
        "partners/save.rs",
        "use crate::audit::store::insert;",
        "store of `audit`",
    );
    refused(
        "routes.rs",
        "use crate::partners::store;",
        "store of `partners`",
    );
    refused("partners/mod.rs", "pub mod store;", "shows its store");
    accepted("partners/mod.rs", "mod store; pub(super) mod model;");
}

#[test]
fn files_stay_small_and_are_named_for_what_they_do() {
    let long = "fn f() {}\n".repeat(501);
    refused("partners/save.rs", &long, "501 lines");
    refused("partners/util.rs", "", "says nothing");
    refused("partners/link_helpers.rs", "", "says nothing");
    refused("db/manager/mod.rs", "", "says nothing");
    accepted("partners/commission.rs", "");
}
