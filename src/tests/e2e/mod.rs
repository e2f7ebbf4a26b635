//! Whole walks through the product in a real browser, as its users take them.

mod console;
mod crawl;
mod empty;
mod errors;
mod pages;
mod seed;
mod shop;
mod unscripted;
mod walk;
