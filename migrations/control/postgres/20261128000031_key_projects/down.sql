-- A key that saw one project would see all of the company.
DELETE FROM api_keys WHERE project_id IS NOT NULL;
DROP INDEX api_keys_project_id;
ALTER TABLE api_keys DROP COLUMN project_id;
ALTER TABLE projects DROP CONSTRAINT projects_pkey;
ALTER TABLE projects ADD PRIMARY KEY (id);
