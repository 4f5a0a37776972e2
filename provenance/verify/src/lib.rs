//! Recomputes a run from its artifacts.
