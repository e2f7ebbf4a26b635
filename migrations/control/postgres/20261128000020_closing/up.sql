-- A company that is being closed: the day on which it is deleted, where it stood before, and why it goes. All three or none.
ALTER TABLE tenants ADD COLUMN closing_at timestamptz;
ALTER TABLE tenants ADD COLUMN status_before text;
ALTER TABLE tenants ADD COLUMN closing_reason text;
CREATE INDEX tenants_closing_at ON tenants (closing_at);
