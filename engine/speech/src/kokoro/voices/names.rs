//! What voices are called: language and gender by prefix, OpenAI's names, the nearest name to a mistyped one.

#[cfg(test)]
mod tests;

use crate::engine::Voice;

/// OpenAI's voice names and the voices of Kokoro that are most like them.
const OPENAI: [(&str, &str); 13] = [
    ("alloy", "af_alloy"),
    ("ash", "am_adam"),
    ("ballad", "am_michael"),
    ("cedar", "am_liam"),
    ("coral", "af_nicole"),
    ("echo", "am_echo"),
    ("fable", "bf_emma"),
    ("marin", "af_river"),
    ("nova", "af_nova"),
    ("onyx", "am_onyx"),
    ("sage", "af_sarah"),
    ("shimmer", "af_sky"),
    ("verse", "am_eric"),
];

/// The English voices of Kokoro v1.0, whose names many programs have as their default.
const KOKORO: &str = "af_alloy af_aoede af_bella af_heart af_jessica af_kore af_nicole af_nova af_river af_sarah af_sky \
    am_adam am_echo am_eric am_fenrir am_liam am_michael am_onyx am_puck am_santa \
    bf_alice bf_emma bf_isabella bf_lily bm_daniel bm_fable bm_george bm_lewis";

/// The English voices of Kokoro v1.0.
pub(crate) fn kokoro() -> impl Iterator<Item = Voice> {
    KOKORO.split_whitespace().filter_map(described)
}

/// Has voices answer to the names of others: to each name the first of the same language and gender.
pub(crate) fn answer_for(voices: &mut [Voice], others: impl Iterator<Item = Voice>) {
    for other in others {
        let alike =
            |voice: &&mut Voice| voice.language == other.language && voice.gender == other.gender;
        if let Some(voice) = voices.iter_mut().find(alike) {
            voice.aliases.push(other.id);
        }
    }
}

/// A voice by its name: `<language><gender>_<name>`. A name made otherwise is taken for an American one; `None` for a
/// language whose pronunciation we do not have.
pub(crate) fn described(id: &str) -> Option<Voice> {
    let (prefix, own) = match id {
        // The first exports had one voice called after the prefix alone.
        "af" | "am" | "bf" | "bm" => (id, id),
        _ => id.split_once('_').unwrap_or(("", id)),
    };
    let (language, gender) = match prefix {
        "af" => ("en-US", "female"),
        "am" => ("en-US", "male"),
        "bf" => ("en-GB", "female"),
        "bm" => ("en-GB", "male"),
        _ if is_foreign(prefix) => return None,
        _ => ("en-US", "neutral"),
    };
    let mut letters = own.chars();
    let name = letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    });
    Some(Voice {
        id: id.to_owned(),
        name,
        language: language.to_owned(),
        gender,
        aliases: Vec::new(),
    })
}

fn is_foreign(prefix: &str) -> bool {
    let mut letters = prefix.chars();
    letters.next().is_some_and(|l| "efhijpz".contains(l)) && matches!(letters.as_str(), "f" | "m")
}

/// Gives each of OpenAI's names to a voice: the one most like it where it is there, else one of the same language and
/// gender, else of the same gender, else any. Names that share a choice are spread over the voices.
pub(crate) fn alias(voices: &mut [Voice]) {
    for (turn, (name, wanted)) in OPENAI.iter().enumerate() {
        let like = described(wanted);
        let like = like.as_ref();
        let exact = |voice: &Voice| voice.id == *wanted;
        let same = |voice: &Voice| {
            like.is_some_and(|like| like.language == voice.language && like.gender == voice.gender)
        };
        let gender = |voice: &Voice| like.is_some_and(|like| like.gender == voice.gender);
        let tests: [&dyn Fn(&Voice) -> bool; 4] = [&exact, &same, &gender, &|_| true];
        let Some(fits) = tests.iter().find(|fits| voices.iter().any(fits)) else {
            return;
        };
        let count = voices.iter().filter(|voice| fits(voice)).count();
        if let Some(voice) = voices
            .iter_mut()
            .filter(|voice| fits(voice))
            .nth(turn % count.max(1))
        {
            voice.aliases.push((*name).to_owned());
        }
    }
}

/// The name most like a mistyped one, if any is like it.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}
