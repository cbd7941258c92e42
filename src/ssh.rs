//! Who signed these bytes? Keys and signatures of SSH, and files that say whose a key is. Pure.
//!
//! Signatures are those of `ssh-keygen -Y sign`, and what is judged here is judged as `ssh-keygen -Y verify` does.

mod key;
mod signature;
mod signers;
mod wire;

pub use key::PublicKey;
pub use signature::{SIGNATURE_BYTES_MAX, Signature, SignatureError, Verdict};
pub use signers::{SIGNERS_BYTES_MAX, Signers, SignersError, Standing};

/// What signatures of Offprint are for: one that was made for another purpose, such as a commit of git, is none of a checkpoint.
pub const NAMESPACE: &str = "offprint";
