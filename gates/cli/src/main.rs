//! Quality gates with a record an auditor can recompute.

fn main() {}
