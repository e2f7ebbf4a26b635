-- The project a programme belongs to; none is `default`. All that stands on a programme belongs to its project.
ALTER TABLE programs ADD COLUMN project_id uuid;
CREATE INDEX programs_project_id_id ON programs (tenant_id, project_id, id);
