//! Hooks: scripts for git alone, and the same for prek and pre-commit.

/// Milliseconds: the documents, each mistake at its place.
pub(super) const PRE_COMMIT: &str = "\
#!/bin/sh
# Installed by: git config core.hooksPath .caws/hooks
exec caws validate --quiet
";

/// What takes longer runs before a push.
pub(super) const PRE_PUSH: &str = "\
#!/bin/sh
# Installed by: git config core.hooksPath .caws/hooks
exec caws gates spec static
";

/// Read by prek as well as by pre-commit.
pub(super) const PRE_COMMIT_CONFIG: &str = "\
# Hooks for prek or pre-commit: `prek install` or `pre-commit install`.
default_install_hook_types: [pre-commit, pre-push]
repos:
  - repo: local
    hooks:
      - id: caws-validate
        name: caws validate
        entry: caws validate --quiet
        language: system
        pass_filenames: false
        stages: [pre-commit]
      - id: caws-static
        name: caws static checks
        entry: caws gates spec static
        language: system
        pass_filenames: false
        stages: [pre-push]
";
