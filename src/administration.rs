//! What administrators may see and do, without HTTP.
//!
//! - [`listing`] shows the templates in force and the sources of data.
//! - [`preview`] shows what a user would get, key by key.

pub mod listing;
pub mod preview;
