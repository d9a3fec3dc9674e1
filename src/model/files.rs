//! Files as the configuration names them: reading only ordinary ones, certificates of authorities, and the user that reads
//! them, for messages. And files that the service itself writes.

pub(crate) mod authorities;
pub(crate) mod name_service;
pub(crate) mod ordinary_file;
pub(crate) mod own_file;
pub(crate) mod process_user;
pub(crate) mod service_user;
