//! Do the limits of one source hold?

use crate::listing::Lead;

use super::*;

fn link(path: &str) -> Link {
    Link::parse(&format!("https://h.test/{path}")).unwrap()
}

fn listing(entries: usize, leads: &[&str], depth: usize) -> Found {
    let lead = |path: &&str| Lead {
        url: link(path),
        modified: None,
    };
    Found {
        address: None,
        kind: Kind::Sitemap,
        listing: Listing {
            entries: vec![Entry::default(); entries],
            leads: leads.iter().map(lead).collect(),
            flaw: None,
        },
        depth,
    }
}

#[test]
fn one_source_asks_for_so_many_documents() {
    let question = Question {
        link: link("a"),
        expected: None,
        depth: 1,
        texts: None,
        wishes: Arc::default(),
    };
    let mut gathered = Gathered::default();
    let mut wave = vec![question.clone(); DOCUMENTS_MAX];
    gathered.limit(&mut wave);
    assert_eq!((wave.len(), &gathered.error), (DOCUMENTS_MAX, &None));
    let mut wave = vec![question];
    gathered.limit(&mut wave);
    assert!(wave.is_empty() && gathered.error.unwrap().contains("more than 5000 documents"));
}

#[test]
fn one_source_names_so_many_articles() {
    let mut gathered = Gathered {
        listed: ARTICLES_MAX - 2,
        ..Gathered::default()
    };
    gathered.take(listing(2, &[], 1), &Choice::default());
    assert_eq!(gathered.error, None);
    gathered.take(listing(1, &[], 1), &Choice::default());
    assert_eq!(gathered.listed, ARTICLES_MAX);
    assert!(
        gathered
            .error
            .unwrap()
            .contains("more than 500000 articles")
    );
}

#[test]
fn documents_lead_to_one_another_so_often() {
    let mut gathered = Gathered::default();
    let choice = Choice::default();
    let mut lead = |depth| gathered.take(listing(0, &["b"], depth), &choice);
    let next = lead(DEPTH_MAX - 1);
    assert_eq!((next.len(), next[0].depth), (1, DEPTH_MAX));
    assert!(lead(DEPTH_MAX).is_empty());
    assert!(gathered.error.unwrap().contains("more than 3 times"));
}
