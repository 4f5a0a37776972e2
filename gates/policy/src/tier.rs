//! Tier policies: what each tier and profile asks.
