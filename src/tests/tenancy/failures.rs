//! Whatever fails while a company is opened: afterwards it is whole or not there, and a second attempt works.

use steading::Error;
use steading::actor::Actor;
use steading::crypto::Vault;
use steading::id::TenantId;
use steading::identity::{self, NewOwner};
use steading::tenancy::{self, NewCompany, Slug};

use crate::harness::app::TestApp;
use crate::harness::engine::Engine;

fn acme() -> NewCompany {
    NewCompany::named(Slug::parse("acme").unwrap())
}

fn owner(email: &str) -> Option<NewOwner> {
    Some(NewOwner {
        email: email.to_owned(),
        name: None,
        password: None,
    })
}

/// Companies and people that are registered, mails that wait, and stores that are there.
async fn held(test: &TestApp) -> (Vec<String>, usize, Vec<String>) {
    let companies = tenancy::shell::all(&test.app).await.unwrap();
    let mut people = 0;
    for company in &companies {
        people += identity::shell::users(&test.app, company.id)
            .await
            .unwrap()
            .len();
    }
    let slugs = companies.iter().map(|one| one.slug.to_string()).collect();
    (slugs, people, stores(test))
}

fn stores(test: &TestApp) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(test.data_dir().join("tenants")) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            !name.contains(".template") && !name.ends_with("-wal") && !name.ends_with("-shm")
        })
        .collect();
    names.sort();
    names
}

crate::on_both_engines! {
    async fn a_failure_at_any_step_leaves_nothing(engine: Engine) {
        let test = TestApp::multi(engine).await;
        identity::stand_up(&test.app).await.unwrap();
        let shell = Actor::shell();
        let other = NewCompany { erp_customer_id: Some("K-1".to_owned()), ..NewCompany::named(Slug::parse("other").unwrap()) };
        identity::open_company(&test.app, &shell, other, None).await.unwrap();
        let before = held(&test).await;

        // The values.
        let bad = NewCompany { tax_id: Some("RO1".to_owned()), ..acme() };
        assert!(matches!(identity::open_company(&test.app, &shell, bad, None).await, Err(Error::Invalid(_))));
        assert!(matches!(identity::open_company(&test.app, &shell, acme(), owner("nobody")).await, Err(Error::Invalid(_))));
        assert_eq!(held(&test).await, before);

        // A number that another company has, found in the write or before it.
        for (erp, stripe, field) in [(Some("K-1"), None, "/erp_customer_id"), (None, Some("cus_1"), "/stripe_customer_id")] {
            let taken = |slug: &str| NewCompany {
                erp_customer_id: erp.map(ToOwned::to_owned),
                stripe_customer_id: stripe.map(ToOwned::to_owned),
                ..NewCompany::named(Slug::parse(slug).unwrap())
            };
            if stripe.is_some() {
                identity::open_company(&test.app, &shell, taken("third"), None).await.unwrap();
            }
            match identity::open_company(&test.app, &shell, taken("acme"), None).await {
                Err(Error::Invalid(fields)) => assert_eq!(fields[0].pointer, field),
                other => panic!("{other:?}"),
            }
        }
        let before = held(&test).await;

        // The store: what it is copied from cannot be made.
        if engine == Engine::Sqlite {
            let taken = test.data_dir().join(format!("tenants/.template-{}", std::process::id()));
            drop(std::fs::remove_file(&taken));
            std::fs::create_dir(&taken).unwrap();
            let failed = identity::open_company(&test.app, &shell, acme(), owner("ada@example.com")).await;
            assert!(failed.is_err());
            std::fs::remove_dir(&taken).unwrap();
            assert_eq!(held(&test).await, before);
        }

        // The write, once everything else of it is done.
        let failed = tenancy::open(&test.app, &shell, acme(), |_, _| Err(Error::internal("the disk is full"))).await;
        assert!(matches!(failed, Err(Error::Internal(_))));
        let failed = tenancy::open(&test.app, &shell, acme(), |_, _| Err(Error::Duplicate)).await;
        assert!(matches!(failed, Err(Error::Conflict { .. })));
        let failed = tenancy::open(&test.app, &shell, acme(), |_, _| panic!("a bug")).await;
        assert!(failed.is_err());
        assert_eq!(held(&test).await, before);

        let company = identity::open_company(&test.app, &shell, acme(), owner("ada@example.com")).await.unwrap();
        test.app.tenants.answers(company.id).await.unwrap();
        let after = held(&test).await;
        assert_eq!(after.0.len(), before.0.len() + 1);
        assert_eq!(after.1, before.1 + 1);
        assert!(after.2.iter().all(|name| !name.starts_with('.')), "{:?}", after.2);
    }
}

#[test]
fn a_crash_while_a_company_is_opened_is_ended_by_the_next_start() {
    crate::harness::engine::wait(async {
        let test = TestApp::multi(Engine::Sqlite).await;
        identity::stand_up(&test.app).await.unwrap();
        let company = identity::open_company(&test.app, &Actor::shell(), acme(), None)
            .await
            .unwrap();
        // One that was registered, but whose mark is still there; one that never was; and one nobody ever marked.
        let folder = test.data_dir().join("tenants");
        std::fs::write(folder.join(format!(".{}.opening", company.id)), "").unwrap();
        let (never, unmarked) = (
            TenantId::new(test.clock.now()),
            TenantId::new(test.clock.now()),
        );
        test.app.tenants.make_store(never).await.unwrap();
        test.app.tenants.make_store(unmarked).await.unwrap();
        test.app.tenants.keep_store(unmarked).await.unwrap();
        let vault: &Vault = &test.app.vault;
        tenancy::ensure_default(
            test.stores(),
            vault,
            test.app.config.tenancy,
            test.clock.now(),
        )
        .await
        .unwrap();
        let names = stores(&test);
        assert!(names.contains(&format!("{}.db", company.id)), "{names:?}");
        assert!(names.contains(&format!("{unmarked}.db")), "{names:?}");
        assert!(
            !names.iter().any(|name| name.contains(&never.to_string())),
            "{names:?}"
        );
        assert!(
            names.iter().all(|name| !name.ends_with(".opening")),
            "{names:?}"
        );
    });
}
