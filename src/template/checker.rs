//! A type checker: walks a template's syntax tree, and those of all files that it names, and infers the type of every
//! expression, also in branches that no sample user takes.
//!
//! It finds misspelt names, values that have no text, secrets that are compared and text that is escaped twice, each with its
//! line. And it collects which parts of a user a template mentions, so that only those are fetched.
//!
//! Files are walked where they are named, with the names that are known there, as the engine does it. The engine's own
//! `undeclared_variables` is not enough: it overlooks names in slices (`roster[:5]`) and in `{% set vcard = vcard %}`, so that
//! a part would not be fetched, and it knows neither lines, nor members of values, nor other files.
//!
//! # When the engine's syntax tree changes
//!
//! The tree (`minijinja::machinery`, feature `unstable_machinery`) has no stable form, so the engine is pinned to one
//! version. If an upgrade changes too much of it, give up these checks first, in this order:
//!
//! 1. [`namespaces`], [`operands`] and [`Type::SafeText`](types::Type::SafeText): the engine then fails while rendering, mostly
//!    with a sample user, with a worse message.
//! 2. [`blocks`] and the `Unsent` text of [`frame`]: text that is never sent would go unnoticed.
//! 3. The members of values ([`paths`]): the engine's strict mode finds what the samples reach.
//!
//! Not to be given up is what decides which parts are fetched (`Walker::mention`); without the tree it would have to be
//! "everything". The other users of the tree are `library` (which files are named), `language::desugar` (charging for
//! operators, without which a template could do unlimited work) and `trace` (the lines of findings).

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
