//! A service with pages, in this process.

use form_urlencoded::Serializer;
use tempfile::TempDir;
use test_servers::openfire::Openfire;

use super::app::TestApp;
use super::http_client::{FORM, request, send};
use super::pages::ADMINISTRATOR;
use super::visitor::{Visitor, pages};

/// A service with pages for the shared Openfire.
pub struct Site {
    pub app: TestApp,
    state: TempDir,
}

impl Site {
    /// With further lines of `[admin]`, and sections after them.
    pub async fn start(more: &str) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), more).await
    }

    /// The same with this state directory, and what is in it.
    pub async fn in_folder(state: TempDir, more: &str) -> Self {
        Self { app: TestApp::start(Openfire::shared().await, &pages(state.path(), more)).await, state }
    }

    /// The same after a restart.
    pub async fn restarted(self, more: &str) -> Self {
        self.app.stop().await;
        Self::in_folder(self.state, more).await
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
        Visitor::signed_in(self.app.address(), ADMINISTRATOR.0, ADMINISTRATOR.1).await
    }
}
