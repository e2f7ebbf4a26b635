//! The kernel under the slices: what it stores, what it promises when it acknowledges, and where one company ends.

mod catalog;
mod files;
mod isolation;
mod lock;
mod log;
mod migrate;
mod pool;
mod samples;
mod schema;
mod values;
mod writer;
