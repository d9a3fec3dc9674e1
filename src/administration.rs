//! What administrators may see and do, without HTTP.
//!
//! - [`preview`] shows what a user would get, key by key.

pub mod preview;
