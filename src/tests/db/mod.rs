//! The kernel under the slices: what it stores, what it promises when it acknowledges, and where one company ends.

mod catalog;
mod files;
mod fragments;
mod injected;
mod isolation;
mod lock;
mod made_up;
mod log;
mod matrix;
mod matrix_files;
mod migrate;
mod migrate_cut;
mod poisoned;
mod pool;
mod rights;
mod samples;
mod schema;
mod touch;
mod values;
mod writer;
