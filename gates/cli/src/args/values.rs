//! Values of arguments, from what a person typed.

use caws_spec::spec::Profile;
use jiff::Timestamp;

/// A profile by its name.
pub(super) fn profile(name: &str) -> Result<Profile, String> {
    Profile::parse(name)
        .ok_or_else(|| format!("expected {}", Profile::ALL.map(Profile::as_str).join(", ")))
}

/// A day, or a moment in UTC: what stands in RFC 3339 order beside the times of entries.
pub(super) fn time(text: &str) -> Result<String, String> {
    const SHAPE: &str = "0000-00-00T00:00:00";
    let moment = text.strip_suffix('Z').unwrap_or(text);
    let whole = text.ends_with('Z') && moment.len() >= SHAPE.len();
    let fits = |(found, shape): (char, char)| match shape {
        '0' => found.is_ascii_digit(),
        other => found == other,
    };
    let fraction = moment.get(SHAPE.len()..).unwrap_or_default();
    let fraction_fits = fraction.is_empty()
        || fraction
            .strip_prefix('.')
            .is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_ascii_digit()));
    if (whole || text.len() == 10) && moment.chars().zip(SHAPE.chars()).all(fits) && fraction_fits {
        Ok(text.to_owned())
    } else {
        Err(
            "expected a day or a moment in UTC, such as 2026-11-21 or 2026-11-21T08:00:00Z"
                .to_owned(),
        )
    }
}

/// A moment, RFC 3339; a day stands for its beginning in UTC.
pub(super) fn beginning(text: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    whole.parse().map_err(|_| {
        "expected a day, or a moment with its offset from UTC, such as 2026-11-21 or 2026-11-21T08:00:00Z"
            .to_owned()
    })
}

/// A file name without surprises.
pub(super) fn key_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=64).contains(&text.len()) && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("expected 1 to 64 letters, digits, - or _".to_owned())
    }
}
