DROP POLICY audit_events_operator ON audit_events;
DROP POLICY audit_events_control ON audit_events;
ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY;
DROP INDEX audit_events_tenant_id_id;
ALTER TABLE audit_events DROP COLUMN tenant_id;
