-- Whose people see an event, where many companies are served. It refers to no row: what happened to a deleted company stays told.
ALTER TABLE audit_events ADD COLUMN tenant_id BLOB;
CREATE INDEX audit_events_tenant_id_id ON audit_events (tenant_id, id);
