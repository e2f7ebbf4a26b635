DROP TABLE data_keys;
DROP TABLE tenants;
