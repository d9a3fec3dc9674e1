//! The last requests: a list with filters, and all that is known of one.

use http::StatusCode;
use ipnet::IpNet;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::http::admin::advice::advice_for;
use crate::http::admin::language::Words;
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::request::Fields;
use crate::http::admin::visit::Visit;
use crate::http::request_guard::outcomes;
use crate::model::request::{Asked, RequestKind, RequestRecord};
use crate::telemetry::{EndedRequest, HistoryFilter, OutcomeFilter, Page};

/// Requests on one page.
const ROWS: usize = 50;

/// The most of a filter that counts, in characters.
const MOST_FILTER: usize = 256;

/// The filters of the list, by their names in the address.
const FILTERS: [&str; 4] = ["user", "address", "outcome", "client"];

/// Kinds by which the list can be filtered, by their names in the address.
const KINDS: [(&str, RequestKind); 5] = [
    ("provisioned", RequestKind::Provisioned),
    ("refused", RequestKind::Refused),
    ("failed", RequestKind::Failed),
    ("update", RequestKind::Update),
    ("abandoned", RequestKind::Abandoned),
];

/// A request in the list.
#[derive(Serialize)]
struct Row<'a> {
    id: u64,
    at: i64,
    user: Option<&'a str>,
    address: String,
    agent: &'a str,
    kind: &'static str,
    level: &'static str,
    outcome: &'static str,
    /// The last part of the names of the messages about an outcome that is an error.
    short: Option<&'static str>,
    milliseconds: i64,
}

/// All that is known of a request.
#[derive(Serialize)]
struct Details<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    /// `provisioning`, `update` or `unknown`.
    asked: &'static str,
    file: Option<&'a str>,
    template: Option<&'a str>,
    rule: Option<&'a str>,
    status: Option<u16>,
    reason: Option<&'a str>,
    /// Names the message that says what to do.
    advice: Option<&'static str>,
    /// The page of the documentation about the outcome.
    documentation: Option<&'static str>,
    /// Milliseconds of each stage: the last part of the name of a message, and the number.
    stages: Vec<(&'static str, String)>,
    /// Queries and a path for other pages: the requests of the same user or address, the template, and the preview of the same.
    of_user: Option<String>,
    of_address: String,
    template_page: Option<String>,
    preview: Option<String>,
}

/// The list.
pub(in crate::http::admin) fn list(visit: &Visit<'_>) -> PageAnswer {
    let given = |name| visit.asked(name).map(|text| text.chars().take(MOST_FILTER).collect::<String>());
    let address = given("address");
    let network = address.as_deref().map(network);
    let is_wrong = matches!(network, Some(None));
    let filter = HistoryFilter {
        user: given("user"),
        network: network.flatten(),
        outcome: given("outcome").map(outcome),
        client: given("client"),
    };
    let before = visit.asked("before").and_then(|before| before.parse().ok());
    let history = visit.administration.overview.history();
    let page = if is_wrong { Page::default() } else { history.page(&filter, before, ROWS) };
    let rows: Vec<Row<'_>> = page.rows.iter().map(|request| row(request)).collect();
    let fields = FILTERS.map(|name| (name, given(name).unwrap_or_default()));
    let kept = fields.iter().filter(|(_, value)| !value.is_empty());
    let kept: Vec<(&str, &str)> = kept.map(|(name, value)| (*name, value.as_str())).collect();
    let query = |before: u64| {
        let before = before.to_string();
        Fields::of(&[&kept[..], &[("before", before.as_str())]].concat()).encoded()
    };
    let [user, address, outcome, client] = fields.clone().map(|(_, value)| value);
    let errors = outcomes().filter_map(|outcome| Some((outcome, advice_for(outcome)?.name)));
    let values = context! {
        rows => Serde(rows),
        user, address, outcome, client,
        kinds => KINDS.map(|(name, _)| name),
        outcomes => errors.collect::<Vec<_>>(),
        is_wrong,
        is_filtered => !kept.is_empty() || before.is_some(),
        newest => Fields::of(&kept).encoded(),
        is_later => before.is_some(),
        kept => history.len(),
        since => history.began().as_second(),
        older => page.before.map(query),
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    PageAnswer::page_with(status, "requests.html", values)
}

/// One request.
pub(in crate::http::admin) fn details(visit: &Visit<'_>, id: &str) -> PageAnswer {
    let history = visit.administration.overview.history();
    let Some(request) = id.parse().ok().and_then(|id| history.find(id)) else {
        return PageAnswer::error(&visit.view.words, StatusCode::NOT_FOUND, "no-request", &[]);
    };
    PageAnswer::page("request.html", context! { request => Serde(all_of(&request, &visit.view.words)) })
}

fn row(request: &EndedRequest) -> Row<'_> {
    let record = &request.record;
    let (kind, level) = kind(record);
    Row {
        id: record.id,
        at: request.at.as_second(),
        user: record.user.as_deref(),
        address: record.address.to_string(),
        agent: &record.agent,
        kind,
        level,
        outcome: record.end.outcome,
        short: advice_for(record.end.outcome).map(|advice| advice.name),
        milliseconds: i64::try_from(record.total.as_millis()).unwrap_or(i64::MAX),
    }
}

