//! How the sources of data stand, for administrators.

use super::poller::Poller;
use super::source_tables::SourceTables;
use crate::model::config;
use crate::policy::{SourceContents, SourceState};

/// How these `sources` stand, whose data in force are `tables`. `failed` names a file that could not be read the last time, and
/// says why.
pub(super) fn states(
    sources: &[config::Data],
    tables: &SourceTables,
    poller: &Poller,
    failed: Option<(&str, &str)>,
) -> Vec<SourceState> {
    let state = |settings: &config::Data| {
        let mut state = SourceState::unread(settings);
        if let Some((table, read_at)) = tables.get(settings) {
            state.contents = Some(SourceContents::from(&*table));
            state.read_at = Some(read_at);
        }
        if let Some(failure) = failed.and_then(|(name, why)| (name == settings.name).then_some(why)) {
            state.failure = Some(failure.to_owned());
        }
        if let Some(polled) = poller.poll_state(settings) {
            state.read_at = state.contents.is_some().then_some(polled.read_at).flatten();
            state.failure = polled.failure.or(state.failure);
            state.next_at = Some(polled.next_at);
        }
        state
    };
    sources.iter().map(state).collect()
}
