//! Operators, seen from outside: their sign-in, their console, their API, and the sign-up of companies.

mod api;
mod companies;
mod mend;
mod report;
mod sign_in;
pub mod signup;
