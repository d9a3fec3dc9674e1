//! What these tests share.

pub mod chat;
pub mod kept_streams;
pub mod logins;
