//! What must hold for what strangers sign: signatures, files of signers, checkpoints, proofs?

use jiff::Timestamp;
use jiff::tz::TimeZone;
use offprint::checkpoint::{Checkpoint, Signed};
use offprint::proof::{Proof, check};
use offprint::ssh::{NAMESPACE, PublicKey, Signature, Signers, Standing, Verdict};

/// A text that ssh-keygen signed; its signature and its key.
const MESSAGE: &[u8] = include_bytes!("../../ssh/message");
const SIGNATURE: &str = include_str!("../../ssh/ed25519.sig");
const KEY: &str = include_str!("../../ssh/ed25519.pub");

/// No bytes are a signature of a text but the one that its key made; no bytes are a checkpoint but in their one form; a file of signers
/// has an answer for every key.
pub fn signature(data: &[u8]) {
    if let Ok(signature) = Signature::parse(data) {
        let is_right = data == SIGNATURE.as_bytes();
        let holds = signature.judge(NAMESPACE, MESSAGE) == Verdict::Holds;
        // Whoever has a fuzzer has no key.
        assert_eq!(holds, is_right);
    }
    let signature = Signature::parse(SIGNATURE.as_bytes()).expect("it is one");
    let holds = signature.judge(NAMESPACE, data) == Verdict::Holds;
    assert_eq!(holds, data == MESSAGE);
    assert!(Signed::read(data, SIGNATURE.as_bytes()).is_err());
    if let Ok(checkpoint) = Checkpoint::parse(data) {
        let again = Checkpoint::parse(checkpoint.to_text().as_bytes());
        assert_eq!(again, Ok(checkpoint));
    }
    let text = String::from_utf8_lossy(data);
    let key = PublicKey::parse(KEY).expect("it is one");
    for text in [text.to_string(), format!("{text} {KEY}")] {
        if let Ok(signers) = Signers::parse(&text, &TimeZone::UTC) {
            let now = Timestamp::UNIX_EPOCH;
            for name in [Some("kai@example.com"), None] {
                let standing = signers.standing(&key, NAMESPACE, now, name);
                assert_ne!(standing, Standing::Good(String::new()), "{text}");
            }
        }
    }
}

/// A proof has one form, and proves nothing without a signature.
pub fn proof(data: &[u8]) {
    if let Ok(proof) = Proof::parse(data) {
        assert_eq!(proof.to_bytes(), data);
        assert!(check(&proof).is_err());
    }
}