fn all_of<'a>(request: &'a EndedRequest, words: &Words) -> Details<'a> {
    let RequestRecord { user, agent, address, asked, chosen, end, stages, total, .. } = &request.record;
    let (asked, file) = match asked {
        Asked::Provisioning => ("provisioning", None),
        Asked::Update(file) => ("update", file.as_deref()),
        Asked::Unknown => ("unknown", None),
    };
    let took =
        [("login", stages.login), ("directory", stages.directory), ("render", stages.render), ("total", Some(*total))];
    let address = address.to_string();
    let preview = |user| Fields::of(&[("user", user), ("agent", agent), ("address", &address)]).encoded();
    let template = chosen.as_ref().map(|chosen| chosen.template.as_str());
    Details {
        row: row(request),
        asked,
        file,
        template,
        rule: chosen.as_ref().and_then(|chosen| chosen.rule.as_deref()),
        status: end.status,
        reason: end.reason.as_deref(),
        advice: advice_for(end.outcome).map(|advice| advice.name_for(end.reason.as_deref())),
        documentation: advice_for(end.outcome).map(|advice| advice.page),
        stages: took
            .into_iter()
            .filter_map(|(name, took)| Some((name, words.tenths(took?.as_secs_f64() * 1000.0))))
            .collect(),
        of_user: user.as_deref().map(|user| Fields::of(&[("user", user)]).encoded()),
        of_address: Fields::of(&[("address", &address)]).encoded(),
        template_page: template.map(|name| format!("/admin/templates?{}", Fields::of(&[("file", name)]).encoded())),
        preview: user.as_deref().map(preview),
    }
}

/// The kind of a request, and how it looks.
fn kind(record: &RequestRecord) -> (&'static str, &'static str) {
    match record.kind() {
        RequestKind::Provisioned => ("provisioned", "ok"),
        RequestKind::Update => ("update", "ok"),
        RequestKind::Refused => ("refused", "warning"),
        RequestKind::Failed => ("failed", "error"),
        RequestKind::Abandoned => ("abandoned", "note"),
    }
}

fn outcome(asked: String) -> OutcomeFilter {
    match KINDS.into_iter().find(|(name, _)| *name == asked) {
        Some((_, kind)) => OutcomeFilter::Kind(kind),
        None => OutcomeFilter::Outcome(asked),
    }
}

/// An address, or a network as `10.0.0.0/8`.
fn network(text: &str) -> Option<IpNet> {
    let address = || text.trim_matches(['[', ']']).parse().ok().map(|address: std::net::IpAddr| address.to_canonical());
    text.parse().ok().or_else(|| address().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_network_of_one() {
        for (text, shown) in [
            ("10.0.0.1", "10.0.0.1/32"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("[2001:db8::1]", "2001:db8::1/128"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
        ] {
            assert_eq!(network(text).map(|network| network.to_string()).as_deref(), Some(shown));
        }
        for text in ["", "10.0.0", "anna", "10.0.0.0/33", "<b>"] {
            assert_eq!(network(text), None, "{text}");
        }
    }
}
