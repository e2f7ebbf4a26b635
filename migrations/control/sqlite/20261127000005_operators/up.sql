-- When somebody last worked in a company: the order in which their companies are offered.
CREATE TABLE arrivals (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    last_used_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX arrivals_user_id ON arrivals (user_id);

-- Who looks after the instance and all its companies; apart from the people who work in them.
CREATE TABLE operators (
    id BLOB NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled_at TEXT,
    last_login_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email)
) STRICT;

-- Signed-in operators: one browser each.
CREATE TABLE operator_sessions (
    id BLOB NOT NULL,
    operator_id BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    address TEXT,
    user_agent TEXT,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (operator_id),
    UNIQUE (token_hash),
    FOREIGN KEY (operator_id) REFERENCES operators (id) ON DELETE CASCADE
) STRICT;

-- Keys with which programs do what operators do: only a keyed hash of the secret is kept.
CREATE TABLE operator_keys (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    public_id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT,
    PRIMARY KEY (id),
    UNIQUE (public_id)
) STRICT;
CREATE UNIQUE INDEX operator_keys_live_name ON operator_keys (name) WHERE revoked_at IS NULL;

-- Companies that somebody asked for: open until the mailed link is used, and where operators decide, until they did.
CREATE TABLE signups (
    id BLOB NOT NULL,
    company TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    address TEXT,
    expires_at TEXT NOT NULL,
    decided_by TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (token_hash),
    CHECK (state IN ('asked', 'waiting', 'opened', 'declined'))
) STRICT;
CREATE INDEX signups_state_id ON signups (state, id);
CREATE INDEX signups_expires_at ON signups (expires_at);

-- Mail domains and slugs that open no company by sign-up.
CREATE TABLE signup_blocks (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (kind, value),
    CHECK (kind IN ('domain', 'slug'))
) STRICT;
