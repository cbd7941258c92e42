//! By which copy is the log put in order? By one in a folder, then by one on a web server: of neither is anything believed that
//! does not hold together and belong to what lies here.

use crate::archive::log::FILE_BYTES_MAX;
use crate::archive::{Alone, ArchiveError, Donor, Fetched, layout};
use crate::finding::Finding;
use crate::link::Link;

use super::Sources;
use super::deed::{Deed, deed};
use super::web::Web;
use super::work::Mended;

/// What came of asking a copy: why it could not.
type Asked = Result<Mended, String>;

/// Puts the log in order by the first copy that can; `None` where nothing is wrong with it.
pub(super) async fn mend(
    alone: &Alone,
    found: &[Finding],
    sources: &Sources,
) -> Result<Option<Asked>, ArchiveError> {
    if !found.iter().any(|finding| deed(finding) == Deed::Log) {
        return Ok(None);
    }
    let mut troubles = Vec::new();
    for donor in sources.donors.iter().filter(|donor| donor.is_archive()) {
        let name = donor.root().display().to_string();
        match ask(alone, donor, name)? {
            Ok(mended) => return Ok(Some(Ok(mended))),
            Err(trouble) => troubles.push(trouble),
        }
    }
    if let Some(web) = &sources.web {
        for copy in &web.copies {
            let name = copy.without_user_info().to_string();
            let fetched = fetch(web, copy, alone).await?;
            let asked = if fetched.is_empty() {
                Err(format!("{name} does not serve its log"))
            } else {
                ask(alone, fetched.donor(), name)?
            };
            match asked {
                Ok(mended) => return Ok(Some(Ok(mended))),
                Err(trouble) => troubles.push(trouble),
            }
        }
    }
    let why = if troubles.is_empty() {
        "only a copy of the archive can say what the log said; name one with --from".to_owned()
    } else {
        troubles.join("; ")
    };
    Ok(Some(Err(why)))
}

fn ask(alone: &Alone, donor: &Donor, name: String) -> Result<Asked, ArchiveError> {
    Ok(match alone.mend_log(donor)? {
        // Nothing was put back, so what is wrong is not the log's fault: something of another archive lies here.
        Ok(0) => Err(format!(
            "{name}: the log there says no more than the one here"
        )),
        Ok(_) => Ok(Mended { from: Some(name) }),
        Err(why) => Err(format!("{name}: {why}")),
    })
}

/// Fetches the log of a copy, file by file: each says by its last entry how the next one is called.
async fn fetch(web: &Web, copy: &Link, alone: &Alone) -> Result<Fetched, ArchiveError> {
    let mut fetched = alone.fetched()?;
    let mut next = Some(0);
    while let Some(first) = next {
        let file = layout::log_file(first);
        let (_, Some(bytes)) = web.file(copy, &file, FILE_BYTES_MAX).await else {
            break;
        };
        next = fetched.put(first, &bytes)?;
    }
    Ok(fetched)
}
