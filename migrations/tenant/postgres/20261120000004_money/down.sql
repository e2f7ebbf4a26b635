DROP TABLE adjustments;
DROP TABLE commissions;
DROP TABLE payouts;
DROP TABLE payout_batches;
