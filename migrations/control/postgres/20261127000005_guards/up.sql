-- `updated_at` moves by itself where a statement leaves it as it was.
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := pg_catalog.clock_timestamp(); RETURN NEW; END $$;
REVOKE ALL ON FUNCTION touch() FROM PUBLIC;
-- A hint for the job runner is no change of the company.
CREATE TRIGGER tenants_touch BEFORE UPDATE ON tenants FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at AND NEW.jobs_due_at IS NOT DISTINCT FROM OLD.jobs_due_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER memberships_touch BEFORE UPDATE ON memberships FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER jobs_touch BEFORE UPDATE ON jobs FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER mails_touch BEFORE UPDATE ON mails FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER entitlements_touch BEFORE UPDATE ON entitlements FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER projects_touch BEFORE UPDATE ON projects FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();

-- What tells of a company is under row-level security here too: only the control plane and the owner see any of it.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_control ON tenants TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY tenants_operator ON tenants TO steading_owner USING (true) WITH CHECK (true);
ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE data_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY data_keys_control ON data_keys TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY data_keys_operator ON data_keys TO steading_owner USING (true) WITH CHECK (true);
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY memberships_control ON memberships TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY memberships_operator ON memberships TO steading_owner USING (true) WITH CHECK (true);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY sessions_control ON sessions TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY sessions_operator ON sessions TO steading_owner USING (true) WITH CHECK (true);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY api_keys_control ON api_keys TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY api_keys_operator ON api_keys TO steading_owner USING (true) WITH CHECK (true);
ALTER TABLE entitlements ENABLE ROW LEVEL SECURITY;
ALTER TABLE entitlements FORCE ROW LEVEL SECURITY;
CREATE POLICY entitlements_control ON entitlements TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY entitlements_operator ON entitlements TO steading_owner USING (true) WITH CHECK (true);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;
CREATE POLICY projects_control ON projects TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY projects_operator ON projects TO steading_owner USING (true) WITH CHECK (true);
