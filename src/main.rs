//! The command `openfire-provisioner`.

use std::process::ExitCode;

use clap::Parser as _;
use openfire_provisioner::cli::Arguments;

fn main() -> ExitCode {
    Arguments::parse().run()
}
