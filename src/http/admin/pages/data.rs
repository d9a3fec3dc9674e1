//! The site's own data: each source with its age, its rows and its columns, and never a value.

use std::time::Duration;

use jiff::Timestamp;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::templates::{PolicyView, shown};
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Visit;
use crate::policy::{SourceColumn, SourceKind, SourceState};

/// All sources.
pub(super) fn show(visit: &Visit<'_>) -> PageAnswer {
    let state = visit.administration.listing.state();
    let now = Timestamp::now();
    let values = context! {
        policy => Serde(PolicyView::of(&state)),
        sources => Serde(state.sources.iter().map(|source| SourceView::of(source, now)).collect::<Vec<_>>()),
    };
    PageAnswer::page("data.html", values)
}

#[derive(Debug, Serialize)]
struct SourceView {
    name: String,
    /// `file`, `command` or `endpoint`.
    kind: &'static str,
    origin: String,
    /// In seconds.
    every: Option<i64>,
    /// In seconds since 1970, and the age in seconds.
    read: Option<(i64, i64)>,
    /// In seconds from now, not below 0.
    next: Option<i64>,
    failure: Option<String>,
    contents: Option<ContentsView>,
}

#[derive(Debug, Serialize)]
struct ContentsView {
    users: usize,
    groups: usize,
    roster_groups: usize,
    has_default: bool,
    columns: Vec<ColumnView>,
}

#[derive(Debug, Serialize)]
struct ColumnView {
    name: String,
    is_list: bool,
    has_secrets: bool,
}

impl SourceView {
    fn of(source: &SourceState, now: Timestamp) -> Self {
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        let column = |column: &SourceColumn| ColumnView {
            name: shown(&column.name),
            is_list: column.is_list,
            has_secrets: column.has_secrets,
        };
        Self {
            name: source.name.clone(),
            kind: match source.kind {
                SourceKind::File => "file",
                SourceKind::Command => "command",
                SourceKind::Endpoint => "endpoint",
            },
            origin: shown(&source.origin),
            every: source.every.map(seconds),
            read: source.read_at.map(|at| (at.as_second(), (now.as_second() - at.as_second()).max(0))),
            next: source.next_at.map(|at| (at.as_second() - now.as_second()).max(0)),
            failure: source.failure.as_deref().map(shown),
            contents: source.contents.as_ref().map(|contents| ContentsView {
                users: contents.users,
                groups: contents.groups,
                roster_groups: contents.roster_groups,
                has_default: contents.has_default,
                columns: contents.columns.iter().map(column).collect(),
            }),
        }
    }
}
