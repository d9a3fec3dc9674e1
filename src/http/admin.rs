//! The administrators' pages, below `/admin`: HTML that works without a script, in several languages.
//!
//! Only here do cookies, forms of browsers and redirects exist. What administrators may see and do is decided by
//! `administration`; here it becomes pages.

mod advice;
mod assets;
mod cookie;
mod csrf;
mod endpoint;
mod frame;
mod language;
mod page_answer;
mod pages;
mod plot;
mod render;
mod request;
mod response;
mod view;
mod visit;

pub(super) use self::endpoint::{AdminEndpoint, PageHead};
