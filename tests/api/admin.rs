//! The administrators' pages: by a visitor without a browser, and in a real one.

mod audit;
mod keyboard;
mod locked_out;
mod other_sites;
mod overview;
mod pictures;
mod proxy;
mod request_list;
mod requests;
mod settings;
mod site;
mod walk;
mod without_scripts;
