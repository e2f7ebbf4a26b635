-- Host names a company wants to answer under itself. Several may want one; of those who prove it by a DNS record one at a time is
-- the verified one. A check that finds the record gone begins the days of grace (`failing_since`).
CREATE TABLE domains (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    host text NOT NULL,
    token text NOT NULL,
    verified_at timestamptz,
    checked_at timestamptz,
    failing_since timestamptz,
    last_error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (tenant_id, host),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX domains_verified_host ON domains (host) WHERE verified_at IS NOT NULL;
CREATE INDEX domains_checked_at ON domains (checked_at);
CREATE INDEX domains_verified_at ON domains (verified_at);
CREATE TRIGGER domains_touch BEFORE UPDATE ON domains FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
ALTER TABLE domains ENABLE ROW LEVEL SECURITY;
ALTER TABLE domains FORCE ROW LEVEL SECURITY;
CREATE POLICY domains_control ON domains TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY domains_operator ON domains TO steading_owner USING (true) WITH CHECK (true);
