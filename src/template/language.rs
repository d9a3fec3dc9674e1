//! The template language: what may be written in a template, what that costs, and how a value becomes text.

pub(super) mod conditions;
pub(super) mod cost;
pub(super) mod desugar;
pub(super) mod environment;
pub(super) mod filters;
pub(super) mod functions;
pub(super) mod list;
pub(super) mod operators;
pub(super) mod plain_text;
pub(super) mod secret;
pub(super) mod statements;
pub(super) mod weight;
