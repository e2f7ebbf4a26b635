//! The URLs of the partner programme: links, the tracking script, and the API of who takes part.

use actix_web::http::Method;

use crate::partners::model::{Enrolment, Partner, Program};
use crate::partners::permissions::{
    ReadLinks, ReadPartners, ReadPrograms, WriteLinks, WritePartners, WritePrograms,
};
use crate::partners::{enrolment, link, partner, program, redirect};
use crate::web::route::{Route, api, get, method, post};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

/// What visitors and other sites' pages reach.
pub(super) fn open() -> Vec<Route> {
    vec![
        get("/steading.js", redirect::script),
        // Before the keys of links, which it is none of.
        post("/r/identify", redirect::identify),
        method(Method::OPTIONS, "/r/identify", redirect::identify_options),
        get("/r/{key}", redirect::get),
        method(Method::HEAD, "/r/{key}", redirect::head),
    ]
}

/// The API: programmes, partners and what they give away.
pub(super) fn api_routes() -> Vec<Route> {
    vec![
        api(
            GET,
            "/api/v1/programs",
            "Programmes",
            "List programmes",
            program::api::get,
        )
        .needs::<ReadPrograms>()
        .lists::<Program>(program::api::FILTERS),
        api(
            POST,
            "/api/v1/programs",
            "Programmes",
            "Make a programme",
            program::api::post,
        )
        .needs::<WritePrograms>()
        .takes::<program::NewProgram>()
        .gives::<Program>(201),
        api(
            GET,
            "/api/v1/programs/{id}",
            "Programmes",
            "Show a programme",
            program::api::get_one,
        )
        .needs::<ReadPrograms>()
        .gives::<Program>(200),
        api(
            PATCH,
            "/api/v1/programs/{id}",
            "Programmes",
            "Change a programme",
            program::api::patch,
        )
        .needs::<WritePrograms>()
        .takes::<program::ProgramChange>()
        .gives::<Program>(200)
        .problems(&[412]),
        api(
            DELETE,
            "/api/v1/programs/{id}",
            "Programmes",
            "Archive a programme",
            program::api::delete,
        )
        .needs::<WritePrograms>()
        .gives::<Program>(200)
        .problems(&[412]),
        api(
            GET,
            "/api/v1/partners",
            "Partners",
            "List partners",
            partner::api::get,
        )
        .needs::<ReadPartners>()
        .lists::<Partner>(partner::api::FILTERS),
        api(
            POST,
            "/api/v1/partners",
            "Partners",
            "Add a partner",
            partner::api::post,
        )
        .needs::<WritePartners>()
        .takes::<partner::NewPartner>()
        .gives::<Partner>(201)
        .problems(&[402]),
        api(
            GET,
            "/api/v1/partners/{id}",
            "Partners",
            "Show a partner",
            partner::api::get_one,
        )
        .needs::<ReadPartners>()
        .gives::<Partner>(200),
        api(
            PATCH,
            "/api/v1/partners/{id}",
            "Partners",
            "Change a partner",
            partner::api::patch,
        )
        .needs::<WritePartners>()
        .takes::<partner::PartnerChange>()
        .gives::<Partner>(200)
        .problems(&[412]),
        decides(
            "/api/v1/partners/{id}/approve",
            "Approve a partner",
            partner::api::approve,
        )
        .problems(&[402, 409, 412]),
        decides(
            "/api/v1/partners/{id}/decline",
            "Decline a partner",
            partner::api::decline,
        ),
        decides(
            "/api/v1/partners/{id}/suspend",
            "Suspend a partner",
            partner::api::suspend,
        ),
        decides(
            "/api/v1/partners/{id}/reinstate",
            "Reinstate a partner",
            partner::api::reinstate,
        ),
        decides(
            "/api/v1/partners/{id}/archive",
            "Archive a partner",
            partner::api::archive,
        ),
        api(
            GET,
            "/api/v1/enrolments",
            "Enrolments",
            "List enrolments",
            enrolment::api::get,
        )
        .needs::<ReadPartners>()
        .lists::<Enrolment>(enrolment::api::FILTERS),
        api(
            POST,
            "/api/v1/enrolments",
            "Enrolments",
            "Enrol a partner in a programme",
            enrolment::api::post,
        )
        .needs::<WritePartners>()
        .takes::<enrolment::NewEnrolment>()
        .gives::<Enrolment>(201)
        .problems(&[404]),
        api(
            GET,
            "/api/v1/enrolments/{id}",
            "Enrolments",
            "Show an enrolment",
            enrolment::api::get_one,
        )
        .needs::<ReadPartners>()
        .gives::<Enrolment>(200),
        api(
            PATCH,
            "/api/v1/enrolments/{id}",
            "Enrolments",
            "Change an enrolment's own terms",
            enrolment::api::patch,
        )
        .needs::<WritePartners>()
        .takes::<enrolment::EnrolmentChange>()
        .gives::<Enrolment>(200)
        .problems(&[412]),
        api(
            DELETE,
            "/api/v1/enrolments/{id}",
            "Enrolments",
            "End an enrolment",
            enrolment::api::delete,
        )
        .needs::<WritePartners>()
        .gives::<Enrolment>(200)
        .problems(&[412]),
        api(GET, "/api/v1/links", "Links", "List links", link::api::get)
            .needs::<ReadLinks>()
            .lists::<link::LinkView>(link::api::FILTERS),
        api(
            POST,
            "/api/v1/links",
            "Links",
            "Make a link",
            link::api::post,
        )
        .needs::<WriteLinks>()
        .takes::<link::NewLink>()
        .gives::<link::LinkView>(201)
        .problems(&[402, 404]),
        api(
            GET,
            "/api/v1/links/{id}",
            "Links",
            "Show a link",
            link::api::get_one,
        )
        .needs::<ReadLinks>()
        .gives::<link::LinkView>(200),
        api(
            PATCH,
            "/api/v1/links/{id}",
            "Links",
            "Change a link",
            link::api::patch,
        )
        .needs::<WriteLinks>()
        .takes::<link::LinkChange>()
        .gives::<link::LinkView>(200)
        .problems(&[412]),
        api(
            DELETE,
            "/api/v1/links/{id}",
            "Links",
            "Archive a link",
            link::api::delete,
        )
        .needs::<WriteLinks>()
        .gives::<link::LinkView>(200)
        .problems(&[412]),
    ]
}

/// A decision about a partner.
fn decides<F, Args>(path: &'static str, summary: &'static str, handler: F) -> Route
where
    F: actix_web::Handler<Args> + Send + Sync + Clone,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    api(POST, path, "Partners", summary, handler)
        .needs::<WritePartners>()
        .gives::<Partner>(200)
        .problems(&[409, 412])
}
