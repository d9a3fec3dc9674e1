//! Reads a template's syntax tree and those of all files that it names: every name in them, in branches too that no
//! sample takes.
//!
//! The engine's own `undeclared_variables` is not enough: it overlooks names in slices (`roster[:5]`) and in
//! `{% set vcard = vcard %}`, so a part would not be fetched; it knows neither lines nor what is inside a value, nor other
//! files. Those are walked where they are named, with the names that are known there, since that is what the engine does.

mod blocks;
mod expressions;
mod files;
mod frame;
mod names;
mod namespaces;
mod operands;
mod paths;
mod scopes;
mod statements;
mod types;
mod walker;

pub(super) use self::walker::{Checker, Usage};
