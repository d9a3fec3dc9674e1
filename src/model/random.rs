//! Random bytes for what must not be guessed.

use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

/// The system gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this system gives no random numbers")]
pub struct NoRandomness;

/// Random bytes of the system.
pub(crate) fn random_bytes<const BYTES: usize>() -> Result<Zeroizing<[u8; BYTES]>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    SystemRandom::new().fill(&mut *bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
