DROP TABLE attributions;
DROP TABLE events;
DROP TABLE identities;
DROP TABLE customers;
DROP TABLE click_days;
DROP TABLE clicks;
