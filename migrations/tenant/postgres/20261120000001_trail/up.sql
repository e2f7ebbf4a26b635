-- The audit trail: append-only.
CREATE TABLE audit_events (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
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
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_events_target_id_id ON audit_events (tenant_id, target_id, id);
CREATE INDEX audit_events_action_id ON audit_events (tenant_id, action, id);
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_events_own ON audit_events TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY audit_events_operator ON audit_events TO steading_owner USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM steading_app;

-- Work for later.
CREATE TABLE jobs (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
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
    PRIMARY KEY (tenant_id, id),
    CHECK (state IN ('ready', 'running', 'done', 'dead', 'cancelled'))
);
CREATE INDEX jobs_state_run_at ON jobs (tenant_id, state, run_at);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (tenant_id, unique_key) WHERE state = 'ready';
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs_own ON jobs TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY jobs_operator ON jobs TO steading_owner USING (true) WITH CHECK (true);

-- Mails: what was or would be sent.
CREATE TABLE mails (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
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
    PRIMARY KEY (tenant_id, id),
    CHECK (state IN ('waiting', 'sent', 'logged', 'failed'))
);
CREATE INDEX mails_state_id ON mails (tenant_id, state, id);
ALTER TABLE mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE mails FORCE ROW LEVEL SECURITY;
CREATE POLICY mails_own ON mails TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY mails_operator ON mails TO steading_owner USING (true) WITH CHECK (true);

-- Settings of the company, as JSON; secrets inside are sealed.
CREATE TABLE settings (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    name text NOT NULL,
    value text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
ALTER TABLE settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE settings FORCE ROW LEVEL SECURITY;
CREATE POLICY settings_own ON settings TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY settings_operator ON settings TO steading_owner USING (true) WITH CHECK (true);

-- First answers to requests with an Idempotency-Key.
CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (tenant_id, created_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_own ON idempotency_keys TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY idempotency_keys_operator ON idempotency_keys TO steading_owner USING (true) WITH CHECK (true);
