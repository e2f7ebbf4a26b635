//! What a stranger meets before the program: the README's commands, the papers, the files for services and containers.

mod logins;
mod papers;
mod readme;
mod service;
