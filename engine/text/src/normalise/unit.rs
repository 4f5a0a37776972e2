//! Units of measurement.

use crate::Accent;

/// How a unit is written and said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// As written, case and all.
    symbol: &'static str,
    one: &'static str,
    many: &'static str,
    /// Whether it is a unit also where a blank parts it from its number: `5 km`, but not `5 in`.
    apart: bool,
}

const fn unit(symbol: &'static str, one: &'static str, many: &'static str) -> Unit {
    Unit {
        symbol,
        one,
        many,
        apart: true,
    }
}

const fn close(symbol: &'static str, one: &'static str, many: &'static str) -> Unit {
    Unit {
        symbol,
        one,
        many,
        apart: false,
    }
}

const UNITS: [Unit; 156] = [
    unit("nm", "nanometer", "nanometers"),
    unit("μm", "micrometer", "micrometers"),
    unit("mm", "millimeter", "millimeters"),
    unit("cm", "centimeter", "centimeters"),
    unit("m", "meter", "meters"),
    unit("km", "kilometer", "kilometers"),
    unit("Km", "kilometer", "kilometers"),
    unit("KM", "kilometer", "kilometers"),
    unit("mm²", "square millimeter", "square millimeters"),
    unit("cm²", "square centimeter", "square centimeters"),
    unit("m²", "square meter", "square meters"),
    unit("km²", "square kilometer", "square kilometers"),
    unit("cm³", "cubic centimeter", "cubic centimeters"),
    unit("m³", "cubic meter", "cubic meters"),
    unit("km³", "cubic kilometer", "cubic kilometers"),
    unit("m^2", "square meter", "square meters"),
    unit("m^3", "cubic meter", "cubic meters"),
    unit("km^2", "square kilometer", "square kilometers"),
    unit("ft²", "square foot", "square feet"),
    unit("in²", "square inch", "square inches"),
    unit("mi²", "square mile", "square miles"),
    unit("ft³", "cubic foot", "cubic feet"),
    unit("sqft", "square foot", "square feet"),
    unit("ha", "hectare", "hectares"),
    close("in", "inch", "inches"),
    close("″", "inch", "inches"),
    close("′", "foot", "feet"),
    unit("ft", "foot", "feet"),
    unit("yd", "yard", "yards"),
    unit("yds", "yard", "yards"),
    unit("mi", "mile", "miles"),
    unit("nmi", "nautical mile", "nautical miles"),
    unit("mg", "milligram", "milligrams"),
    unit("μg", "microgram", "micrograms"),
    unit("mcg", "microgram", "micrograms"),
    unit("g", "gram", "grams"),
    unit("kg", "kilogram", "kilograms"),
    unit("Kg", "kilogram", "kilograms"),
    unit("KG", "kilogram", "kilograms"),
    unit("kgs", "kilogram", "kilograms"),
    unit("oz", "ounce", "ounces"),
    unit("lb", "pound", "pounds"),
    unit("lbs", "pound", "pounds"),
    unit("ml", "milliliter", "milliliters"),
    unit("mL", "milliliter", "milliliters"),
    unit("μL", "microliter", "microliters"),
    unit("cl", "centiliter", "centiliters"),
    unit("dl", "deciliter", "deciliters"),
    unit("l", "liter", "liters"),
    unit("L", "liter", "liters"),
    unit("gal", "gallon", "gallons"),
    unit("tsp", "teaspoon", "teaspoons"),
    unit("tbsp", "tablespoon", "tablespoons"),
    unit("ns", "nanosecond", "nanoseconds"),
    unit("μs", "microsecond", "microseconds"),
    close("us", "microsecond", "microseconds"),
    unit("ms", "millisecond", "milliseconds"),
    unit("s", "second", "seconds"),
    unit("sec", "second", "seconds"),
    unit("secs", "second", "seconds"),
    unit("min", "minute", "minutes"),
    unit("mins", "minute", "minutes"),
    unit("h", "hour", "hours"),
    unit("hr", "hour", "hours"),
    unit("hrs", "hour", "hours"),
    unit("wk", "week", "weeks"),
    unit("wks", "week", "weeks"),
    unit("mo", "month", "months"),
    unit("mos", "month", "months"),
    unit("yr", "year", "years"),
    unit("yrs", "year", "years"),
    close("d", "day", "days"),
    close("y", "year", "years"),
    unit("mph", "mile per hour", "miles per hour"),
    unit("kph", "kilometer per hour", "kilometers per hour"),
    unit("kmh", "kilometer per hour", "kilometers per hour"),
    unit("mpg", "mile per gallon", "miles per gallon"),
    unit("kn", "knot", "knots"),
    unit("fps", "frame per second", "frames per second"),
    unit("rpm", "revolution per minute", "revolutions per minute"),
    unit("bpm", "beat per minute", "beats per minute"),
    unit("Hz", "hertz", "hertz"),
    unit("kHz", "kilohertz", "kilohertz"),
    unit("KHz", "kilohertz", "kilohertz"),
    unit("MHz", "megahertz", "megahertz"),
    unit("GHz", "gigahertz", "gigahertz"),
    unit("THz", "terahertz", "terahertz"),
    close("B", "byte", "bytes"),
    unit("kB", "kilobyte", "kilobytes"),
    unit("KB", "kilobyte", "kilobytes"),
    unit("MB", "megabyte", "megabytes"),
    unit("GB", "gigabyte", "gigabytes"),
    unit("TB", "terabyte", "terabytes"),
    unit("PB", "petabyte", "petabytes"),
    unit("KiB", "kibibyte", "kibibytes"),
    unit("MiB", "mebibyte", "mebibytes"),
    unit("GiB", "gibibyte", "gibibytes"),
    unit("TiB", "tebibyte", "tebibytes"),
    unit("kb", "kilobit", "kilobits"),
    unit("Mb", "megabit", "megabits"),
    unit("Gb", "gigabit", "gigabits"),
    unit("bps", "basis point", "basis points"),
    unit("kbps", "kilobit per second", "kilobits per second"),
    unit("Kbps", "kilobit per second", "kilobits per second"),
    unit("Mbps", "megabit per second", "megabits per second"),
    unit("Gbps", "gigabit per second", "gigabits per second"),
    unit("MBps", "megabyte per second", "megabytes per second"),
    unit("V", "volt", "volts"),
    unit("mV", "millivolt", "millivolts"),
    unit("kV", "kilovolt", "kilovolts"),
    unit("A", "amp", "amps"),
    unit("mA", "milliamp", "milliamps"),
    unit("mAh", "milliamp hour", "milliamp hours"),
    unit("Ah", "amp hour", "amp hours"),
    unit("W", "watt", "watts"),
    unit("mW", "milliwatt", "milliwatts"),
    unit("kW", "kilowatt", "kilowatts"),
    unit("MW", "megawatt", "megawatts"),
    unit("GW", "gigawatt", "gigawatts"),
    unit("TW", "terawatt", "terawatts"),
    unit("Wh", "watt hour", "watt hours"),
    unit("kWh", "kilowatt hour", "kilowatt hours"),
    unit("MWh", "megawatt hour", "megawatt hours"),
    unit("GWh", "gigawatt hour", "gigawatt hours"),
    unit("Ω", "ohm", "ohms"),
    unit("kΩ", "kilohm", "kilohms"),
    unit("MΩ", "megohm", "megohms"),
    unit("F", "farad", "farads"),
    unit("μF", "microfarad", "microfarads"),
    unit("J", "joule", "joules"),
    unit("kJ", "kilojoule", "kilojoules"),
    unit("MJ", "megajoule", "megajoules"),
    unit("cal", "calorie", "calories"),
    unit("kcal", "kilocalorie", "kilocalories"),
    unit("N", "newton", "newtons"),
    unit("Pa", "pascal", "pascals"),
    unit("kPa", "kilopascal", "kilopascals"),
    unit("hPa", "hectopascal", "hectopascals"),
    unit("MPa", "megapascal", "megapascals"),
    unit("psi", "pound per square inch", "pounds per square inch"),
    unit("dB", "decibel", "decibels"),
    unit("dBA", "decibel", "decibels"),
    unit("hp", "horsepower", "horsepower"),
    unit("px", "pixel", "pixels"),
    unit("ppm", "part per million", "parts per million"),
    unit("dpi", "dot per inch", "dots per inch"),
    unit("°", "degree", "degrees"),
    unit("°C", "degree Celsius", "degrees Celsius"),
    unit("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    unit("pts", "point", "points"),
    close("st", "stone", "stone"),
    unit("°N", "degree north", "degrees north"),
    unit("°S", "degree south", "degrees south"),
    unit("°E", "degree east", "degrees east"),
    unit("°W", "degree west", "degrees west"),
    unit("atm", "atmosphere", "atmospheres"),
];

/// Words after a stroke: `$5/month`, `90 km/h`.
const PER: [(&str, &str); 27] = [
    ("s", "second"),
    ("sec", "second"),
    ("min", "minute"),
    ("h", "hour"),
    ("hr", "hour"),
    ("hour", "hour"),
    ("d", "day"),
    ("day", "day"),
    ("wk", "week"),
    ("week", "week"),
    ("mo", "month"),
    ("month", "month"),
    ("y", "year"),
    ("yr", "year"),
    ("year", "year"),
    ("kg", "kilogram"),
    ("g", "gram"),
    ("lb", "pound"),
    ("L", "liter"),
    ("l", "liter"),
    ("mL", "milliliter"),
    ("dL", "deciliter"),
    ("m²", "square meter"),
    ("m³", "cubic meter"),
    ("km", "kilometer"),
    ("s²", "second squared"),
    ("person", "person"),
];

/// American units, and how the British spell them.
const BRITISH: [(&str, &str); 2] = [("meter", "metre"), ("liter", "litre")];

/// The unit of a symbol. `apart`: a blank stands before it.
pub(super) fn find(symbol: &str, apart: bool) -> Option<&'static Unit> {
    UNITS
        .iter()
        .find(|u| u.symbol == symbol && (u.apart || !apart))
}

/// How a unit is said, for one of it or for several.
pub(super) fn say(unit: &Unit, single: bool, accent: Accent) -> String {
    spell(if single { unit.one } else { unit.many }, accent)
}

/// The words of what stands after a number: a unit, or a unit per another.
pub(super) fn suffix(text: &str, single: bool, apart: bool, accent: Accent) -> Option<String> {
    if let Some(unit) = find(text, apart) {
        return Some(say(unit, single, accent));
    }
    let (left, right) = text.split_once('/')?;
    let unit = find(left, apart)?;
    Some(format!(
        "{} per {}",
        say(unit, single, accent),
        per(right, accent)?
    ))
}

/// What follows a stroke, as in `per hour`.
pub(super) fn per(text: &str, accent: Accent) -> Option<String> {
    PER.iter()
        .find(|(symbol, _)| *symbol == text)
        .map(|(_, said)| spell(said, accent))
}

fn spell(american: &str, accent: Accent) -> String {
    if accent == Accent::American {
        return american.to_owned();
    }
    let mut said = american.to_owned();
    for (here, there) in BRITISH {
        said = said.replace(here, there);
    }
    said
}
