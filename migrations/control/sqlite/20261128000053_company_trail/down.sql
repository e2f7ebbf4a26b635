DROP INDEX audit_events_tenant_id_id;
ALTER TABLE audit_events DROP COLUMN tenant_id;
