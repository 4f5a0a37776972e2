//! Gigabytes of builds, of projects that are gone.

use std::path::Path;

use crate::record;

/// File in a project's folder that says where the project lies.
const OF: &str = "project";

/// Notes whose folder `own` is, and takes away the folders beside it whose project is gone. What cannot be written or taken away costs
/// room on the disk and nothing else.
pub(crate) fn sweep(own: &Path, root: &Path) {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let _ = record::write(&own.join(OF), root.to_string_lossy().as_bytes());
    let folders = own.parent().and_then(|all| std::fs::read_dir(all).ok());
    for folder in folders.into_iter().flatten().flatten() {
        // One that says nothing was left by an older caws, or is about to say it.
        let of = std::fs::read_to_string(folder.path().join(OF));
        if of.is_ok_and(|root| matches!(Path::new(&root).try_exists(), Ok(false))) {
            let _ = std::fs::remove_dir_all(folder.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_projects_that_are_gone_goes_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let folder = |name: &str, of: Option<&Path>| {
            let folder = home.path().join("cache").join(name);
            std::fs::create_dir_all(folder.join("target")).unwrap();
            if let Some(of) = of {
                std::fs::write(folder.join(OF), of.to_str().unwrap()).unwrap();
            }
            folder
        };
        let root = home.path().join("project");
        std::fs::create_dir(&root).unwrap();
        let own = folder("own", None);
        let other = folder("other", Some(home.path()));
        let gone = folder("gone", Some(&home.path().join("gone")));
        let older = folder("older", None);
        sweep(&own, &root);
        assert_eq!(
            [&own, &other, &gone, &older].map(|folder| folder.is_dir()),
            [true, true, false, true]
        );
        let said = std::fs::read_to_string(own.join(OF)).unwrap();
        assert_eq!(Path::new(&said), root.canonicalize().unwrap());
        // When the project itself is gone, the next one to run takes its builds away.
        std::fs::remove_dir(&root).unwrap();
        sweep(&other, home.path());
        assert!(!own.exists());
    }
}
