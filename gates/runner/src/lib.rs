//! Plans and runs gates: tools, cache, scheduler.
