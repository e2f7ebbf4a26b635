//! The stores: two planes, two engines, and the only way to either.
//!
//! [`Tenants::scope`] gives a [`Scope`], [`Scope::read`] and [`Scope::write`] give a [`TenantConn`] for one transaction;
//! [`Control`] does the same for the control plane. Nothing outside this module opens a connection or knows which engine runs.
//!
//! A store function takes the scoped connection, so forgetting the scope does not compile:
//!
//! ```
//! fn count(c: &mut steading::db::TenantConn) -> steading::Result<()> { let _ = c.now(); Ok(()) }
//! # async fn with(scope: steading::db::Scope) -> steading::Result<()> {
//! scope.read(|c| count(c)).await
//! # }
//! ```
//!
//! ```compile_fail
//! fn count(c: &mut steading::db::TenantConn) -> steading::Result<()> { let _ = c.now(); Ok(()) }
//! # async fn without(control: steading::db::Control) -> steading::Result<()> {
//! control.read(|c| count(c)).await
//! # }
//! ```

pub mod carry;
mod conn;
mod control;
mod crew;
pub mod descriptors;
mod disk;
mod error;
mod examine;
mod files;
mod health;
mod install;
mod limits;
pub mod lock;
pub mod migrate;
mod notices;
mod openings;
mod pool;
pub mod portable;
mod postgres;
mod provision;
pub mod replay;
pub mod rights;
pub mod schema;
mod scope;
mod shut;
mod sqlite;
mod stores;
mod tenants;
mod told;
pub mod types;
mod work;
mod writer;

pub use conn::{
    Conn, ControlConn, ControlPlane, MultiBackend, Plane, Scoped, TenantConn, TenantPlane,
};
pub use control::Control;
pub use disk::DiskUse;
pub use examine::{Examined, schema_version};
pub use health::StoreHealth;
pub use install::Installation;
pub use limits::Limits;
pub use notices::{Heard, Listening};
pub use scope::Scope;
pub use shut::ShutDoors;
pub use stores::{StoreOptions, Stores};
pub use tenants::{PoolUse, Tenants};
pub use told::Told;
