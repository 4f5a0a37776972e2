//! Signal processing: mono f32 in, mono f32 out, no state shared and nothing random.

pub mod join;
pub mod level;
pub mod limiter;
pub mod loudness;
pub mod resample;
pub mod stretch;
