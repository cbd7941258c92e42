use super::*;

#[test]
fn each_way_of_a_disk_to_refuse_has_its_own_hint() {
    let kinds = [
        io::ErrorKind::StorageFull,
        io::ErrorKind::QuotaExceeded,
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ];
    // EIO, EMFILE: the library has no kinds for them.
    let numbers = if cfg!(unix) { &[5, 24][..] } else { &[] };
    let errors: Vec<io::Error> = (kinds.into_iter().map(io::Error::from))
        .chain(numbers.iter().copied().map(io::Error::from_raw_os_error))
        .collect();
    let number = errors.len();
    let hint = |error| {
        Err::<(), _>(error)
            .at("write", Path::new("x"))
            .unwrap_err()
            .hint()
    };
    let hints: std::collections::BTreeSet<_> = errors
        .into_iter()
        .map(|error| hint(error).unwrap())
        .collect();
    assert_eq!(hints.len(), number);
    assert_eq!(hint(io::ErrorKind::UnexpectedEof.into()), None);
}

#[test]
fn a_message_names_a_few_candidates() {
    let candidates = |count| ArchiveError::AmbiguousArticle {
        text: "a".to_owned(),
        candidates: (0..count).map(|number| format!("a{number}")).collect(),
    };
    assert_eq!(
        candidates(2).to_string(),
        "\"a\" is more than one article: a0, a1"
    );
    assert!(
        candidates(9)
            .to_string()
            .ends_with("a0, a1, a2, a3, a4 and 4 more")
    );
}
