use super::*;

fn proof() -> Proof {
    let sealed = Sealed {
        signature: "signature".to_owned(),
        text: "text\n".to_owned(),
    };
    let entry = Included {
        index: 1,
        line: "{}".to_owned(),
        path: vec![Digest::of(b"a")],
    };
    Proof::new(sealed, entry, "{\"图\":1}\n".to_owned(), None)
}

#[test]
fn what_is_written_is_read() {
    let bytes = proof().to_bytes();
    assert_eq!(Proof::parse(&bytes).unwrap(), proof());
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with(
        "{\"checkpoint\":{\"signature\":\"signature\",\"text\":\"text\\n\"},\"entry\":{\"index\":1,"
    ));
    assert!(text.ends_with(",\"format\":1,\"snapshot\":\"{\\\"图\\\":1}\\n\"}\n"));
}

#[test]
fn there_is_one_written_form() {
    let text = String::from_utf8(proof().to_bytes()).unwrap();
    for (from, to) in [
        (":1,", ": 1,"),
        ("\\n\"}\n", "\\u000a\"}\n"),
        ("}\n", "}"),
        ("}\n", "}\n\n"),
    ] {
        assert!(text.contains(from), "{from}");
        let other = text.replacen(from, to, 1);
        assert!(
            matches!(Proof::parse(other.as_bytes()), Err(ProofError::Form)),
            "{to}"
        );
    }
    let added = text.replacen("\"format\"", "\"extra\":0,\"format\"", 1);
    assert!(matches!(
        Proof::parse(added.as_bytes()),
        Err(ProofError::Shape(_))
    ));
    let later = text.replacen("\"format\":1", "\"format\":2", 1);
    assert!(matches!(
        Proof::parse(later.as_bytes()),
        Err(ProofError::LaterFormat(2))
    ));
    for none in ["", "{}", "null", &"[".repeat(100_000)] {
        assert!(matches!(
            Proof::parse(none.as_bytes()),
            Err(ProofError::Shape(_))
        ));
    }
}

#[test]
fn what_nobody_signed_proves_nothing() {
    let flaw = check(&proof()).unwrap_err();
    assert!(
        matches!(
            flaw,
            Flawed::Checkpoint {
                which: SignedAs::Newer,
                ..
            }
        ),
        "{flaw}"
    );
}
