//! Mail: queued with its change, sent by a job, kept on the outbox, its secrets sealed.

mod page;
mod queue;
mod settings;
mod smtp;

use steading::id::MailId;
use steading::mailing::{self, Filter, Mail, StoredMail};

use crate::harness::app::TestApp;

fn mail(to: &str) -> Mail {
    Mail {
        to: to.to_owned(),
        kind: "test",
        subject: "Hello".to_owned(),
        text: "Open https://steading.example/x?token=very-secret-token please.".to_owned(),
        html: "<p>Open it</p>".to_owned(),
        confidential: false,
    }
}

impl TestApp {
    async fn queue(&self, mail: Mail) -> MailId {
        let vault = self.app.vault.clone();
        self.scope
            .write(move |c| mailing::queue(c, &vault, &mail))
            .await
            .unwrap()
    }

    async fn send(&self) {
        steading::jobs::run_due(&self.app, Some(self.scope.tenant()))
            .await
            .unwrap();
    }

    async fn mails(&self) -> Vec<StoredMail> {
        self.scope
            .read(|c| mailing::page(c, &Filter::default(), None, 50))
            .await
            .unwrap()
    }

    async fn the_mail(&self, id: MailId) -> StoredMail {
        let app = self.app.clone();
        self.scope
            .read(move |c| mailing::show(c, &app, id))
            .await
            .unwrap()
    }
}
