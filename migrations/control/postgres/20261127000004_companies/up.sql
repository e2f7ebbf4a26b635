-- What a registry of customers knows of a company beyond its name: who it is by law, what it bought and until when, and why
-- its store could not be brought forward.
ALTER TABLE tenants ADD COLUMN kind text NOT NULL DEFAULT 'customer';
ALTER TABLE tenants ADD COLUMN plan text NOT NULL DEFAULT 'starter';
ALTER TABLE tenants ADD COLUMN legal_name text;
ALTER TABLE tenants ADD COLUMN tax_id text;
ALTER TABLE tenants ADD COLUMN industry text;
ALTER TABLE tenants ADD COLUMN logo_url text;
ALTER TABLE tenants ADD COLUMN color text;
ALTER TABLE tenants ADD COLUMN trial_ends_at timestamptz;
ALTER TABLE tenants ADD COLUMN contract_start text;
ALTER TABLE tenants ADD COLUMN contract_end text;
ALTER TABLE tenants ADD COLUMN erp_customer_id text;
ALTER TABLE tenants ADD COLUMN stripe_customer_id text;
ALTER TABLE tenants ADD COLUMN sales_owner text;
ALTER TABLE tenants ADD COLUMN frozen_at timestamptz;
ALTER TABLE tenants ADD COLUMN archived_at timestamptz;
ALTER TABLE tenants ADD COLUMN upgrade_failed text;
CREATE UNIQUE INDEX tenants_erp_customer_id ON tenants (erp_customer_id);
CREATE UNIQUE INDEX tenants_stripe_customer_id ON tenants (stripe_customer_id);
CREATE INDEX tenants_trial_ends_at ON tenants (trial_ends_at);
-- Whoever is here already runs the program for themselves: no plan was bought from anybody.
UPDATE tenants SET plan = 'unlimited';

-- What a company may use of each product, with knobs as JSON and an end. A product without a row is on.
CREATE TABLE entitlements (
    tenant_id uuid NOT NULL,
    product text NOT NULL,
    is_enabled boolean NOT NULL,
    knobs text NOT NULL,
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, product),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX entitlements_updated_at ON entitlements (updated_at);

-- Projects of a company: parts that keep their work apart. A company without a row has one, `default`.
CREATE TABLE projects (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (tenant_id, slug),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CHECK (state IN ('active', 'archived'))
);
