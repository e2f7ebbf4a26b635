DROP INDEX tenants_closing_at;
ALTER TABLE tenants DROP COLUMN closing_reason;
ALTER TABLE tenants DROP COLUMN status_before;
ALTER TABLE tenants DROP COLUMN closing_at;
