DROP TABLE idempotency_keys;
DROP TABLE settings;
DROP TABLE mails;
DROP TABLE jobs;
DROP TABLE audit_events;
