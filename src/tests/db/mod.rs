//! The kernel under the slices: what it stores, what it promises when it acknowledges, and where one company ends.

mod samples;
mod values;
mod writer;
