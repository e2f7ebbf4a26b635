-- Companies.
CREATE TABLE tenants (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    locale text NOT NULL,
    jobs_due_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug),
    CHECK (status IN ('demo', 'trial', 'active', 'frozen', 'archived'))
);
CREATE INDEX tenants_jobs_due_at ON tenants (jobs_due_at);
-- Processes that share the database look for what changed last.
CREATE INDEX tenants_updated_at ON tenants (updated_at);

-- Data keys, wrapped by a root key. The nil tenant is the system itself.
CREATE TABLE data_keys (
    tenant_id uuid NOT NULL,
    id bigint NOT NULL,
    kek_id text NOT NULL,
    wrapped bytea NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (state IN ('active', 'decrypt_only'))
);
