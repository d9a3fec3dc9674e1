//! What administrators may see and do.

mod openfire_5;
mod setup;
mod sign_in;
mod sign_in_limits;
mod word;
