-- A project's id is its company's own: a copy of a company keeps the ids its programmes name.
CREATE TABLE kept AS SELECT * FROM projects;
DROP TABLE projects;
CREATE TABLE projects (
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CHECK (state IN ('active', 'archived'))
) STRICT;
CREATE TRIGGER projects_touch AFTER UPDATE ON projects FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE projects SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;
INSERT INTO projects SELECT * FROM kept;
DROP TABLE kept;

-- The one project a key sees; none is all of the company.
CREATE TABLE kept AS SELECT * FROM api_keys;
DROP TABLE api_keys;
CREATE TABLE api_keys (
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    name TEXT NOT NULL,
    public_id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_by TEXT,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    expires_at TEXT,
    revoked_at TEXT,
    project_id BLOB,
    PRIMARY KEY (id),
    UNIQUE (public_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id)
) STRICT;
CREATE INDEX api_keys_tenant_id ON api_keys (tenant_id);
-- A revoked key keeps its row for the trail and gives its name back.
CREATE UNIQUE INDEX api_keys_live_name ON api_keys (tenant_id, name) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_project_id ON api_keys (tenant_id, project_id);
INSERT INTO api_keys SELECT *, NULL FROM kept;
DROP TABLE kept;
