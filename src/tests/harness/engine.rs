//! The two databases, and the macro that runs a test on both.

/// Where the data of an instance lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Files in the data folder.
    Sqlite,
    /// A database of the throw-away server, entered as the restricted role.
    Postgres,
}

/// Turns each `fn name(engine: Engine) { … }` (or `async fn`) into the tests `name::sqlite` and `name::postgres`.
/// `fn name(stores: TestStores)` is handed opened, empty stores with one company instead ([`super::stores`]).
#[macro_export]
macro_rules! on_both_engines {
    () => {};
    ($(#[$attribute:meta])* fn $name:ident($stores:ident: TestStores) $body:block $($rest:tt)*) => {
        $crate::on_both_engines! {
            $(#[$attribute])*
            fn $name(engine: Engine) {
                let $stores = $crate::harness::stores::TestStores::new(engine);
                $body
            }
            $($rest)*
        }
    };
    ($(#[$attribute:meta])* async fn $name:ident($stores:ident: TestStores) $body:block $($rest:tt)*) => {
        $crate::on_both_engines! {
            $(#[$attribute])*
            async fn $name(engine: Engine) {
                let $stores = $crate::harness::stores::TestStores::new(engine);
                $body
            }
            $($rest)*
        }
    };
    ($(#[$attribute:meta])* fn $name:ident($engine:ident: Engine) $body:block $($rest:tt)*) => {
        $(#[$attribute])*
        fn $name($engine: $crate::harness::engine::Engine) $body
        mod $name {
            #[test]
            fn sqlite() {
                super::$name($crate::harness::engine::Engine::Sqlite);
            }
            #[test]
            fn postgres() {
                super::$name($crate::harness::engine::Engine::Postgres);
            }
        }
        $crate::on_both_engines! { $($rest)* }
    };
    ($(#[$attribute:meta])* async fn $name:ident($engine:ident: Engine) $body:block $($rest:tt)*) => {
        $(#[$attribute])*
        async fn $name($engine: $crate::harness::engine::Engine) $body
        mod $name {
            #[test]
            fn sqlite() {
                $crate::harness::engine::wait(super::$name($crate::harness::engine::Engine::Sqlite));
            }
            #[test]
            fn postgres() {
                $crate::harness::engine::wait(super::$name($crate::harness::engine::Engine::Postgres));
            }
        }
        $crate::on_both_engines! { $($rest)* }
    };
}

/// Runs one future to its end on a runtime of its own.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
