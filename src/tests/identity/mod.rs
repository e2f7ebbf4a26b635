//! Who may enter, seen from outside: the program with a clock moved by hand, answered over HTTP.

mod api_keys;
mod bootstrap;
mod command_line;
mod companies;
mod csrf;
mod enumeration;
mod last_owner;
mod people;
mod proven;
mod reset;
mod sessions;
mod setup;
mod throttle;

use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::prelude::*;
use steading::actor::Actor;
use steading::app::App;
use steading::db::schema::control::users;
use steading::identity::{self, NewOwner, Role, Roles, open_company, shell};
use steading::operator;
use steading::server::http;
use steading::tenancy::{Company, NewCompany, Slug};
use tokio::sync::oneshot;

use crate::harness::app::TestApp;
use crate::harness::engine::{Engine, wait};
use crate::harness::http::{Client, Reply};

/// A password that is taken.
pub const PASSWORD: &str = "seven green kettles sing";
/// Another.
pub const OTHER: &str = "under the old walnut tree";

/// A program that answers on a port of its own.
pub struct House {
    pub test: TestApp,
    base: String,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl House {
    /// One that nobody owns.
    pub fn empty(engine: Engine) -> Self {
        Self::standing(wait(TestApp::new(engine)))
    }

    /// One that nobody owns, with these settings.
    pub fn with(engine: Engine, settings: &[(&'static str, &str)]) -> Self {
        Self::standing(wait(TestApp::set(engine, settings)))
    }

    /// One of many companies, `<slug>.steading.test` their hosts, with these settings besides.
    pub fn of_many(engine: Engine, settings: &[(&'static str, &str)]) -> Self {
        let mut all = vec![
            ("STEADING_TENANCY", "multi"),
            ("STEADING_SERVER__BASE_DOMAIN", "steading.test"),
        ];
        all.extend(settings);
        Self::standing(wait(TestApp::set(engine, &all)))
    }

    fn standing(test: TestApp) -> Self {
        wait(identity::stand_up(&test.app)).unwrap();
        test.app.phase.serve();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let app = test.app.clone();
        let server = std::thread::spawn(move || serve(app, listener, stopped));
        Self {
            test,
            base,
            stop: Some(stop),
            server: Some(server),
        }
    }

    /// One with the owner `ana@example.com`.
    pub fn owned(engine: Engine) -> Self {
        let house = Self::empty(engine);
        house.user("ana@example.com", Role::Owner);
        house
    }

    pub fn app(&self) -> &App {
        &self.test.app
    }

    /// Makes somebody whose password is [`PASSWORD`].
    pub fn user(&self, email: &str, role: Role) {
        let tenant = self.test.scope.tenant();
        wait(shell::create_user(
            self.app(),
            tenant,
            email,
            Roles::one(role),
            &PASSWORD.into(),
        ))
        .unwrap();
    }

    /// Opens a company with an owner whose password is [`PASSWORD`], if they are new here, and whose mailbox is their own.
    pub fn company(&self, slug: &str, owner: &str) -> Company {
        let company = self.company_unproven(slug, owner);
        let owner = owner.to_owned();
        wait(self.app().control.write(move |c| {
            let now = c.now();
            let of = users::table.filter(users::email.eq(&owner));
            diesel::update(of)
                .set(users::email_proven_at.eq(now))
                .execute(c.db())?;
            Ok(())
        }))
        .unwrap();
        company
    }

    /// The same; nobody knows whose mailbox it is.
    pub fn company_unproven(&self, slug: &str, owner: &str) -> Company {
        wait(async {
            let owner = NewOwner {
                email: owner.to_owned(),
                name: None,
                password: Some(self.app().hasher.hash(&PASSWORD.into()).await.unwrap()),
            };
            let new = NewCompany::named(Slug::parse(slug).unwrap());
            let opened = open_company(self.app(), &Actor::shell(), new, Some(owner)).await;
            opened.unwrap()
        })
    }

    /// An operator whose password is [`PASSWORD`].
    pub fn operator(&self, email: &str) {
        wait(operator::shell::create(
            self.app(),
            email,
            "",
            &PASSWORD.into(),
        ))
        .unwrap();
    }

    /// A browser in which an operator is signed in.
    #[track_caller]
    pub fn operating(&self, email: &str) -> Client {
        let visitor = self.visitor();
        let fields = [("email", email), ("password", PASSWORD)];
        let _ = visitor.submit("/operator/login", &fields).expect(303);
        visitor
    }

    /// An API key with these scopes.
    pub fn key(&self, name: &str, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let made = wait(shell::create_key(
            self.app(),
            self.test.scope.tenant(),
            name,
            scopes,
            None,
            None,
        ));
        made.unwrap().key
    }

    /// Where it answers.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A browser that was never here.
    pub fn visitor(&self) -> Client {
        Client::new(&self.base)
    }

    /// A browser in which somebody is signed in.
    #[track_caller]
    pub fn signed_in(&self, email: &str) -> Client {
        let visitor = self.visitor();
        let _ = login(&visitor, email, PASSWORD).expect(303);
        visitor
    }

    pub fn later(&self, seconds: u64) {
        self.test.clock.advance(Duration::from_secs(seconds));
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            // A server that panicked has said so already.
            drop(server.join());
        }
    }
}

fn serve(app: App, listener: TcpListener, stopped: oneshot::Receiver<()>) {
    actix_web::rt::System::new().block_on(async move {
        let server = http::serve(app, listener, 1).unwrap();
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        drop(stopped.await);
        handle.stop(false).await;
        drop(serving.await);
    });
}

/// Signs in at the page.
#[track_caller]
pub fn login(visitor: &Client, email: &str, password: &str) -> Reply {
    visitor.submit("/login", &[("email", email), ("password", password)])
}

/// Whether this browser is let in.
#[track_caller]
pub fn is_in(visitor: &Client) -> bool {
    match visitor.get("/account").status {
        200 => true,
        303 => false,
        other => panic!("{other}"),
    }
}
