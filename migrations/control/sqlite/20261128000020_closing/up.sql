-- A company that is being closed: the day on which it is deleted, where it stood before, and why it goes. All three or none.
ALTER TABLE tenants ADD COLUMN closing_at TEXT;
ALTER TABLE tenants ADD COLUMN status_before TEXT;
ALTER TABLE tenants ADD COLUMN closing_reason TEXT;
CREATE INDEX tenants_closing_at ON tenants (closing_at);
