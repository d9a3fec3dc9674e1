//! The pages in a real browser.

mod keyboard;
mod other_sites;
mod pictures;
mod proxy;
mod requests;
mod walk;
mod without_scripts;
