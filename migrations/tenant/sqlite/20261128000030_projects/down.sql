DROP INDEX programs_project_id_id;
ALTER TABLE programs DROP COLUMN project_id;
