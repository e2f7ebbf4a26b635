DROP TABLE api_keys;
DROP TABLE one_times;
DROP TABLE sessions;
DROP TABLE memberships;
DROP TABLE users;
