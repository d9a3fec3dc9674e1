//! The administrators' pages: by a visitor without a browser, and in a real one.

mod audit;
mod codes;
mod console_plugin;
mod keyboard;
mod other_sites;
mod pictures;
mod proxy;
mod requests;
mod sessions;
mod signing_in;
mod walk;
mod without_scripts;
