//! The shape of the source: who may know whom, no circles, no folder too wide, and targets of the log that stay.
//!
//! It reads the source as text and needs nothing of the service, so it is built in a second. The table is in `map.rs`.

#[cfg(test)]
mod arrows;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod map;
#[cfg(test)]
mod source;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod workspace;
