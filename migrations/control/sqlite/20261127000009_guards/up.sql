-- `updated_at` moves by itself where a statement leaves it as it was. The last condition ends it: triggers are recursive here.
-- A hint for the job runner is no change of the company.
CREATE TRIGGER tenants_touch AFTER UPDATE ON tenants FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at AND NEW.jobs_due_at IS OLD.jobs_due_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE tenants SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER users_touch AFTER UPDATE ON users FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE users SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER memberships_touch AFTER UPDATE ON memberships FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE memberships SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id;
END;
CREATE TRIGGER jobs_touch AFTER UPDATE ON jobs FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE jobs SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER mails_touch AFTER UPDATE ON mails FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE mails SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER entitlements_touch AFTER UPDATE ON entitlements FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE entitlements SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE tenant_id = NEW.tenant_id AND product = NEW.product;
END;
CREATE TRIGGER projects_touch AFTER UPDATE ON projects FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE projects SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER operators_touch AFTER UPDATE ON operators FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE operators SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER signups_touch AFTER UPDATE ON signups FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND NEW.updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
BEGIN
    UPDATE signups SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
