//! The catalogue as the build script has made it out of `keys.toml`.

use super::description::{KeyDescription, Protocol, SourceDescription, ValueType};
use super::index::{AccountSettings, Catalogue};
use super::pattern::{Hole, Node, Piece};
use crate::version::Version;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
