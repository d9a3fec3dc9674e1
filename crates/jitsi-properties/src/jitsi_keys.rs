//! Keys and values of Jitsi that have a meaning of their own when a client applies a reply.
//!
//! Read in `ProvisioningServiceImpl`, `ProvisioningActivator` and `AccountID` of Jitsi 2.10.

/// A list of prefixes: the client skips the entries below it whose keys begin with none of them.
pub(crate) const ALLOW_PREFIX: &str = "provisioning.ALLOW_PREFIX";

/// A list of prefixes: the client removes every stored key that begins with none of them.
pub(crate) const ENFORCE_PREFIX: &str = "provisioning.ENFORCE_PREFIX";

/// The value that makes the client remove every stored key that begins with the entry's key.
pub const REMOVE: &str = "${null}";

/// What the key of a Java property begins with, which the client sets for the present run.
pub(crate) const SYSTEM: &str = "${system}.";

/// What the key of a password ends with, which the client encrypts before it stores it.
pub(crate) const PASSWORD: &str = ".PASSWORD";

/// What the key of an encrypted password ends with.
pub(crate) const ENCRYPTED_PASSWORD: &str = ".ENCRYPTED_PASSWORD";

/// By what the client recognises the right master password (`CredentialsStorageServiceImpl.MASTER_PROP`).
pub(crate) const MASTER_PASSWORD: &str = "net.java.sip.communicator.impl.credentialsstorage.MASTER";

/// What nearly all keys of the client begin with.
pub(crate) const CLIENT: &str = "net.java.sip.communicator.";

/// What the keys of all accounts begin with; the protocol's name follows.
pub(crate) const PROTOCOLS: &str = "net.java.sip.communicator.impl.protocol.";

/// What the keys of defaults for accounts begin with: where the client looks for a setting that an account does not
/// have (`AccountID.getDefaultString`).
pub(crate) const ACCOUNT_DEFAULTS: &str = "net.java.sip.communicator.service.protocol.";

/// Saved chat rooms, last status and order of the accounts, by account.
pub(crate) const ACCOUNT_STATE: &str = "net.java.sip.communicator.impl.gui.accounts.";

/// How the client finds the address at which it asks for provisioning.
pub(crate) const METHOD: &str = "net.java.sip.communicator.plugin.provisioning.METHOD";

/// The address at which the client asks for provisioning.
pub(crate) const URL: &str = "net.java.sip.communicator.plugin.provisioning.URL";

/// The number by which a server can recognise the client.
pub(crate) const UUID: &str = "net.java.sip.communicator.UUID";

/// The password with which the client asks for provisioning, as a reply sets it.
pub(crate) const PROVISIONING_PASSWORD: &str = "net.java.sip.communicator.plugin.provisioning.auth";

/// The user name with which the client asks for provisioning.
pub(crate) const PROVISIONING_USER: &str = "net.java.sip.communicator.plugin.provisioning.auth.USERNAME";

/// What a client needs to ask for provisioning again: how and where, who it is, and what it logs in with.
pub(crate) const NEEDED_TO_ASK: [&str; 5] =
    [UUID, METHOD, URL, "net.java.sip.communicator.plugin.provisioning.auth.ENCRYPTED_PASSWORD", PROVISIONING_USER];

/// Whether a key, or an account's setting, is that of a password, which the client encrypts and keeps out of its log.
pub(crate) fn is_password(key: &str) -> bool {
    key.ends_with(PASSWORD) || key == "PASSWORD"
}
