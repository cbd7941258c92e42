//! Does a key's signature fit some bytes? Home of ring, which has the arithmetic. Pure.

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, EcdsaVerificationAlgorithm,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};

use super::signature::Verdict;
use super::wire::Fields;

/// The public half of a key, as SSH writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicKey(Vec<u8>);

/// A key of a kind that we can judge signatures of.
enum Kind<'a> {
    Ed25519(&'a [u8]),
    Ecdsa(Curve, &'a [u8]),
    Rsa {
        exponent: &'a [u8],
        modulus: &'a [u8],
    },
    /// A key in a FIDO token: what it signs is said by the one inside.
    Token {
        application: &'a [u8],
        inner: Box<Kind<'a>>,
    },
}

#[derive(Clone, Copy)]
struct Curve {
    algorithm: &'static EcdsaVerificationAlgorithm,
    /// Bytes of one of the two numbers of a signature.
    bytes: usize,
}

const P256: Curve = Curve {
    algorithm: &ECDSA_P256_SHA256_FIXED,
    bytes: 32,
};

const P384: Curve = Curve {
    algorithm: &ECDSA_P384_SHA384_FIXED,
    bytes: 48,
};

/// Bytes of the modulus of an RSA key that can be judged: shorter ones are too weak, longer ones nobody has.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

impl PublicKey {
    /// Takes the bytes of a key, of whatever kind.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Reads the first line of a public key's file: kind, base64, and a comment.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (kind, base64) = (words.next()?, words.next()?);
        Self::of_words(kind, base64)
    }

    pub(super) fn of_words(kind: &str, base64: &str) -> Option<Self> {
        let bytes = data_encoding::BASE64.decode(base64.as_bytes()).ok()?;
        let own = Fields(&bytes).string()?;
        (own == kind.as_bytes()).then_some(Self(bytes))
    }

    /// Returns its fingerprint, as `ssh-keygen -l` prints it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = digest(&SHA256, &self.0);
        format!("SHA256:{}", BASE64_NOPAD.encode(digest.as_ref()))
    }

    /// Returns a name that every file system takes: the first 16 hexadecimal digits of its SHA-256.
    #[must_use]
    pub fn short_name(&self) -> String {
        let digest = digest(&SHA256, &self.0);
        HEXLOWER.encode(&digest.as_ref()[..8])
    }

    /// Returns the name of its kind, such as `ssh-ed25519`; empty where it says none.
    #[must_use]
    pub fn kind(&self) -> String {
        let name = Fields(&self.0).string().unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    }

    /// Says whether `signature`, as SSH writes one, is this key's under `message`.
    pub(super) fn judge(&self, message: &[u8], signature: &[u8]) -> Verdict {
        let Some(kind) = self.read() else {
            return Verdict::Unknown;
        };
        let holds = kind.holds(message, signature);
        if holds == Some(true) {
            Verdict::Holds
        } else {
            Verdict::Broken
        }
    }

    fn read(&self) -> Option<Kind<'_>> {
        let mut fields = Fields(&self.0);
        let kind = match fields.string()? {
            b"ssh-ed25519" => Kind::Ed25519(fields.string()?),
            b"ecdsa-sha2-nistp256" => ecdsa(&mut fields, b"nistp256", P256)?,
            b"ecdsa-sha2-nistp384" => ecdsa(&mut fields, b"nistp384", P384)?,
            b"ssh-rsa" => {
                let (exponent, modulus) = (fields.positive()?, fields.positive()?);
                let is_known = MODULUS_BYTES.contains(&modulus.len());
                is_known.then_some(Kind::Rsa { exponent, modulus })?
            }
            b"sk-ssh-ed25519@openssh.com" => {
                let inner = Kind::Ed25519(fields.string()?);
                token(&mut fields, inner)?
            }
            b"sk-ecdsa-sha2-nistp256@openssh.com" => {
                let inner = ecdsa(&mut fields, b"nistp256", P256)?;
                token(&mut fields, inner)?
            }
            _ => return None,
        };
        fields.is_done().then_some(kind)
    }
}

