use proptest::collection::vec;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::*;
use crate::ssh::NAMESPACE;

const MESSAGE: &[u8] = include_bytes!("../../../tests/ssh/message");

/// Made by `ssh-keygen -Y sign -n offprint` of OpenSSH 9.2.
const VECTORS: [&[u8]; 5] = [
    include_bytes!("../../../tests/ssh/ed25519.sig"),
    include_bytes!("../../../tests/ssh/sha256.sig"),
    include_bytes!("../../../tests/ssh/p256.sig"),
    include_bytes!("../../../tests/ssh/p384.sig"),
    include_bytes!("../../../tests/ssh/rsa.sig"),
];

#[track_caller]
fn check(signature: &[u8], message: &[u8], expected: Verdict) {
    let signature = Signature::parse(signature).unwrap();
    let kind = signature.key().kind();
    assert_eq!(signature.judge(NAMESPACE, message), expected, "{kind}");
}

#[test]
fn what_ssh_keygen_signed_holds_and_holds_for_nothing_else() {
    for signature in VECTORS {
        check(signature, MESSAGE, Verdict::Holds);
        check(signature, b"Another text, signed.\n", Verdict::Broken);
        check(signature, b"", Verdict::Broken);
    }
    let git = include_bytes!("../../../tests/ssh/other-purpose.sig");
    check(git, MESSAGE, Verdict::Broken);
    let git = Signature::parse(git).unwrap();
    assert_eq!(git.judge("git", MESSAGE), Verdict::Holds);
    // A curve that is not judged here, and a key that is too short to be trusted.
    check(
        include_bytes!("../../../tests/ssh/p521.sig"),
        MESSAGE,
        Verdict::Unknown,
    );
    check(
        include_bytes!("../../../tests/ssh/rsa1024.sig"),
        MESSAGE,
        Verdict::Unknown,
    );
}

#[test]
fn a_key_has_the_fingerprint_that_ssh_keygen_prints() {
    let line = include_str!("../../../tests/ssh/ed25519.pub");
    let key = PublicKey::parse(line).unwrap();
    assert_eq!(
        key.fingerprint(),
        include_str!("../../../tests/ssh/ed25519.fingerprint").trim()
    );
    assert_eq!(key.kind(), "ssh-ed25519");
    assert_eq!(Signature::parse(VECTORS[0]).unwrap().key(), &key);
    assert_eq!(key.short_name().len(), 16);
    for wrong in [
        "",
        "ssh-ed25519",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5",
        "ssh-ed25519 ?",
    ] {
        assert_eq!(PublicKey::parse(wrong), None, "{wrong}");
    }
}

/// Returns the signature, as a token writes it, of the bytes that it makes of what is to be signed.
fn by_token(kind: &str, public: &[&[u8]], sign: impl Fn(&[u8]) -> Vec<u8>) -> Signature {
    let application = b"ssh:";
    let mut key = Vec::new();
    push_string(&mut key, kind.as_bytes());
    for field in public {
        push_string(&mut key, field);
    }
    push_string(&mut key, application);
    let mut signed = MAGIC.to_vec();
    for part in [
        NAMESPACE.as_bytes(),
        b"",
        b"sha512",
        digest(&SHA512, MESSAGE).as_ref(),
    ] {
        push_string(&mut signed, part);
    }
    let said = [1, 0, 0, 0, 7];
    let of = |bytes: &[u8]| digest(&SHA256, bytes);
    let bytes = sign(&[of(application).as_ref(), &said, of(&signed).as_ref()].concat());
    let mut signature = Vec::new();
    push_string(&mut signature, kind.as_bytes());
    push_string(&mut signature, &bytes);
    signature.extend(said);
    Signature {
        key: PublicKey::new(&key),
        namespace: NAMESPACE.into(),
        reserved: Vec::new(),
        hash: Hash::Sha512,
        bytes: signature,
    }
}

/// No token is at hand in a test, so its part is played.
#[test]
fn what_a_token_signed_holds() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let public = pair.public_key().as_ref();
    let signature = by_token("sk-ssh-ed25519@openssh.com", &[public], |bytes| {
        pair.sign(bytes).as_ref().to_vec()
    });
    assert_eq!(signature.judge(NAMESPACE, MESSAGE), Verdict::Holds);
    assert_eq!(signature.judge(NAMESPACE, b"another"), Verdict::Broken);
    let mut counted = signature.clone();
    *counted.bytes.last_mut().unwrap() += 1;
    assert_eq!(counted.judge(NAMESPACE, MESSAGE), Verdict::Broken);

    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &random).unwrap();
    let public = [b"nistp256".as_slice(), pair.public_key().as_ref()];
    let signature = by_token("sk-ecdsa-sha2-nistp256@openssh.com", &public, |bytes| {
        let signature = pair.sign(&random, bytes).unwrap();
        let mut numbers = Vec::new();
        signature
            .as_ref()
            .chunks(32)
            .for_each(|number| push_positive(&mut numbers, number));
        numbers
    });
    assert_eq!(signature.judge(NAMESPACE, MESSAGE), Verdict::Holds);
    assert_eq!(signature.judge(NAMESPACE, b"another"), Verdict::Broken);
}

fn push_positive(bytes: &mut Vec<u8>, number: &[u8]) {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let mut number = number[zeros..].to_vec();
    if number[0] >= 0x80 {
        number.insert(0, 0);
    }
    push_string(bytes, &number);
}

#[test]
fn every_changed_bit_is_noticed() {
    for vector in VECTORS {
        for at in 0..vector.len() {
            // One bit of each byte: all of them would take a minute.
            let mut changed = vector.to_vec();
            changed[at] ^= 1 << (at % 8);
            let verdict = Signature::parse(&changed).map(|it| it.judge(NAMESPACE, MESSAGE));
            assert_ne!(verdict, Ok(Verdict::Holds), "byte {at}");
            assert!(Signature::parse(&vector[..at]).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_fields_are_survived(bytes in vec(any::<u8>(), 0..120), kind in 0_usize..6) {
        let kinds = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ssh-rsa", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"];
        let mut key = Vec::new();
        push_string(&mut key, kinds[kind].as_bytes());
        key.extend(&bytes);
        let mut signature = Vec::new();
        push_string(&mut signature, kinds[kind].as_bytes());
        signature.extend(&bytes);
        let verdict = PublicKey::new(&key).judge(b"message", &signature);
        prop_assert_ne!(verdict, Verdict::Holds);
        prop_assert!(Signature::parse(&bytes).is_err());
        let fields = [MAGIC, &[0, 0, 0, 1], &bytes].concat();
        if let Some(signature) = Signature::of_fields(&fields) {
            prop_assert_ne!(signature.judge(NAMESPACE, b"message"), Verdict::Holds);
        }
    }
}
