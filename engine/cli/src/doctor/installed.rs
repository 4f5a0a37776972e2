//! The folder of models, and what lies in it.

#[cfg(test)]
mod tests;

use std::path::Path;

use kokoro_speech::inspect;
use kokoro_store::{Kind, Listed, Silent, State, Store, Verdict};

use super::{Check, Status};
use crate::exit::CliError;

const WHY_FOLDER: &str = "`kokoro model pull` brings models here";
const WHY_FILE: &str = "it was brought in to speak";

/// The folder, then one check for each file that is there or was begun.
pub(super) fn checks(store: Result<Store, CliError>) -> Vec<Check> {
    let listed = store.and_then(|store| Ok((store.list()?, store)));
    match listed {
        Err(error) => vec![Check {
            name: "models folder".to_owned(),
            status: Status::Warn,
            found: error.to_string(),
            why: WHY_FOLDER,
            mend: None,
        }],
        Ok((listed, store)) => std::iter::once(folder(store.root()))
            .chain(listed.iter().filter_map(|listed| file(&store, listed)))
            .collect(),
    }
}

fn folder(root: &Path) -> Check {
    let there = root
        .ancestors()
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("."));
    let (status, found) = match tempfile::tempfile_in(there) {
        Ok(_) => (Status::Ok, format!("{} can be written", root.display())),
        Err(error) => (
            Status::Warn,
            format!("{} cannot be written: {error}", root.display()),
        ),
    };
    Check {
        name: "models folder".to_owned(),
        status,
        found,
        why: WHY_FOLDER,
        mend: (status == Status::Warn)
            .then(|| "set KOKORO_MODELS to a folder that you can write".to_owned()),
    }
}

fn file(store: &Store, listed: &Listed) -> Option<Check> {
    let again = format!("kokoro model pull {}", listed.file.name);
    let (status, found, mend) = match &listed.state {
        State::Available => return None,
        State::Partial { bytes } => (
            Status::Warn,
            format!("{bytes} bytes came, then it broke off"),
            Some(again),
        ),
        State::Damaged { found } => (Status::Warn, found.clone(), Some(again)),
        State::Unverified => (
            Status::Warn,
            "nobody compared it with a digest, so it is not used".to_owned(),
            Some(format!("{again} --from {}", listed.path.display())),
        ),
        State::Installed => match looked_at(store, listed) {
            Ok(found) => (Status::Ok, found, None),
            Err(found) => (Status::Fail, found, Some(again)),
        },
    };
    Some(Check {
        name: listed.file.name.clone(),
        status,
        found,
        why: WHY_FILE,
        mend,
    })
}

/// What an installed file is, and whether it is what it was.
fn looked_at(store: &Store, listed: &Listed) -> Result<String, String> {
    let verified = store
        .verify(Some(&listed.file.name), &Silent)
        .map_err(|error| error.to_string())?;
    let file = verified.first().ok_or("it is gone")?;
    let digest = match &file.verdict {
        Verdict::Verified { basis } => format!("sha256 {}, {}", file.sha256, basis.words()),
        Verdict::Mismatch { basis, expected } => {
            return Err(format!(
                "expected sha256 {expected} ({}), found {}",
                basis.words(),
                file.sha256
            ));
        }
        Verdict::Unknown => return Err("nobody compared it with a digest".to_owned()),
    };
    let found = match listed.file.kind {
        Kind::Model => model(store, listed),
        Kind::Voices => inspect::voices(&listed.path, None)
            .map(|voices| format!("{} voices", voices.len()))
            .map_err(|error| error.to_string()),
    }?;
    Ok(format!("{found}; {digest}"))
}

fn model(store: &Store, listed: &Listed) -> Result<String, String> {
    let voices = store
        .catalogue()
        .voices_of(&listed.file)
        .and_then(|voices| store.path(&voices.name).ok());
    let found =
        inspect::model(&listed.path, voices.as_deref()).map_err(|error| error.to_string())?;
    let mut text = format!(
        "takes {}; gives {}; symbols of {}",
        found.inputs.join(", "),
        found.outputs.join(", "),
        found.vocabulary
    );
    for (holds, said) in [
        (found.durations, "; tells durations"),
        (!found.any_speed, "; speeds by stretching"),
        (voices.is_none(), "; its voices are not installed"),
    ] {
        if holds {
            text.push_str(said);
        }
    }
    Ok(text)
}
