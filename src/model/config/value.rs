//! How single values are written: times with their units, networks, patterns, ranges of versions, lists.

pub(super) mod duration;
pub(super) mod list;
pub(super) mod networks;
pub(super) mod pattern;
pub(super) mod version_range;
