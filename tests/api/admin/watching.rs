//! What administrators watch: the overview, the requests, and who is locked out.

mod locked_out;
mod overview;
mod request_list;
pub(super) mod site;
