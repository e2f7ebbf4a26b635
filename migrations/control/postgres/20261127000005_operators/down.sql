DROP TABLE signup_blocks;
DROP TABLE signups;
DROP TABLE operator_keys;
DROP TABLE operator_sessions;
DROP TABLE operators;
ALTER TABLE memberships DROP COLUMN last_used_at;
