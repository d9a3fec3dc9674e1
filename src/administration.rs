//! What administrators may see and do, without HTTP.

pub mod admin_link;
pub mod role;
pub mod sessions;
pub mod sign_in;
