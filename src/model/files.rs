//! Reading files safely: what may be no ordinary file, certificates of authorities, and the user that reads them.

pub(crate) mod authorities;
pub(crate) mod ordinary_file;
pub(crate) mod process_user;
