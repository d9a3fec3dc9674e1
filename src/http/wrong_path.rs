//! The answer where there is nothing, which says where to ask.

use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode};

use super::answer::{self, Response};
use super::arrival::Arrival;
use super::client_address::Proxies;
use super::request_guard::user_agent;
use super::setup_mistakes::SetupMistakes;
use crate::telemetry::SetupMistake;
use crate::telemetry::fields::{given, milliseconds};

/// Longest part of a path that is logged, in bytes.
const MAX_PATH: usize = 64;

/// Longest name of a method that is logged, in bytes.
const MAX_METHOD: usize = 16;

/// Answers for every path that is none.
pub(super) struct WrongPath {
    sentence: String,
    proxies: Arc<Proxies>,
    mistakes: Arc<SetupMistakes>,
}

impl WrongPath {
    /// `paths` are where clients ask.
    pub(super) fn new(paths: &[&str], proxies: Arc<Proxies>, mistakes: Arc<SetupMistakes>) -> Self {
        let mut shown: Vec<String> = Vec::new();
        for path in paths {
            let path = format!("/{}", path.trim_start_matches('/').replace(char::is_control, ""));
            if !shown.contains(&path) {
                shown.push(path);
            }
        }
        let sentence = format!("There is nothing at this path. Clients post their form to {}.", shown.join(" or "));
        Self { sentence, proxies, mistakes }
    }

    /// 404, and a line of the log.
    pub(super) fn answer(&self, arrival: Arrival, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        let peer = arrival.peer.ip();
        let client = self.proxies.client(peer, headers).unwrap_or_else(|_| peer.to_canonical());
        let path = printable(path);
        let method = method.as_str().get(..MAX_METHOD).unwrap_or(method.as_str());
        if self.mistakes.note(client, SetupMistake::WrongPath, (method, path)) {
            let agent = user_agent(headers);
            tracing::info!(
                client.address = %client,
                client.agent = given(&agent),
                http.method = method,
                http.path = path,
                http.status = StatusCode::NOT_FOUND.as_u16(),
                ms.total = milliseconds(arrival.at.elapsed()),
                "{client} asks for {path} with {method}, where there is nothing; if this is a client, correct its \
                 provisioning URI. {}",
                self.sentence
            );
        }
        answer::line(StatusCode::NOT_FOUND, &self.sentence, true)
    }
}

/// The beginning of a path that can be logged. It ends where a query could be meant: in a URI without `?`, what follows may
/// be a user's name and password.
fn printable(path: &str) -> &str {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(byte);
    let end = path.bytes().take(MAX_PATH).take_while(is_plain).count();
    path.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_short_and_holds_no_query() {
        for (path, shown) in [
            ("/", "/"),
            ("/provisioning/", "/provisioning/"),
            ("/provision&username=a&password=b", "/provision"),
            ("/provision%3Fpassword=b", "/provision"),
            ("/provision;password=b", "/provision"),
            ("/user:b@host/provision", "/user"),
            ("/a\u{1b}[31m", "/a"),
            ("/\u{fc}", "/"),
        ] {
            assert_eq!(printable(path), shown, "{path}");
        }
        assert_eq!(printable(&format!("/{}", "x".repeat(200))).len(), MAX_PATH);
    }
}
