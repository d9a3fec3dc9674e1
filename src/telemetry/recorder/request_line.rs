//! The line of the log that each request has, described in `docs/logging.md`.

use crate::model::request::{Asked, RequestRecord};
use crate::telemetry::fields::{given, milliseconds};

/// Where this file logged before it had its present place; administrators filter by it.
const TARGET: &str = "openfire_provisioner::http::request_log";

/// Writes the line, and a second one at `warn` with the reason for a failure that needs repair.
///
/// It is written outside of the request's span, so it carries the `id` of the span as `request.id`.
pub(super) fn request_line(record: &RequestRecord) {
    let RequestRecord { id, user, address, agent, version, asked, chosen, end, stages, total } = record;
    let user = user.as_deref();
    let shown_user = user.unwrap_or("-");
    let file = match asked {
        Asked::Update(file) => file.as_deref(),
        Asked::Provisioning | Asked::Unknown => None,
    };
    let rule = chosen.as_ref().and_then(|chosen| chosen.rule.as_deref());
    let template = chosen.as_ref().map(|chosen| chosen.template.as_str());
    let outcome = end.outcome;
    let reason = end.reason.as_deref();
    tracing::info!(
        target: TARGET,
        {
            request.id = id,
            user.name = user,
            client.address = %address,
            client.agent = given(agent),
            client.version = given(&version.version),
            updates.file = file,
            outcome,
            http.status = end.status,
            reason = reason.filter(|_| !end.needs_repair),
            template.rule = rule,
            template.file = template,
            ms.login = stages.login.map(milliseconds),
            ms.directory = stages.directory.map(milliseconds),
            ms.render = stages.render.map(milliseconds),
            ms.total = milliseconds(*total),
        },
        "request of {shown_user} from {address}: {outcome}",
    );
    if let Some(reason) = reason.filter(|_| end.needs_repair) {
        tracing::warn!(
            target: TARGET,
            {
                request.id = id,
                user.name = user,
                client.address = %address,
                outcome,
                reason,
                template.rule = rule,
                template.file = template,
            },
            "the request of {shown_user} from {address} could not be served: {reason}",
        );
    }
}