/// RFC 5656 §3.1.
fn ecdsa<'a>(fields: &mut Fields<'a>, name: &[u8], curve: Curve) -> Option<Kind<'a>> {
    (fields.string()? == name).then_some(())?;
    Some(Kind::Ecdsa(curve, fields.string()?))
}

/// OpenSSH, PROTOCOL.u2f.
fn token<'a>(fields: &mut Fields<'a>, inner: Kind<'a>) -> Option<Kind<'a>> {
    Some(Kind::Token {
        application: fields.string()?,
        inner: Box::new(inner),
    })
}

impl Kind<'_> {
    /// Says whether the signature is right; `None` where it is none of this kind.
    fn holds(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        let mut fields = Fields(signature);
        let algorithm = fields.string()?;
        let bytes = fields.string()?;
        let (message, own) = match self {
            Self::Token { application, inner } => {
                let said = fields.bytes(FLAGS_AND_COUNTER)?;
                (said_by_token(application, said, message), inner.as_ref())
            }
            _ => (message.to_vec(), self),
        };
        fields.is_done().then_some(())?;
        let is_token = matches!(self, Self::Token { .. });
        own.holds_plain(is_token, algorithm, &message, bytes)
    }

    fn holds_plain(
        &self,
        is_token: bool,
        algorithm: &[u8],
        message: &[u8],
        bytes: &[u8],
    ) -> Option<bool> {
        match (self, algorithm, is_token) {
            (Self::Ed25519(key), b"ssh-ed25519", false)
            | (Self::Ed25519(key), b"sk-ssh-ed25519@openssh.com", true) => {
                Some(is_right(&ED25519, key, message, bytes))
            }
            (Self::Ecdsa(curve, key), b"ecdsa-sha2-nistp256", false)
            | (Self::Ecdsa(curve, key), b"sk-ecdsa-sha2-nistp256@openssh.com", true)
                if curve.bytes == P256.bytes =>
            {
                let bytes = fixed(bytes, curve.bytes)?;
                Some(is_right(curve.algorithm, key, message, &bytes))
            }
            (Self::Ecdsa(curve, key), b"ecdsa-sha2-nistp384", false)
                if curve.bytes == P384.bytes =>
            {
                let bytes = fixed(bytes, curve.bytes)?;
                Some(is_right(curve.algorithm, key, message, &bytes))
            }
            (Self::Rsa { exponent, modulus }, _, false) => {
                let key = RsaPublicKeyComponents {
                    n: *modulus,
                    e: *exponent,
                };
                // Not `ssh-rsa`, which is SHA-1 (RFC 8332).
                let padding = match algorithm {
                    b"rsa-sha2-256" => &RSA_PKCS1_2048_8192_SHA256,
                    b"rsa-sha2-512" => &RSA_PKCS1_2048_8192_SHA512,
                    _ => return None,
                };
                Some(key.verify(padding, message, bytes).is_ok())
            }
            _ => None,
        }
    }
}

/// What a token says beside its signature: a byte of flags, and how often it has signed.
const FLAGS_AND_COUNTER: usize = 5;

/// Returns what a token signs: where it is used, what it says, and the hash of what was to be signed.
fn said_by_token(application: &[u8], said: &[u8], message: &[u8]) -> Vec<u8> {
    let (application, message) = (digest(&SHA256, application), digest(&SHA256, message));
    [application.as_ref(), said, message.as_ref()].concat()
}

fn is_right(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = UnparsedPublicKey::new(algorithm, key);
    key.verify(message, signature).is_ok()
}

/// Writes the two numbers of an ECDSA signature (RFC 5656 §3.1.2) one after the other, each in as many bytes as the curve has.
fn fixed(bytes: &[u8], width: usize) -> Option<Vec<u8>> {
    let mut fields = Fields(bytes);
    let mut fixed = Vec::with_capacity(2 * width);
    for _ in 0..2 {
        let number = fields.positive()?;
        fixed.resize(fixed.len() + width.checked_sub(number.len())?, 0);
        fixed.extend(number);
    }
    fields.is_done().then_some(fixed)
}
