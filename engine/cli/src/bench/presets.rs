//! What is spoken. The texts are fixed: results can be compared for as long as they are.

/// One sentence of exactly 140 characters.
pub(crate) const SHORT: &[&str] = &[
    "The quick brown fox jumps over the lazy dog while the five boxing wizards jump quickly, and nobody in the village is surprised by any of it.",
];

/// A paragraph of about 500 characters.
pub(crate) const LONG: &[&str] = &[
    "The harbour was quiet when the last ferry came in. A man in a grey coat stood by the rail and counted the lamps along \
the pier, one after another, until the fog had swallowed them all. Nobody waited for him, and he had not expected anyone to. \
He picked up his case, thanked the captain, and walked towards the town. Behind him the engine coughed twice and fell silent. \
Somewhere a bell was ringing, slow and even, as if it had been counting the same lamps and had come to the same number.",
];

/// Ten sentences that sound different from each other, so that one client's audio in another's stream is noticed.
pub(crate) const LOAD: &[&str] = &[
    "Pack my box with five dozen liquor jugs, said the clerk, and send the bill to my brother in the north before the roads are closed by snow.",
    "How quickly daft jumping zebras vex the old farmer, who only wanted to sleep until noon and to be left alone with his seven orange cats.",
    "Yesterday the museum opened a new hall of clocks; some of them still tick, most of them do not, and one of them runs steadily backwards.",
    "If you turn left at the bakery, cross the bridge, and follow the river for a mile, you will see a white house with a blue painted door.",
    "Bring to the boil, stir for two minutes, lower the heat, cover the pot, and do not lift the lid again until all the water is gone.",
    "In nineteen sixty nine, two people walked on the moon, while a third flew around it alone, farther from company than anyone before him.",
    "Please hold the line: your call is important to us, and one of our colleagues will be with you as soon as the others have gone home.",
    "Six slippery snails slid slowly seaward; the seventh stopped, thought about the salt, and sensibly stayed where the lettuce was growing.",
    "Her violin had been repaired so often that there was little left of the first one, except for the sound, which nobody could explain.",
    "Can you hear the difference between a whisper and the wind? Most people say yes at once, then listen again, and are no longer so sure.",
];

/// Minutes of speech, for clients that do not hear it out: as long a text as a server takes.
pub(crate) fn endless() -> String {
    LOAD.iter()
        .chain(LONG)
        .copied()
        .cycle()
        .take(22)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
