//! Style sheet, script and icon: the files that pages load, all of them ours.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use ring::digest::{SHA256, digest};

use super::response;
use crate::http::answer::Response;
use crate::model::bytes::hex;

/// A file that pages load.
struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static [u8],
}

const ASSETS: [Asset; 3] = [
    Asset { name: "style.css", kind: "text/css; charset=utf-8", content: include_bytes!("assets/style.css") },
    Asset { name: "script.js", kind: "text/javascript; charset=utf-8", content: include_bytes!("assets/script.js") },
    Asset { name: "icon.svg", kind: "image/svg+xml", content: include_bytes!("assets/icon.svg") },
];

/// A browser keeps a file for a year: its address changes with its content.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// The address below `/admin` of the file with this name, with a part that changes with the content.
pub(super) fn address(name: &str) -> Option<String> {
    let asset = ASSETS.iter().find(|asset| asset.name == name)?;
    Some(format!("/admin/assets/{}/{name}", version(asset)))
}

/// The file that is asked for under this version.
pub(super) fn file(wanted: &str, name: &str, headers: &HeaderMap) -> Option<Response> {
    let asset = ASSETS.iter().find(|asset| asset.name == name && version(asset) == wanted)?;
    let mut response = response::compressed(StatusCode::OK, Bytes::from_static(asset.content), asset.kind, headers);
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    response.headers_mut().insert(CACHE_CONTROL, KEPT);
    Some(response)
}

fn version(asset: &Asset) -> String {
    let digest = digest(&SHA256, asset.content);
    hex(digest.as_ref()).chars().take(12).collect()
}
