//! `POST /provision`: from the fields of a form to a provisioning text.

pub(super) mod basic;
pub(super) mod body;
pub(super) mod endpoint;
pub(super) mod failure;
pub(super) mod fields;
pub(super) mod form;
pub(super) mod gzip;
pub(super) mod illegal_argument;
pub(super) mod placeholder;
