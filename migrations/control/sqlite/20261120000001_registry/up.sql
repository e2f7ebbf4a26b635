-- Companies.
CREATE TABLE tenants (
    id BLOB NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    jobs_due_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug),
    CHECK (status IN ('demo', 'trial', 'active', 'frozen', 'archived'))
) STRICT;
CREATE INDEX tenants_jobs_due_at ON tenants (jobs_due_at);
-- Processes that share the database look for what changed last.
CREATE INDEX tenants_updated_at ON tenants (updated_at);

-- Data keys, wrapped by a root key. The nil tenant is the system itself.
CREATE TABLE data_keys (
    tenant_id BLOB NOT NULL,
    id INTEGER NOT NULL,
    kek_id TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (state IN ('active', 'decrypt_only'))
) STRICT;
