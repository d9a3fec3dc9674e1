//! The administrators' pages.

mod audit;
mod settings;
