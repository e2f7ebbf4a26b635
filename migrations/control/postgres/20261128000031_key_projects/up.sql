-- A project's id is its company's own: a copy of a company keeps the ids its programmes name.
ALTER TABLE projects DROP CONSTRAINT projects_pkey;
ALTER TABLE projects ADD PRIMARY KEY (tenant_id, id);
-- The one project a key sees; none is all of the company.
ALTER TABLE api_keys ADD COLUMN project_id uuid;
ALTER TABLE api_keys ADD FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id);
CREATE INDEX api_keys_project_id ON api_keys (tenant_id, project_id);
