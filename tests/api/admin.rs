//! The administrators' pages.

mod listing;
mod preview;
