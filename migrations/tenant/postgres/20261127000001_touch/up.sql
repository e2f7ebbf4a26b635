-- `updated_at` moves by itself where a statement leaves it as it was.
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := pg_catalog.clock_timestamp(); RETURN NEW; END $$;
REVOKE ALL ON FUNCTION touch() FROM PUBLIC;
CREATE TRIGGER jobs_touch BEFORE UPDATE ON jobs FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER mails_touch BEFORE UPDATE ON mails FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER settings_touch BEFORE UPDATE ON settings FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER programs_touch BEFORE UPDATE ON programs FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER partners_touch BEFORE UPDATE ON partners FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER enrolments_touch BEFORE UPDATE ON enrolments FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER links_touch BEFORE UPDATE ON links FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER payout_batches_touch BEFORE UPDATE ON payout_batches FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER payouts_touch BEFORE UPDATE ON payouts FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER commissions_touch BEFORE UPDATE ON commissions FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
CREATE TRIGGER adjustments_touch BEFORE UPDATE ON adjustments FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION touch();
