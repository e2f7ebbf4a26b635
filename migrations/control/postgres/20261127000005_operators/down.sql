DROP TABLE signup_blocks;
DROP TABLE signups;
DROP TABLE operator_keys;
DROP TABLE operator_sessions;
DROP TABLE operators;
DROP TABLE arrivals;
