//! What administrators may see and do, without HTTP.

pub mod audit;
pub mod role;
pub mod sessions;
pub mod sign_in;
