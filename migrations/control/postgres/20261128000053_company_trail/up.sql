-- Whose people see an event, where many companies are served. It refers to no row: what happened to a deleted company stays told.
ALTER TABLE audit_events ADD COLUMN tenant_id uuid;
CREATE INDEX audit_events_tenant_id_id ON audit_events (tenant_id, id);
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_events_control ON audit_events TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY audit_events_operator ON audit_events TO steading_owner USING (true) WITH CHECK (true);
