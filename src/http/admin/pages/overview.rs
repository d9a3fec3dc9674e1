//! How all stands.

use minijinja::context;

use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Visit;

/// How all stands.
pub(in crate::http::admin) fn show(visit: &Visit<'_>) -> PageAnswer {
    let provisioner = &visit.services.provisioner;
    let component = provisioner.component_name().to_string();
    PageAnswer::page("overview.html", context! { component, is_connected => provisioner.is_connected() })
}
