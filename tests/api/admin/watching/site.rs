//! A service with pages, in this process, and what a page must not have in it.

use form_urlencoded::Serializer;
use tempfile::TempDir;
use test_servers::openfire::Openfire;

use crate::support::app::TestApp;
use crate::support::http_client::{FORM, request, send};
use crate::support::visitor::{Visitor, pages};

/// A service with pages for the shared Openfire.
pub struct Site {
    pub app: TestApp,
    state: TempDir,
}

impl Site {
    /// With further lines of `[admin]`, and sections after them.
    pub async fn start(more: &str) -> Self {
        let state = tempfile::tempdir().unwrap();
        Self { app: TestApp::start(Openfire::shared().await, &pages(state.path(), more)).await, state }
    }

    /// The folder for what the pages change.
    pub fn state(&self) -> &std::path::Path {
        self.state.path()
    }

    /// A request of a client to be provisioned; the status of the answer.
    pub async fn provision(&self, user: &str, password: &str, agent: &str) -> u16 {
        let mut form = Serializer::new(String::new());
        let form = form.append_pair("username", user).append_pair("password", password).finish();
        let headers = [("host", "x"), ("content-type", FORM), ("user-agent", agent)];
        send(self.app.address(), request("POST", "/provision", &headers, &form)).await.status
    }

    /// The administrator of the test servers.
    pub async fn administrator(&self) -> Visitor {
        Visitor::signed_in(self.app.address(), "admin", "admin-secret").await
    }
}

/// Fails when any of this would run or lay itself out in a browser. The pages' own policy forbids it besides.
#[track_caller]
pub fn assert_harmless(html: &str) {
    let own = html.replace("&#x2f;", "/").replace("<img src=\"/admin/assets/", "");
    for harmful in ["<img", "<b>", "owned=1</script", "onerror=\"", "style=", "javascript:"] {
        assert!(!own.contains(harmful), "{harmful} in {html}");
    }
}

/// What would run in a page that does not escape it.
pub const HOSTILE: &str = "\"><img src=x onerror=\"owned=1\"><b>'</script><script>owned=1</script>{{ 7*7 }}";
