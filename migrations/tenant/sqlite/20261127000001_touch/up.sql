-- `updated_at` moves by itself where a statement leaves it as it was.
CREATE TRIGGER jobs_touch AFTER UPDATE ON jobs FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE jobs SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER mails_touch AFTER UPDATE ON mails FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE mails SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER settings_touch AFTER UPDATE ON settings FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE settings SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE name = NEW.name;
END;
CREATE TRIGGER programs_touch AFTER UPDATE ON programs FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE programs SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER partners_touch AFTER UPDATE ON partners FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE partners SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER enrolments_touch AFTER UPDATE ON enrolments FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE enrolments SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER links_touch AFTER UPDATE ON links FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE links SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER payout_batches_touch AFTER UPDATE ON payout_batches FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE payout_batches SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER payouts_touch AFTER UPDATE ON payouts FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE payouts SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER commissions_touch AFTER UPDATE ON commissions FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE commissions SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER adjustments_touch AFTER UPDATE ON adjustments FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE adjustments SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id;
END;
