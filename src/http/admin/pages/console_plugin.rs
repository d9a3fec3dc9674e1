//! The plugin that leads from Openfire's admin console to the pages.

use http::StatusCode;
use minijinja::context;

use crate::administration::audit::Action;
use crate::console_plugin;
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Visit;

/// The target of log lines of the HTTP front, by which administrators filter.
const TARGET: &str = "openfire_provisioner::http";

/// What it is for, and how to install it.
pub(in crate::http::admin) fn show(visit: &Visit<'_>) -> PageAnswer {
    let leads_to = visit.urls.first().map(console_plugin::pages);
    PageAnswer::page(
        "console-plugin.html",
        context! { leads_to, file => console_plugin::FILE_NAME, property => console_plugin::PROPERTY },
    )
}

/// The plugin itself, with the address of these pages.
pub(in crate::http::admin) fn download(visit: &Visit<'_>) -> PageAnswer {
    match visit.urls.first().map(console_plugin::jar) {
        Some(Ok(jar)) => {
            visit.record(Action::PluginDownloaded, console_plugin::FILE_NAME, "", "");
            PageAnswer::Download {
                name: console_plugin::FILE_NAME,
                kind: "application/java-archive",
                content: jar.into(),
            }
        }
        made => {
            if let Some(Err(error)) = made {
                tracing::error!(target: TARGET, "internal error: the console plugin cannot be made: {error}");
            }
            PageAnswer::error(&visit.view.words, StatusCode::INTERNAL_SERVER_ERROR, "internal", &[])
        }
    }
}
