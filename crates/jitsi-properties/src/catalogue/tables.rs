//! The catalogue as the build script has made it out of `keys.toml`.

use super::description::{KeyDescription, Protocol, SourceDescription, ValueType};
use super::index::Catalogue;
use super::pattern::{Branch, Hole};
use crate::version::Version;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
