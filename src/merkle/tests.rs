use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// The definition of RFC 9162 §2.1.1, word for word.
fn defined(leaves: &[Digest]) -> Digest {
    match leaves.len() {
        0 => Digest::of(b""),
        1 => leaves[0],
        size => {
            let k = 1 << (size - 1).ilog2();
            node(&defined(&leaves[..k]), &defined(&leaves[k..]))
        }
    }
}

/// PATH of RFC 9162 §2.1.3.1.
fn defined_path(m: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = 1 << (leaves.len() - 1).ilog2();
    let (left, right) = leaves.split_at(k);
    let (mut path, last) = if m < k {
        (defined_path(m, left), defined(right))
    } else {
        (defined_path(m - k, right), defined(left))
    };
    path.push(last);
    path
}

/// SUBPROOF of RFC 9162 §2.1.4.1.
fn defined_subproof(m: usize, leaves: &[Digest], is_whole: bool) -> Vec<Digest> {
    if m == leaves.len() {
        return if is_whole {
            Vec::new()
        } else {
            vec![defined(leaves)]
        };
    }
    let k = 1 << (leaves.len() - 1).ilog2();
    let (left, right) = leaves.split_at(k);
    let (mut path, last) = if m <= k {
        (defined_subproof(m, left, is_whole), defined(right))
    } else {
        (defined_subproof(m - k, right, false), defined(left))
    };
    path.push(last);
    path
}

fn tree(leaves: &[Digest]) -> Tree {
    let mut tree = Tree::default();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree
}

fn path(mut subtrees: Subtrees, leaves: &[Digest]) -> Vec<Digest> {
    for leaf in leaves {
        subtrees.push(*leaf);
    }
    subtrees.path()
}

fn numbered(size: usize) -> Vec<Digest> {
    (0..size)
        .map(|it| leaf(it.to_string().as_bytes()))
        .collect()
}

/// The leaves and roots that implementations of Certificate Transparency test each other with (google/certificate-transparency,
/// `merkletree/merkle_tree_test.cc`).
#[test]
fn roots_are_those_of_other_implementations() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::default();
    assert_eq!(tree.root().to_string(), roots[0]);
    for (line, root) in leaves.iter().zip(&roots[1..]) {
        tree.push(leaf(line));
        assert_eq!(tree.root().to_string(), *root);
    }
}

#[test]
fn roots_and_paths_are_those_of_the_definition() {
    for size in 0..=40 {
        let leaves = numbered(size);
        let root = tree(&leaves).root();
        assert_eq!(root, defined(&leaves));
        for index in 0..size {
            let included = path(Subtrees::of_inclusion(index as u64, size as u64), &leaves);
            assert_eq!(included, defined_path(index, &leaves), "{index} of {size}");
            let leaf = &leaves[index];
            assert!(is_included(
                leaf,
                index as u64,
                size as u64,
                &included,
                &root
            ));
        }
        for old in 1..=size {
            let grown = path(Subtrees::of_consistency(old as u64, size as u64), &leaves);
            assert_eq!(
                grown,
                defined_subproof(old, &leaves, true),
                "{old} of {size}"
            );
            let before = tree(&leaves[..old]).root();
            let (old, new) = ((old as u64, &before), (size as u64, &root));
            assert!(is_consistent(old, new, &grown));
        }
    }
}

#[test]
fn nothing_proves_what_is_not_there() {
    let root = tree(&numbered(5)).root();
    let nothing = Tree::default().root();
    assert!(path(Subtrees::of_inclusion(5, 5), &[]).is_empty());
    assert!(path(Subtrees::of_inclusion(0, 0), &[]).is_empty());
    assert!(!is_included(&root, 0, 0, &[], &root));
    assert!(!is_included(&root, 1, 1, &[], &root));
    assert!(!is_included(&root, u64::MAX - 1, u64::MAX, &[], &root));
    assert!(is_consistent((0, &nothing), (5, &root), &[]));
    assert!(!is_consistent((0, &root), (5, &root), &[]));
    assert!(!is_consistent((6, &root), (5, &root), &[]));
    assert!(!is_consistent((3, &root), (5, &root), &[]));
    assert!(!is_consistent((4, &root), (u64::MAX, &root), &[root; 70]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// One path proves one leaf at one place in one tree.
    #[test]
    fn a_path_proves_nothing_else(size in 1_usize..200, at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let leaves = numbered(size);
        let root = tree(&leaves).root();
        let (index, other) = (at.index(size) as u64, other.index(size) as u64);
        let size = size as u64;
        let included = path(Subtrees::of_inclusion(index, size), &leaves);
        let leaf = leaves[at.index(leaves.len())];
        prop_assert!(is_included(&leaf, index, size, &included, &root));
        prop_assert_eq!(is_included(&leaf, other, size, &included, &root), other == index);
        prop_assert!(!is_included(&flipped(&leaf, bit), index, size, &included, &root));
        prop_assert!(!is_included(&leaf, index, size, &included, &flipped(&root, bit)));
        for place in 0..included.len() {
            let mut wrong = included.clone();
            wrong[place] = flipped(&wrong[place], bit);
            prop_assert!(!is_included(&leaf, index, size, &wrong, &root));
            let short = [&included[..place], &included[place + 1..]].concat();
            prop_assert!(!is_included(&leaf, index, size, &short, &root));
        }
        let long = [included.as_slice(), &[root]].concat();
        prop_assert!(!is_included(&leaf, index, size, &long, &root));
    }

    #[test]
    fn a_log_that_was_changed_is_not_consistent(size in 2_usize..200, at in any::<prop::sample::Index>(), changed in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let leaves = numbered(size);
        let old = 1 + at.index(size - 1);
        let before = tree(&leaves[..old]).root();
        let mut other = leaves.clone();
        let place = changed.index(old);
        other[place] = flipped(&other[place], bit);
        let root = tree(&other).root();
        let grown = path(Subtrees::of_consistency(old as u64, size as u64), &other);
        prop_assert!(!is_consistent((old as u64, &before), (size as u64, &root), &grown));
        let root = tree(&leaves).root();
        let grown = path(Subtrees::of_consistency(old as u64, size as u64), &leaves);
        for place in 0..grown.len() {
            let mut wrong = grown.clone();
            wrong[place] = flipped(&wrong[place], bit);
            prop_assert!(!is_consistent((old as u64, &before), (size as u64, &root), &wrong));
        }
    }

    #[test]
    fn any_claim_gets_an_answer(numbers in any::<[u64; 3]>(), path in vec(0_usize..9, 0..80)) {
        let digests = numbered(9);
        let path: Vec<Digest> = path.into_iter().map(|it| digests[it]).collect();
        prop_assert!(!is_included(&digests[0], numbers[0], numbers[1], &path, &digests[1]));
        let claim = is_consistent((numbers[0], &digests[2]), (numbers[2], &digests[3]), &path);
        prop_assert!(!claim);
    }
}

fn flipped(digest: &Digest, bit: usize) -> Digest {
    let mut text = digest.to_string().into_bytes();
    let value =
        u8::from_str_radix(&digest.to_string()[bit / 4..=bit / 4], 16).unwrap() ^ (1 << (bit % 4));
    text[bit / 4] = char::from_digit(value.into(), 16).unwrap() as u8;
    String::from_utf8(text).unwrap().parse().unwrap()
}
