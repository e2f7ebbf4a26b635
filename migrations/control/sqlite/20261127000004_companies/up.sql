-- What a registry of customers knows of a company beyond its name: who it is by law, what it bought and until when, and why
-- its store could not be brought forward.
ALTER TABLE tenants ADD COLUMN kind TEXT NOT NULL DEFAULT 'customer';
ALTER TABLE tenants ADD COLUMN plan TEXT NOT NULL DEFAULT 'starter';
ALTER TABLE tenants ADD COLUMN legal_name TEXT;
ALTER TABLE tenants ADD COLUMN tax_id TEXT;
ALTER TABLE tenants ADD COLUMN industry TEXT;
ALTER TABLE tenants ADD COLUMN logo_url TEXT;
ALTER TABLE tenants ADD COLUMN color TEXT;
ALTER TABLE tenants ADD COLUMN trial_ends_at TEXT;
ALTER TABLE tenants ADD COLUMN contract_start TEXT;
ALTER TABLE tenants ADD COLUMN contract_end TEXT;
ALTER TABLE tenants ADD COLUMN erp_customer_id TEXT;
ALTER TABLE tenants ADD COLUMN stripe_customer_id TEXT;
ALTER TABLE tenants ADD COLUMN sales_owner TEXT;
ALTER TABLE tenants ADD COLUMN frozen_at TEXT;
ALTER TABLE tenants ADD COLUMN archived_at TEXT;
ALTER TABLE tenants ADD COLUMN upgrade_failed TEXT;
CREATE UNIQUE INDEX tenants_erp_customer_id ON tenants (erp_customer_id);
CREATE UNIQUE INDEX tenants_stripe_customer_id ON tenants (stripe_customer_id);
CREATE INDEX tenants_trial_ends_at ON tenants (trial_ends_at);
-- Whoever is here already runs the program for themselves: no plan was bought from anybody.
UPDATE tenants SET plan = 'unlimited';

-- What a company may use of each product, with knobs as JSON and an end. A product without a row is on.
CREATE TABLE entitlements (
    tenant_id BLOB NOT NULL,
    product TEXT NOT NULL,
    is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
    knobs TEXT NOT NULL,
    expires_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, product),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX entitlements_updated_at ON entitlements (updated_at);

-- Projects of a company: parts that keep their work apart. A company without a row has one, `default`.
CREATE TABLE projects (
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (tenant_id, slug),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CHECK (state IN ('active', 'archived'))
) STRICT;
