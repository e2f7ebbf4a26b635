-- Host names a company wants to answer under itself. Several may want one; of those who prove it by a DNS record one at a time is
-- the verified one. A check that finds the record gone begins the days of grace (`failing_since`).
CREATE TABLE domains (
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    host TEXT NOT NULL,
    token TEXT NOT NULL,
    verified_at TEXT,
    checked_at TEXT,
    failing_since TEXT,
    last_error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (tenant_id, host),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX domains_verified_host ON domains (host) WHERE verified_at IS NOT NULL;
CREATE INDEX domains_checked_at ON domains (checked_at);
CREATE INDEX domains_verified_at ON domains (verified_at);
CREATE TRIGGER domains_touch AFTER UPDATE ON domains FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE domains SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
