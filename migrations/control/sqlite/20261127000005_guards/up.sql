-- `updated_at` moves by itself where a statement leaves it as it was.
-- A hint for the job runner is no change of the company.
CREATE TRIGGER tenants_touch AFTER UPDATE ON tenants FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at AND NEW.jobs_due_at IS OLD.jobs_due_at
BEGIN
    UPDATE tenants SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER users_touch AFTER UPDATE ON users FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE users SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER memberships_touch AFTER UPDATE ON memberships FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE memberships SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id;
END;
CREATE TRIGGER jobs_touch AFTER UPDATE ON jobs FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE jobs SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER mails_touch AFTER UPDATE ON mails FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE mails SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER entitlements_touch AFTER UPDATE ON entitlements FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE entitlements SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE tenant_id = NEW.tenant_id AND product = NEW.product;
END;
CREATE TRIGGER projects_touch AFTER UPDATE ON projects FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE projects SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
