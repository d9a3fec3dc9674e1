//! The command `openfire-provisioner`.

fn main() {}
