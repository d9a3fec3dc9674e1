//! The administrators' pages.

mod codes;
mod sessions;
mod signing_in;
