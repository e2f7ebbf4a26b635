-- The audit trail: append-only.
CREATE TABLE audit_events (
    id BLOB NOT NULL,
    at TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    target_kind TEXT,
    target_id TEXT,
    target_name TEXT,
    product TEXT,
    changes TEXT,
    address TEXT,
    user_agent TEXT,
    request_id TEXT,
    PRIMARY KEY (id)
) STRICT;
CREATE INDEX audit_events_target_id_id ON audit_events (target_id, id);
CREATE INDEX audit_events_action_id ON audit_events (action, id);
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- Work for later.
CREATE TABLE jobs (
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    unique_key TEXT,
    state TEXT NOT NULL,
    run_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    lease_until TEXT,
    fence INTEGER NOT NULL,
    last_error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    finished_at TEXT,
    PRIMARY KEY (id),
    CHECK (state IN ('ready', 'running', 'done', 'dead', 'cancelled'))
) STRICT;
CREATE INDEX jobs_state_run_at ON jobs (state, run_at);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (unique_key) WHERE state = 'ready';

-- Mails: what was or would be sent.
CREATE TABLE mails (
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    to_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    attempts INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    sent_at TEXT,
    PRIMARY KEY (id),
    CHECK (state IN ('waiting', 'sent', 'logged', 'failed'))
) STRICT;
CREATE INDEX mails_state_id ON mails (state, id);

-- Settings of the company, as JSON; secrets inside are sealed.
CREATE TABLE settings (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (name)
) STRICT;

-- First answers to requests with an Idempotency-Key.
CREATE TABLE idempotency_keys (
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (key)
) STRICT;
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
