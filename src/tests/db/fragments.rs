//! What a stranger might paste into our statements on PostgreSQL, and what must come of each.

/// What must come of a fragment. A statement that it does not fit into at all says nothing of it ([`does_not_fit`]); in at least
/// one it must come to this, and in none to anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// It runs, on one's own company's rows.
    Own,
    /// It is refused, with this SQLSTATE.
    Refused(&'static str),
    /// A second command in one statement, whatever it is: the protocol takes one.
    OneCommand,
    /// It runs, and tells or does nothing that matters, for this reason.
    Harmless(&'static str),
}
use Must::{Harmless, OneCommand, Own, Refused};

/// Fragments by what must come of them. `$b` is the other company's id. Each is closed so that it fits a condition; where it begins
/// with `+` it is put in a sub-select of a value as well.
pub const POSTGRES: &[(Must, &[&str])] = &[
    (
        Own,
        &[
            "' OR true --",
            "' OR true RETURNING name AS value --",
            "' WHERE true RETURNING name AS value --",
            "' OR tenant_id = '$b' --",
            "' UNION SELECT name FROM tenant.partners --",
            "' UNION ALL SELECT name FROM ONLY tenant.partners TABLESAMPLE SYSTEM (100) --",
            "+(SELECT query_to_xml('SELECT name FROM tenant.partners', true, false, '')::text)",
            "+(SELECT table_to_xml('tenant.partners'::regclass, true, false, '')::text)",
            "+(SELECT schema_to_xml('tenant', true, false, '')::text)",
            "+(SELECT database_to_xml(true, false, '')::text)",
        ],
    ),
    // No right to it.
    (
        Refused("42501"),
        &[
            "' UNION SELECT email FROM control.users --",
            "' UNION SELECT slug FROM control.tenants --",
            "' UNION SELECT encode(wrapped, 'hex') FROM control.data_keys --",
            "' UNION SELECT version FROM tenant.__diesel_schema_migrations --",
            "+(SELECT set_config('app.tenant_id', '$b', true))",
            "+(SELECT set_config('app.tenant_id', '$b', false))",
            "+(SELECT set_config('role', 'steading_owner', true))",
            "+(SELECT set_config('role', 'none', true))",
            "+(SELECT set_config('row_security', 'off', true))",
            "+(SELECT set_config('session_authorization', 'steading_owner', true))",
            "' OR (set_config('app.tenant_id', '$b', true) IS NOT NULL AND name LIKE '%') --",
            "' UNION SELECT p.name FROM (SELECT set_config('app.tenant_id', '$b', true) s) x, LATERAL (SELECT name FROM tenant.partners WHERE x.s IS NOT NULL) p --",
            "+(SELECT lo_create(0)::text)",
            "+(SELECT lo_import('/etc/hostname')::text)",
            "+(SELECT lo_from_bytea(0, 'a')::text)",
            "+(SELECT pg_read_file('/etc/hostname'))",
            "+(SELECT string_agg(x, ',') FROM pg_ls_dir('.') x)",
            "+(SELECT string_agg(stavalues1::text, ',') FROM pg_statistic)",
            "+(SELECT string_agg(rolpassword, ',') FROM pg_authid)",
            "+(SELECT string_agg(subconninfo, ',') FROM pg_subscription)",
            "+(SELECT string_agg(rule::text, ',') FROM pg_hba_file_rules rule)",
            "+(SELECT current_setting('data_directory'))",
            "+(SELECT string_agg(pg_terminate_backend(pid)::text, ',') FROM pg_stat_activity WHERE pid <> pg_backend_pid())",
            "+(SELECT string_agg(pg_cancel_backend(pid)::text, ',') FROM pg_stat_activity WHERE pid <> pg_backend_pid())",
            "+(SELECT lsn::text FROM pg_create_logical_replication_slot('s', 'test_decoding'))",
            "+(SELECT pg_reload_conf()::text)",
            "+(SELECT pg_stat_reset()::text)",
            "+(SELECT pg_switch_wal()::text)",
            // What other processes would take for a word of ours, and what would hold up a migration.
            "+(SELECT pg_notify('steading', '$b')::text)",
            "+(SELECT pg_logical_emit_message(false, 'a', 'b')::text)",
            "+(SELECT pg_advisory_lock(1)::text)",
            "+(SELECT pg_try_advisory_lock(1)::text)",
            "+(SELECT pg_advisory_xact_lock(1)::text)",
        ],
    ),
    // Extensions that are not there.
    (
        Refused("42883"),
        &[
            "+(SELECT dblink('dbname=postgres', 'SELECT 1')::text)",
            "+(SELECT get_raw_page('tenant.partners', 0)::text)",
        ],
    ),
    // A query inside a query may only read.
    (
        Refused("0A000"),
        &[
            "+(SELECT query_to_xml('RESET ROLE', true, false, '')::text)",
            "+(SELECT query_to_xml('SET LOCAL app.tenant_id = ''$b''', true, false, '')::text)",
            "+(SELECT query_to_xml('NOTIFY steading', true, false, '')::text)",
            "+(SELECT query_to_xml('LISTEN steading', true, false, '')::text)",
        ],
    ),
    (
        Refused("34000"),
        &["+(SELECT cursor_to_xml('c', 1, true, false, '')::text)"],
    ),
    // The fault is one's own row's.
    (
        Refused("22012"),
        &["' OR 1 / (length(name) - length(name)) = 1 --"],
    ),
    (
        OneCommand,
        &[
            "'; RESET ROLE; SELECT name AS value FROM tenant.partners --",
            "'; SET LOCAL ROLE steading_owner; SELECT name AS value FROM tenant.partners --",
            "'; SET LOCAL app.tenant_id = '$b'; SELECT name AS value FROM tenant.partners --",
            "'; SET SESSION AUTHORIZATION steading_owner --",
            "'; COMMIT; SELECT name AS value FROM tenant.partners --",
            "'; DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$ --",
            "'; CREATE FUNCTION tenant.f() RETURNS text LANGUAGE sql SET role = 'steading_owner' AS 'SELECT name FROM tenant.partners LIMIT 1' --",
            "'; CREATE TEMP TABLE partners AS SELECT 'mine'::text AS name --",
            "'; CREATE VIEW tenant.v AS SELECT * FROM tenant.partners --",
            "'; CREATE POLICY p ON tenant.partners USING (true) --",
            "'; ALTER TABLE tenant.partners DISABLE ROW LEVEL SECURITY --",
            "'; GRANT steading_owner TO steading_request --",
            "'; COPY tenant.partners TO PROGRAM 'cat' --",
            "'; COPY tenant.partners TO STDOUT --",
            "'; PREPARE p AS SELECT name FROM tenant.partners --",
            "'; LISTEN steading --",
            "'; NOTIFY steading, '$b' --",
        ],
    ),
    (
        Harmless("the statement's own time, which is bounded"),
        &["+(SELECT pg_sleep(0.01)::text)"],
    ),
    (
        Harmless("the server keeps the words of others' statements to itself"),
        &[
            "+(SELECT string_agg(query, ',') FROM pg_stat_activity)",
            "+(SELECT pg_stat_get_backend_activity(1))",
        ],
    ),
    (
        Harmless("the view leaves out every table whose rows are guarded"),
        &[
            "+(SELECT coalesce(string_agg(most_common_vals::text || histogram_bounds::text, ','), '') FROM pg_stats WHERE schemaname = 'tenant')",
        ],
    ),
    // docs/tenancy.md says so, and why it stays.
    (
        Harmless("a total over all companies: no row, no name, no value of any"),
        &[
            "+(SELECT string_agg(n_live_tup::text, ',') FROM pg_stat_user_tables)",
            "+(SELECT pg_stat_get_live_tuples('tenant.partners'::regclass)::text)",
            "+(SELECT string_agg(reltuples::text, ',') FROM pg_class WHERE relname = 'partners')",
            "+(SELECT pg_total_relation_size('tenant.partners')::text)",
            "+(SELECT string_agg(tup_inserted::text, ',') FROM pg_stat_database)",
            "+(SELECT pg_current_wal_lsn()::text)",
        ],
    ),
    (
        Harmless("what the server is and how our tables are made, which is no secret"),
        &[
            "+(SELECT string_agg(rolname, ',') FROM pg_roles)",
            "+(SELECT string_agg(datname, ',') FROM pg_database)",
            "+(SELECT max(name) FROM pg_settings)",
            "+(SELECT string_agg(mode, ',') FROM pg_locks)",
            "+(SELECT string_agg(prosrc, ',') FROM pg_proc WHERE proname = 'touch')",
            "+(SELECT pg_relation_filepath('tenant.partners'))",
            "+(SELECT pg_export_snapshot())",
        ],
    ),
];

/// How the server words what it refuses, and the SQLSTATE of it: only the words get here.
const STATES: &[(&str, &str)] = &[
    ("permission denied", "42501"),
    ("must be", "42501"),
    (" does not exist\"", "42883"),
    ("is not allowed in a non-volatile function", "0A000"),
    ("division by zero", "22012"),
];

/// What a refusal is.
pub fn state(said: &str) -> &'static str {
    if said.contains("cursor \\\"c\\\" does not exist") {
        return "34000";
    }
    let found = STATES.iter().find(|(words, _)| said.contains(words));
    found.map_or("another", |(_, state)| state)
}

/// Whether a fragment made no statement at all, or one that fails for what stands around it.
pub fn does_not_fit(said: &str) -> bool {
    [
        "syntax error at",
        "invalid input syntax for type boolean",
        "violates not-null constraint",
        "column \\\"",
    ]
    .iter()
    .any(|words| said.contains(words))
}
