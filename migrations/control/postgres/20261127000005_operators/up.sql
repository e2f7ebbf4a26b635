-- When somebody last worked in a company: the order in which their companies are offered.
CREATE TABLE arrivals (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX arrivals_user_id ON arrivals (user_id);

-- Who looks after the instance and all its companies; apart from the people who work in them.
CREATE TABLE operators (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    disabled_at timestamptz,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email)
);

-- Signed-in operators: one browser each.
CREATE TABLE operator_sessions (
    id uuid NOT NULL,
    operator_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    address text,
    user_agent text,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (operator_id),
    UNIQUE (token_hash),
    FOREIGN KEY (operator_id) REFERENCES operators (id) ON DELETE CASCADE
);

-- Keys with which programs do what operators do: only a keyed hash of the secret is kept.
CREATE TABLE operator_keys (
    id uuid NOT NULL,
    name text NOT NULL,
    public_id text NOT NULL,
    secret_hash bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (public_id)
);
CREATE UNIQUE INDEX operator_keys_live_name ON operator_keys (name) WHERE revoked_at IS NULL;

-- Companies that somebody asked for: open until the mailed link is used, and where operators decide, until they did.
CREATE TABLE signups (
    id uuid NOT NULL,
    company text NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    token_hash bytea NOT NULL,
    state text NOT NULL,
    reason text,
    address text,
    expires_at timestamptz NOT NULL,
    decided_by text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (token_hash),
    CHECK (state IN ('asked', 'waiting', 'opened', 'declined'))
);
CREATE INDEX signups_state_id ON signups (state, id);
CREATE INDEX signups_expires_at ON signups (expires_at);

-- Mail domains and slugs that open no company by sign-up.
CREATE TABLE signup_blocks (
    kind text NOT NULL,
    value text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (kind, value),
    CHECK (kind IN ('domain', 'slug'))
);
