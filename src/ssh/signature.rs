//! What does a signature of `ssh-keygen -Y sign` say, and does it hold? OpenSSH, PROTOCOL.sshsig. Pure.

use data_encoding::BASE64;
use ring::digest::{SHA256, SHA512, digest};

use super::key::PublicKey;
use super::wire::{Fields, push_string};

/// The longest signature that is read: that of the largest RSA key of OpenSSH takes a tenth.
pub const SIGNATURE_BYTES_MAX: u64 = 64 * 1024;

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// What a signature begins with, and so does what is signed.
const MAGIC: &[u8] = b"SSHSIG";

const VERSION: u32 = 1;

/// A signature, and the key that it says is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    key: PublicKey,
    namespace: Vec<u8>,
    reserved: Vec<u8>,
    hash: Hash,
    /// Kind and bytes.
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

/// A text that is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not in the armour of one.
    #[error("it is no signature of ssh-keygen")]
    Armor,
    /// Its bytes are not those of one, of the only version that there is.
    #[error("what stands in it is no SSH signature of version 1")]
    Fields,
}

/// Whether a signature is its key's, under some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Holds,
    /// It is not: it, or the bytes, were changed, or it was made for another purpose.
    Broken,
    /// Its key is of a kind that can't be judged here.
    Unknown,
}

impl Signature {
    /// Reads a file of `ssh-keygen -Y sign`. Only as that writes it: whatever is changed in it is noticed.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, SignatureError> {
        let bytes = unarmored(bytes).ok_or(SignatureError::Armor)?;
        Self::of_fields(&bytes).ok_or(SignatureError::Fields)
    }

    fn of_fields(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        (fields.bytes(MAGIC.len())? == MAGIC).then_some(())?;
        (fields.number()? == VERSION).then_some(())?;
        let signature = Self {
            key: PublicKey::new(fields.string()?),
            namespace: fields.string()?.to_vec(),
            reserved: fields.string()?.to_vec(),
            hash: match fields.string()? {
                b"sha256" => Hash::Sha256,
                b"sha512" => Hash::Sha512,
                _ => return None,
            },
            bytes: fields.string()?.to_vec(),
        };
        fields.is_done().then_some(signature)
    }

    /// Returns the key that it says is its own.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Says whether it is its key's under `message`, made for `namespace`.
    #[must_use]
    pub fn judge(&self, namespace: &str, message: &[u8]) -> Verdict {
        if self.namespace != namespace.as_bytes() {
            return Verdict::Broken;
        }
        let (name, hashed) = match self.hash {
            Hash::Sha256 => ("sha256", digest(&SHA256, message)),
            Hash::Sha512 => ("sha512", digest(&SHA512, message)),
        };
        let mut signed = MAGIC.to_vec();
        for part in [
            &self.namespace,
            &self.reserved,
            name.as_bytes(),
            hashed.as_ref(),
        ] {
            push_string(&mut signed, part);
        }
        self.key.judge(&signed, &self.bytes)
    }
}

/// Returns the bytes in the armour: between two lines, base64 in lines of one length, the last of which may be shorter.
fn unarmored(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let body = text.strip_prefix(BEGIN)?.strip_prefix('\n')?;
    let body = body.strip_suffix('\n')?.strip_suffix(END)?;
    let lines: Vec<&str> = body.strip_suffix('\n')?.split('\n').collect();
    let (last, full) = lines.split_last()?;
    let width = full.first().unwrap_or(last).len();
    let is_even = full.iter().all(|line| line.len() == width);
    let is_even = is_even && (1..=width).contains(&last.len());
    is_even.then(|| BASE64.decode(lines.concat().as_bytes()).ok())?
}

#[cfg(test)]
mod tests;
