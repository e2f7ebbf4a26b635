//! What an answer acknowledged is on disk, whatever happens to the process or the machine.

mod kill;
mod power;
mod replay;
mod shop;
mod signup;
