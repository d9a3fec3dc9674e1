//! What the tests share.

pub(crate) mod http_client;
pub(crate) mod http_front;
