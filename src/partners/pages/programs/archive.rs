//! `GET` and `POST T/admin/programs/{id}/archive`: asks, with the name to be typed, and archives.

use actix_web::{HttpResponse, web};

use super::super::{act, words};
use crate::Result;
use crate::id::ProgramId;
use crate::partners::model::Program;
use crate::partners::permissions::WritePrograms;
use crate::partners::store::pages;
use crate::partners::{api, program};
use crate::web::confirm::Confirm;
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, sent_once};

/// What stands on the question.
struct Question {
    program: Program,
    partners: i64,
    links: i64,
}

async fn question(allowed: &Allowed<WritePrograms>, id: ProgramId) -> Result<Question> {
    allowed
        .scope
        .read(move |c| {
            let program = program::find(c, id)?;
            let partners = pages::enrolled(c, &[id])?.get(&id).copied().unwrap_or(0);
            let links = pages::open_links(c, id)?;
            Ok(Question {
                program,
                partners,
                links,
            })
        })
        .await
}

fn confirm(allowed: &Allowed<WritePrograms>, asked: &Question) -> Confirm {
    let (program, format) = (&asked.program, allowed.format());
    let here = allowed.url(&format!("/admin/programs/{}", program.id));
    let shell = allowed.shell(Place::Programs, format!("Archive {}?", program.name));
    let links = words::many(asked.links, "link", "links", &format);
    let partners = words::many(asked.partners, "partner", "partners", &format);
    Confirm::new(shell, "Archive programme", format!("{here}/archive"), here)
        .consequence(format!("{links} of {partners} stop leading on at once."))
        .consequence("Nothing new is earned in it. What was earned is still paid.")
        .consequence("It cannot be taken back; its figures and history stay.")
        .field("version", program.version.to_string())
        .field(sent_once::FIELD, sent_once::number())
        .retype(&program.name)
        .destructive()
}

/// Asks.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn ask(allowed: Allowed<WritePrograms>, path: web::Path<String>) -> Result<HttpResponse> {
    let asked = question(&allowed, api::id(&path)?).await?;
    Ok(page::ok(&confirm(&allowed, &asked)))
}

/// Archives it where the name was typed, else asks again.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Stale`].
pub async fn archive(
    allowed: Allowed<WritePrograms>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: ProgramId = api::id(&path)?;
    let asked = question(&allowed, id).await?;
    if sent.text("retype") != asked.program.name {
        let mut again = confirm(&allowed, &asked);
        again.errors = FormErrors::none().with(
            "retype",
            format!(
                "Type the name exactly as it stands here: {}",
                asked.program.name
            ),
        );
        return Ok(page::unprocessable(&again));
    }
    let expected = act::version(&sent)?;
    act::act_on_ways(&allowed, &sent, move |c, actor| {
        let program = program::archive(c, actor, id, expected)?;
        let toast = Toast::good(format!("{} was archived.", program.name));
        Ok(Done::new(format!("/admin/programs/{id}"), toast))
    })
    .await
}
