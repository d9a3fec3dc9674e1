//! What administrators may see and do, without HTTP.
//!
//! - [`overview`] looks at everything that shows how the service stands.
//! - [`attention`] says what of it needs an administrator.
//! - [`word`] sends that to administrators by chat.

pub mod attention;
pub mod overview;
pub mod word;
