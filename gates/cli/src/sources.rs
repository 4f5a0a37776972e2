//! The texts findings point into.

use std::path::Path;

use caws_evidence::Finding;
use caws_runner::files;
use caws_spec::parse::MAX_BYTES;

/// The text of the file the last finding was in: findings of a file come together.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    last: Option<(String, Option<String>)>,
}

impl Sources {
    /// The whole text a finding points into; nothing where it points nowhere, or where no document can be so
    /// large.
    pub(crate) fn of(&mut self, finding: &Finding) -> Option<&str> {
        let path = &finding.place.as_ref()?.path;
        if self.last.as_ref().is_none_or(|(last, _)| last != path) {
            let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
            // Columns count without a byte order mark.
            let text = files::read_text(Path::new(path), limit)
                .ok()
                .map(|text| text.trim_start_matches('\u{feff}').to_owned());
            self.last = Some((path.clone(), text));
        }
        self.last.as_ref()?.1.as_deref()
    }
}
