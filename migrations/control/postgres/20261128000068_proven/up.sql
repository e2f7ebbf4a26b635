-- Since when we know that the mailbox is the person's: they followed a link that was sent there and shown to nobody.
ALTER TABLE users ADD COLUMN email_proven_at timestamptz;
-- Since when the person works in the company: they entered it, or accepted. Everybody who is in already does.
ALTER TABLE memberships ADD COLUMN accepted_at timestamptz;
UPDATE memberships SET accepted_at = created_at;
-- The company a link lets in to (it refers to no row: a deleted company's link lets in to nothing), and whether it proves the address.
ALTER TABLE one_times ADD COLUMN tenant_id uuid;
ALTER TABLE one_times ADD COLUMN proves boolean NOT NULL DEFAULT false;
CREATE INDEX one_times_tenant_id ON one_times (tenant_id);
ALTER TABLE one_times ENABLE ROW LEVEL SECURITY;
ALTER TABLE one_times FORCE ROW LEVEL SECURITY;
CREATE POLICY one_times_control ON one_times TO steading_control USING (true) WITH CHECK (true);
CREATE POLICY one_times_operator ON one_times TO steading_owner USING (true) WITH CHECK (true);
