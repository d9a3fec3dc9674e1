//! `POST /provision`: from the fields of a form to a provisioning text.

mod basic;
mod body;
mod endpoint;
mod failure;
mod fields;
mod form;
mod illegal_argument;
mod placeholder;

pub(super) use self::endpoint::{Head, ProvisioningEndpoint};
