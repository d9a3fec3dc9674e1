//! The administrators' pages, as a client sees them that is no browser.

mod locked_out;
mod overview;
mod requests;
mod visitor;
