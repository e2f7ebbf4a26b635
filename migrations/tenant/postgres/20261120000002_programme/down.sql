DROP TABLE links;
DROP TABLE enrolments;
DROP TABLE partners;
DROP TABLE programs;
