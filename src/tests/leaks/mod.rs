//! Two companies on one instance, and everything a person or a program of the one can reach: nothing of the other is seen,
//! changed or told of. A route without a case fails the walk.

mod asked;
mod cases;
mod companies;
mod front;
mod memory;
mod mutants;
mod named;
mod programme;
mod projects;
mod walk;
