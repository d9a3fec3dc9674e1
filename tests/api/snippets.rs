//! Snippets for other servers: the command that prints them, and the service behind proxies that read them.

mod command;
mod proxies;
