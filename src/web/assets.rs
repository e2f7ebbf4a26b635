//! The embedded files under `static/`: one content hash for all of them in the path, so that
//! browsers may keep them for ever and relative addresses between them hold.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, EntityTag, Header as _, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::read::GzDecoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "static/"]
#[exclude = "vendor/package*.json"]
#[exclude = "vendor/SHA256SUMS"]
#[exclude = "*.css"]
#[exclude = "*.js"]
#[exclude = "*.svg"]
struct Static;

/// A file that `build.rs` packed.
macro_rules! packed {
    ($name:literal, $packed:literal) => {
        (
            $name,
            include_bytes!(concat!(env!("OUT_DIR"), "/", $packed)),
        )
    };
}

/// What pages load; Pico is in the sheet of every page.
const PACKED: [(&str, &[u8]); 5] = [
    packed!("steading.css", "sheet.gz"),
    packed!("vendor/htmx.min.js", "htmx.gz"),
    packed!("app.js", "app.gz"),
    packed!("steading.js", "steading.gz"),
    packed!("favicon.svg", "favicon.gz"),
];

struct Asset {
    bytes: Cow<'static, [u8]>,
    gzip: Option<&'static [u8]>,
    mime: &'static str,
    etag: String,
}

/// What the binary carries, read and unpacked once: as constant as the binary itself.
static BUNDLE: LazyLock<Bundle> = LazyLock::new(Bundle::load);

struct Bundle {
    hash: String,
    files: BTreeMap<String, Asset>,
}

impl Bundle {
    fn load() -> Self {
        let packed = PACKED.into_iter().map(|(name, gzip)| {
            let mut bytes = Vec::new();
            // What the build packed can be unpacked; were it not so, the file would be empty and tests would say so.
            let _ = GzDecoder::new(gzip).read_to_end(&mut bytes);
            (name.into(), Cow::from(bytes), Some(gzip))
        });
        let plain = Static::iter().filter_map(|name| {
            let data = Static::get(&name)?.data;
            Some((name, data, None))
        });
        let mut found: Vec<_> = packed.chain(plain).collect();
        found.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        let mut whole = Sha256::new();
        let mut files = BTreeMap::new();
        for (name, bytes, gzip) in found {
            let digest = Sha256::digest(&bytes);
            whole.update(name.as_bytes());
            whole.update(digest);
            let asset = Asset {
                mime: mime(&name),
                etag: hex(&digest, 8),
                gzip,
                bytes,
            };
            files.insert(name.into_owned(), asset);
        }
        Self {
            hash: hex(&whole.finalize(), 6),
            files,
        }
    }
}

/// The address of an embedded file: `steading.css` → `/static/<hash>/steading.css`.
pub fn url(name: &str) -> String {
    format!("/static/{}/{name}", BUNDLE.hash)
}

/// The bytes of an embedded file, for what is served under a name of its own (`steading.js`).
pub fn bytes(name: &str) -> Option<&'static [u8]> {
    BUNDLE.files.get(name).map(|asset| asset.bytes.as_ref())
}

/// Answers `GET /static/{hash}/{name:.*}`.
///
/// The current hash is kept for a year; a stale one (a page rendered by the binary before this
/// one) still gets the file, but must ask again next time.
pub async fn serve(request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    let (hash, name) = path.into_inner();
    let Some(asset) = BUNDLE.files.get(&name) else {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("No such file.\n");
    };
    let keep = if hash == BUNDLE.hash {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let zipped = asset.gzip.filter(|_| accepts_gzip(&request));
    // Two representations, two tags: a cache must not mix them.
    let tag = EntityTag::new_strong(if zipped.is_some() {
        format!("{}-gz", asset.etag)
    } else {
        asset.etag.clone()
    });
    let mut answer = HttpResponse::build(StatusCode::OK);
    answer
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(header::ETag(tag.clone()));
    if unchanged(&request, &tag) {
        return answer.status(StatusCode::NOT_MODIFIED).finish();
    }
    answer.content_type(asset.mime);
    match zipped {
        Some(gzip) => answer
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .body(web::Bytes::from_static(gzip)),
        None => answer.body(web::Bytes::from_static(&asset.bytes)),
    }
}

fn unchanged(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|seen| seen.weak_eq(tag)),
        Err(_) => false,
    }
}

fn accepts_gzip(request: &HttpRequest) -> bool {
    request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value.split(',').any(|coding| {
                let mut parts = coding.split(';').map(str::trim);
                parts
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*")
                    && !parts.any(|weight| {
                        weight.eq_ignore_ascii_case("q=0") || weight.eq_ignore_ascii_case("q=0.0")
                    })
            })
        })
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
}

fn hex(bytes: &[u8], count: usize) -> String {
    bytes
        .iter()
        .take(count)
        .fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}
