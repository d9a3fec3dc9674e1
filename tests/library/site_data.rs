//! Sources of site data.

mod command;
mod documentation;
mod endpoint;
