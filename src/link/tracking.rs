//! Which parameters of an address say only how its reader came there? Pure.

use super::Link;

/// Names of parameters that count readers and change nothing of what is served: of campaigns (`utm_`, Matomo's `mtm_` and `pk_`),
/// of clicks on advertisements and in messages. What ends with `_` is the beginning of names.
const TRACKING: &[&str] = &[
    "utm_",
    "mtm_",
    "pk_",
    "hsa_",
    "_hsenc",
    "_hsmi",
    "__hstc",
    "__hssc",
    "__hsfp",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "_openstat",
    "rb_clickid",
    "s_cid",
    "wickedid",
    "at_medium",
    "at_campaign",
    "spm_id_from",
    "vd_source",
];

impl Link {
    /// Returns the URL without the parameters that say only how a reader came there. What else its query says stays as it is
    /// written, to the byte.
    #[must_use]
    pub fn without_tracking(&self) -> Self {
        let Some(query) = self.0.query() else {
            return self.clone();
        };
        let kept: Vec<&str> = query.split('&').filter(|part| !is_tracking(part)).collect();
        if kept.len() == query.split('&').count() {
            return self.clone();
        }
        let mut url = self.0.clone();
        let query = kept.join("&");
        url.set_query((!query.is_empty()).then_some(&query));
        Self(url)
    }
}

fn is_tracking(part: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default();
    let begins = |start: &str| {
        let head = name.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    TRACKING
        .iter()
        .any(|known| begins(known) && (known.len() == name.len() || known.ends_with('_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_counts_readers_goes() {
        for (url, expected) in [
            ("https://h.test/a", "https://h.test/a"),
            ("https://h.test/a?", "https://h.test/a?"),
            (
                "https://h.test/a?utm_source=rss&utm_medium=feed#c",
                "https://h.test/a#c",
            ),
            (
                "https://h.test/a?id=1&UTM_Source=x&b=%E4&fbclid=Y",
                "https://h.test/a?id=1&b=%E4",
            ),
            ("https://h.test/?p=12&gclid", "https://h.test/?p=12"),
            (
                "https://h.test/?fbclids=1&utm=2&x=utm_source",
                "https://h.test/?fbclids=1&utm=2&x=utm_source",
            ),
            ("https://h.test/?a&&b", "https://h.test/?a&&b"),
        ] {
            assert_eq!(
                Link::parse(url).unwrap().without_tracking().as_str(),
                expected
            );
        }
    }
}
