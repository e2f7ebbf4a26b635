DROP INDEX one_times_tenant_id;
ALTER TABLE one_times DROP COLUMN proves;
ALTER TABLE one_times DROP COLUMN tenant_id;
-- Whoever did not accept would be in: those memberships go.
DELETE FROM memberships WHERE accepted_at IS NULL;
ALTER TABLE memberships DROP COLUMN accepted_at;
ALTER TABLE users DROP COLUMN email_proven_at;
