//! Commands about what the administrators' pages keep in the state directory.

pub(super) mod admin_link;
mod audit;
pub(super) mod settings;
