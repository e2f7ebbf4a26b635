DROP POLICY one_times_operator ON one_times;
DROP POLICY one_times_control ON one_times;
ALTER TABLE one_times NO FORCE ROW LEVEL SECURITY;
ALTER TABLE one_times DISABLE ROW LEVEL SECURITY;
DROP INDEX one_times_tenant_id;
ALTER TABLE one_times DROP COLUMN proves;
ALTER TABLE one_times DROP COLUMN tenant_id;
-- Whoever did not accept would be in: those memberships go.
DELETE FROM memberships WHERE accepted_at IS NULL;
ALTER TABLE memberships DROP COLUMN accepted_at;
ALTER TABLE users DROP COLUMN email_proven_at;
