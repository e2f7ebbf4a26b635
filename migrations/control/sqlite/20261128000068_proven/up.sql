-- Since when we know that the mailbox is the person's: they followed a link that was sent there and shown to nobody.
ALTER TABLE users ADD COLUMN email_proven_at TEXT;
-- Since when the person works in the company: they entered it, or accepted. Everybody who is in already does.
ALTER TABLE memberships ADD COLUMN accepted_at TEXT;
UPDATE memberships SET accepted_at = created_at;
-- The company a link lets in to (it refers to no row: a deleted company's link lets in to nothing), and whether it proves the address.
ALTER TABLE one_times ADD COLUMN tenant_id BLOB;
ALTER TABLE one_times ADD COLUMN proves INTEGER NOT NULL DEFAULT 0 CHECK (proves IN (0, 1));
CREATE INDEX one_times_tenant_id ON one_times (tenant_id);
