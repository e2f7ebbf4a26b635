//! The API as a program meets it: what it refuses, in which words, and that a refusal changes nothing.

mod bad_bodies;
mod bad_queries;
mod bad_values;
mod doors;
mod methods;
mod openapi;
mod precise;
mod rates;
mod shop;
mod slow;
