//! Operators, seen from outside: their sign-in, their console, their API, and the sign-up of companies.

mod api;
mod begins;
mod companies;
mod figures;
mod jobs;
mod mend;
mod precise;
mod report;
mod sign_in;
pub mod signup;
mod signup_steps;
