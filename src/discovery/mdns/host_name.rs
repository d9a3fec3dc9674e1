//! The name of this process on the link.

/// Bytes of the machine's name that are kept; a label has at most 63 (RFC 1035 section 2.3.4).
const MOST_OF_MACHINE: usize = 30;

/// A host name that is no other's, so that it does not collide with that of an Avahi on this machine. It begins with the
/// machine's name, for people who see it.
#[derive(Debug, Clone)]
pub(super) struct HostName {
    full: String,
}

impl HostName {
    /// The name of this process.
    pub(super) fn new() -> Self {
        let machine = nix::unistd::gethostname().unwrap_or_default();
        Self::of(&machine.to_string_lossy(), rand::random())
    }

    fn of(machine: &str, number: u32) -> Self {
        let first = machine.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let kept: String =
            first.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(MOST_OF_MACHINE).collect();
        Self { full: format!("{kept}-provisioning-{number:08x}.local.").trim_start_matches('-').to_owned() }
    }

    /// The whole name, with a dot at its end.
    pub(super) fn as_str(&self) -> &str {
        &self.full
    }

    /// Whether a host is this process: also under the name that the responder takes if this one has an owner on a link, as on
    /// two interfaces of one link.
    pub(super) fn is_ours(&self, host: &str) -> bool {
        let Some(rest) = host.strip_prefix(self.full.trim_end_matches(".local.")) else { return false };
        rest == ".local." || rest.starts_with('-')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_begins_with_that_of_the_machine() {
        for (machine, expected) in [
            ("Chat.example.org", "chat-provisioning-0000002a.local."),
            ("my_host", "myhost-provisioning-0000002a.local."),
            ("", "provisioning-0000002a.local."),
            (&"x".repeat(64), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-provisioning-0000002a.local."),
        ] {
            assert_eq!(HostName::of(machine, 42).as_str(), expected, "{machine}");
        }
        assert_ne!(HostName::new().as_str(), HostName::new().as_str());
    }

    #[test]
    fn other_processes_are_others() {
        let host = HostName::of("chat", 42);
        for (other, is_ours) in [
            ("chat-provisioning-0000002a.local.", true),
            ("chat-provisioning-0000002a-2.local.", true),
            ("chat-provisioning-0000002b.local.", false),
            ("chat.local.", false),
        ] {
            assert_eq!(host.is_ours(other), is_ours, "{other}");
        }
    }
}
