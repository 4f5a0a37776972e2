//! Reports of a run for terminals, people and other programs.
