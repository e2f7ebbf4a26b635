DROP TRIGGER tenants_touch;
DROP TRIGGER users_touch;
DROP TRIGGER memberships_touch;
DROP TRIGGER jobs_touch;
DROP TRIGGER mails_touch;
DROP TRIGGER entitlements_touch;
DROP TRIGGER projects_touch;
