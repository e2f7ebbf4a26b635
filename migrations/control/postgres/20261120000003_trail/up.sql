-- The audit trail: append-only.
CREATE TABLE audit_events (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id text,
    actor_name text NOT NULL,
    action text NOT NULL,
    target_kind text,
    target_id text,
    target_name text,
    product text,
    changes text,
    address text,
    user_agent text,
    request_id text,
    PRIMARY KEY (id)
);
CREATE INDEX audit_events_target_id_id ON audit_events (target_id, id);
CREATE INDEX audit_events_action_id ON audit_events (action, id);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM steading_control;

-- Work for later.
CREATE TABLE jobs (
    id uuid NOT NULL,
    kind text NOT NULL,
    payload text NOT NULL,
    unique_key text,
    state text NOT NULL,
    run_at timestamptz NOT NULL,
    attempts bigint NOT NULL,
    max_attempts bigint NOT NULL,
    lease_until timestamptz,
    fence bigint NOT NULL,
    last_error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id),
    CHECK (state IN ('ready', 'running', 'done', 'dead', 'cancelled'))
);
CREATE INDEX jobs_state_run_at ON jobs (state, run_at);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (unique_key) WHERE state = 'ready';

-- Mails: what was or would be sent.
CREATE TABLE mails (
    id uuid NOT NULL,
    kind text NOT NULL,
    to_address text NOT NULL,
    subject text NOT NULL,
    body_text text NOT NULL,
    body_html text NOT NULL,
    state text NOT NULL,
    error text,
    attempts bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sent_at timestamptz,
    PRIMARY KEY (id),
    CHECK (state IN ('waiting', 'sent', 'logged', 'failed'))
);
CREATE INDEX mails_state_id ON mails (state, id);
