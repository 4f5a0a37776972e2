//! Text to segments, phonemes and tokens; pure.
