//! Words in capitals, and words in mixed case: which are said and which are spelled.

use super::speaker::Speaker;

/// Acronyms that are said as words, though short or hard to tell.
const SAID: [&str; 82] = [
    "NASA", "NATO", "OPEC", "AIDS", "FIFA", "UEFA", "ASEAN", "NAFTA", "OSHA", "FEMA", "POTUS",
    "SCOTUS", "FLOTUS", "COVID", "SARS", "MERS", "RAM", "ROM", "DRAM", "SRAM", "VRAM", "LAN",
    "WAN", "SIM", "PIN", "GIF", "JPEG", "MPEG", "ASCII", "BIOS", "CRUD", "LASIK", "SWAT", "AWOL",
    "NASDAQ", "DARPA", "CERN", "NORAD", "BAFTA", "MIDI", "VAT", "PAC", "RAID", "HIPAA", "GAAP",
    "UNIX", "YOLO", "FOMO", "DOS", "NAND", "CMOS", "SATA", "REST", "SOAP", "AJAX", "OWASP", "BERT",
    "SLAM", "IMAX", "ZIP", "NIMBY", "NERF", "SONAR", "RADAR", "LASER", "LIDAR", "SCUBA", "UNICEF",
    "UNESCO", "INTERPOL", "NIC", "SPAC", "SNAP", "STEM", "PETA", "NOLA", "SCSI", "CRISPR", "POSIX",
    "MOSFET", "TIFF", "EULA",
];

/// Words that are neither said as written nor spelled: as written, as said.
const RESPELLED: [(&str, &str); 65] = [
    ("IPv", "IPV"),
    ("ur", "your"),
    ("JSON", "Jason"),
    ("YAML", "yamel"),
    ("GUI", "gooey"),
    ("WASM", "wazm"),
    ("CUDA", "cooda"),
    ("IKEA", "ikea"),
    ("OK", "okay"),
    ("'n", "and"),
    ("MySQL", "my SQL"),
    ("PostgreSQL", "Postgres QL"),
    ("NoSQL", "no SQL"),
    ("SQLite", "SQ lite"),
    ("NVMe", "NVME"),
    ("PCIe", "PCIE"),
    ("iOS", "I OS"),
    ("iPadOS", "I pad OS"),
    ("macOS", "mac OS"),
    ("iPhone", "I phone"),
    ("iPhones", "I phones"),
    ("iPad", "I pad"),
    ("iPads", "I pads"),
    ("iPod", "I pod"),
    ("iMac", "I mac"),
    ("iCloud", "I cloud"),
    ("iTunes", "I tunes"),
    ("eBay", "E bay"),
    ("eBook", "E book"),
    ("eBooks", "E books"),
    ("WiFi", "Wi-Fi"),
    ("Wifi", "Wi-Fi"),
    ("wifi", "Wi-Fi"),
    ("LaTeX", "lay tech"),
    ("TeX", "tech"),
    ("GitHub", "git hub"),
    ("github", "git hub"),
    ("GitLab", "git lab"),
    ("regex", "redge ex"),
    ("nginx", "engine X"),
    ("localhost", "local host"),
    ("kubectl", "cube control"),
    ("NaCl", "NACL"),
    ("NaOH", "NAOH"),
    ("HCl", "HCL"),
    ("KCl", "KCL"),
    ("YouTube", "YouTube"),
    ("WWI", "World War one"),
    ("WWII", "World War two"),
    ("PhDs", "PHD's"),
    ("pls", "please"),
    ("Pls", "please"),
    ("plz", "please"),
    ("thx", "thanks"),
    ("Thx", "thanks"),
    ("idk", "IDK"),
    ("imo", "IMO"),
    ("imho", "IMHO"),
    ("afaik", "AFAIK"),
    ("omg", "OMG"),
    ("Ctrl", "control"),
    ("ctrl", "control"),
    ("Cmd", "command"),
    ("cmd", "command"),
    ("FTSE", "footsie"),
];

/// Spelled, though long enough and with vowels enough to be taken for words.
const SPELLED: [&str; 30] = [
    "NAACP", "ASPCA", "IUPAC", "AFAIK", "AFAICT", "IMHO", "LGBTQ", "LGBTQIA", "HTTPS", "FAANG",
    "UEFI", "USAF", "USDA", "ISBN", "IEEE", "ICAO", "UCLA", "AARP", "AFLCIO", "EBITDA", "ECOWAS",
    "IATSE", "ISSN", "UTC", "USB", "USA", "API", "URL", "URLS", "OECD",
];

/// Acronyms known to be spelled even among shouted words.
const ALWAYS_SPELLED: [&str; 60] = [
    "FBI", "CIA", "NSA", "USA", "UK", "EU", "UN", "API", "APIS", "CPU", "GPU", "USB", "URL",
    "HTML", "CSS", "HTTP", "HTTPS", "SQL", "XML", "PDF", "TV", "DVD", "CD", "PC", "DNA", "RNA",
    "BBC", "CNN", "NBC", "ABC", "CBS", "IBM", "BMW", "CEO", "CFO", "CTO", "FAQ", "ATM", "GPS",
    "LED", "LCD", "AI", "ML", "VR", "AR", "NYC", "LA", "DC", "EST", "PST", "GMT", "UTC", "PHP",
    "SSD", "HDD", "VPN", "IP", "TCP", "UDP", "DNS",
];

/// Short words that people put in capitals for stress.
const STRESSED: [&str; 170] = [
    "A", "I", "AM", "AN", "AS", "AT", "BE", "BY", "DO", "GO", "HE", "IF", "IN", "IS", "ME", "MY",
    "NO", "OF", "ON", "OR", "SO", "TO", "UP", "WE", "OH", "HI", "ALL", "AND", "ANY", "ARE", "ASK",
    "BAD", "BIG", "BUT", "BUY", "CAN", "DAY", "DID", "END", "FAR", "FEW", "FOR", "FUN", "GET",
    "GOT", "GUY", "HAD", "HAS", "HER", "HEY", "HIM", "HIS", "HOT", "HOW", "ITS", "JOB", "LET",
    "LOT", "MAN", "MAY", "MEN", "NEW", "NOT", "NOW", "OFF", "OLD", "ONE", "OUR", "OUT", "OWN",
    "PAY", "PUT", "RUN", "SAD", "SAY", "SEE", "SET", "SHE", "THE", "TOO", "TRY", "TWO", "USE",
    "WAS", "WAY", "WHO", "WHY", "WIN", "WON", "YES", "YET", "YOU", "ALSO", "AWAY", "BACK", "BEEN",
    "BEST", "BOTH", "CALL", "CAME", "COME", "DATA", "DEAD", "DONE", "DOWN", "EACH", "EVEN", "EVER",
    "FACT", "FILE", "FIND", "FIRE", "FREE", "FROM", "FULL", "GAVE", "GIVE", "GOOD", "GREAT",
    "HATE", "HAVE", "HELP", "HERE", "HIGH", "HOLD", "HOME", "HUGE", "INTO", "JUST", "KEEP", "KNOW",
    "LAST", "LIFE", "LIKE", "LIVE", "LONG", "LOOK", "LOVE", "MADE", "MAKE", "MANY", "MORE", "MOST",
    "MUCH", "MUST", "NEED", "NEWS", "NEXT", "NICE", "NOTE", "ONCE", "ONLY", "OPEN", "OVER", "READ",
    "REAL", "SAID", "SALE", "SAME", "SEND", "SHOW", "SOME", "STOP", "SURE", "TAKE", "TELL", "THAN",
    "THAT", "THEM", "THEN",
];
/// The rest of them.
const STRESSED_TOO: [&str; 223] = [
    "THEY", "THIS", "TIME", "TODO", "TRUE", "TURN", "UPON", "VERY", "WAIT", "WANT", "WARN", "WELL",
    "WENT", "WERE", "WHAT", "WHEN", "WILL", "WITH", "WORD", "WORK", "YEAR", "YOUR", "ZERO", "NULL",
    "DANGER", "FALSE", "HOPE", "PLEASE", "BOOK", "FAST", "SLOW", "HARD", "EASY", "HALF", "LESS",
    "LATE", "MEAN", "MINE", "MOVE", "NEAR", "PART", "PAST", "PLAN", "PLAY", "POST", "HEAD", "RULE",
    "SAFE", "SEEN", "SHUT", "SIDE", "SOON", "SUCH", "TALK", "TEAM", "TEST", "TOLD", "TOOK", "TOWN",
    "TYPE", "USED", "USER", "VIEW", "VOTE", "WALK", "WEEK", "WISH", "LOSE", "LOST", "LOUD", "KILL",
    "KIND", "GAME", "GIRL", "GOLD", "GONE", "FOOD", "FOOT", "FOUR", "FIVE", "NINE", "FORM", "FACE",
    "FAIL", "FEEL", "EXIT", "EDIT", "DARK", "DEAL", "DEAR", "DOOR", "DROP", "CARE", "CASE", "CITY",
    "CODE", "COLD", "COOL", "COST", "BABY", "BANK", "BASE", "BEAR", "BEAT", "BLUE", "BODY", "BORN",
    "BOSS", "BURN", "BUSY", "AREA", "ARMY", "ABLE", "HERO", "HEAT", "HEAR", "IDEA", "ITEM", "JOIN",
    "JUMP", "LAND", "LEFT", "LINE", "LIST", "LOAD", "LOCK", "MAIN", "MEET", "MIND", "MISS", "MOON",
    "NAME", "PAGE", "PAID", "PARK", "PICK", "PULL", "PUSH", "RAIN", "RATE", "BED", "BOX", "BOY",
    "BUS", "CAR", "CUP", "CUT", "DOG", "EAT", "EGG", "EYE", "GUN", "HIT", "KEY", "KID", "LAW",
    "LEG", "LIE", "LOW", "MAP", "MOM", "DAD", "MUM", "OIL", "RED", "SIT", "SIX", "SKY", "SON",
    "SUN", "TAX", "TEN", "TOP", "TOY", "WET", "WOW", "ZOO", "ADD", "AGO", "AIR", "ARM", "ATE",
    "BAN", "BIT", "DIE", "DRY", "DUE", "FIX", "FLY", "HUG", "ILL", "JOY", "LAY", "MAD", "MIX",
    "NOR", "ODD", "PIG", "POT", "RAW", "RID", "SIR", "TEA", "TIE", "TIP", "WEB", "OOPS", "HELL",
    "DAMN", "LIES", "JUNE", "JULY", "KING", "LADY", "SIGN", "STAY", "STEP", "TREE", "WIFE", "WIND",
    "WISE", "YEAH", "NOPE",
];

/// Whether letters in capitals are a word people put in capitals for stress.
pub(super) fn is_stressed(word: &str) -> bool {
    STRESSED.contains(&word) || STRESSED_TOO.contains(&word)
}

/// Whether letters could be said as an English word: vowels, and no heap of consonants.
pub(super) fn pronounceable(word: &str) -> bool {
    let vowel = |c: char| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut heap = 0;
    let mut vowels = 0;
    for c in word.chars() {
        if vowel(c) || !c.is_ascii_alphabetic() {
            heap = 0;
            vowels += 1;
        } else {
            heap += 1;
            if heap > 4 {
                return false;
            }
        }
    }
    vowels > 0 && !begins_with_heap(word)
}

/// Whether a word begins with consonants no English word begins with.
fn begins_with_heap(word: &str) -> bool {
    const STARTS: [&str; 55] = [
        "bl", "br", "ch", "chr", "cl", "cr", "cz", "dr", "dw", "fl", "fr", "gh", "gl", "gn", "gr",
        "gw", "kh", "kl", "kn", "kr", "ll", "mc", "mn", "ph", "phr", "pl", "pn", "pr", "ps", "pt",
        "qu", "rh", "sc", "sch", "scr", "sh", "shr", "sk", "sl", "sm", "sn", "sp", "sph", "spl",
        "spr", "sq", "st", "str", "sv", "sw", "th", "thr", "tr", "ts", "tw",
    ];
    const MORE: [&str; 6] = ["vl", "wh", "wr", "zh", "zw", "ng"];
    let heap: String = word
        .chars()
        .map(|c| c.to_ascii_lowercase())
        .take_while(|c| c.is_ascii_alphabetic() && !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'))
        .take(5)
        .collect();
    heap.len() > 1 && !STARTS.contains(&heap.as_str()) && !MORE.contains(&heap.as_str())
}

/// Whether the words around are shouted, and whether a sentence begins here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tone {
    pub(super) shouted: bool,
    pub(super) opens: bool,
    /// The next word begins with a capital, as in a title.
    pub(super) title: bool,
    /// It is joined to others by `&`: `AT&T`.
    pub(super) joined: bool,
    /// `the` is before it.
    pub(super) article: bool,
}

/// Says a word of letters, with the apostrophes inside it.
pub(super) fn say(word: &str, tone: Tone, out: &mut Speaker<'_>) {
    let (bare, owned) = match word.strip_suffix("'s").or_else(|| word.strip_suffix("'S")) {
        Some(bare) if !bare.is_empty() => (bare, true),
        _ => (word, false),
    };
    if let Some((_, said)) = RESPELLED.iter().find(|(written, _)| *written == bare) {
        if owned {
            out.say(&format!("{said}'s"));
        } else {
            out.say(said);
        }
        return;
    }
    let mut letters = bare.chars();
    if let (Some(only), None) = (letters.next(), letters.next()) {
        single(only, word, owned, tone, out);
        return;
    }
    if bare.chars().any(|c| super::symbol::greek(c).is_some()) {
        greek_or_word(bare, if owned { "'s" } else { "" }, out);
        return;
    }
    if bare.chars().all(char::is_uppercase) {
        capitals(bare, owned, tone, out);
        return;
    }
    if tone.joined
        && bare.len() == 2
        && bare.ends_with('s')
        && bare.starts_with(|c: char| c.is_ascii_uppercase())
    {
        // M&Ms.
        out.letters(bare.get(..1).unwrap_or_default(), true);
        return;
    }
    // APIs, GPUs, PhDs.
    if let Some(bare) = bare.strip_suffix('s')
        && bare.len() >= 2
        && bare.bytes().all(|b| b.is_ascii_uppercase())
    {
        if SAID.contains(&bare) {
            out.word(word);
        } else {
            out.letters(bare, true);
        }
        return;
    }
    mixed(bare, owned, tone, out);
}

fn single(letter: char, word: &str, owned: bool, tone: Tone, out: &mut Speaker<'_>) {
    match letter {
        'I' => out.word(word),
        'a' if !owned => out.word(word),
        'A' if !owned && (tone.opens || tone.title || tone.shouted) => out.word("a"),
        _ if super::symbol::greek(letter).is_some() => {
            out.say(super::symbol::greek(letter).unwrap_or_default());
        }
        _ => out.letters(&letter.to_string(), owned),
    }
}

fn capitals(bare: &str, owned: bool, tone: Tone, out: &mut Speaker<'_>) {
    let ending = if owned { "'s" } else { "" };
    let lower = || format!("{}{ending}", bare.to_lowercase());
    if SAID.contains(&bare) {
        out.word(&format!("{bare}{ending}"));
    } else if SPELLED.contains(&bare)
        || ALWAYS_SPELLED.contains(&bare)
        || tone.joined
        || tone.article && bare == "WHO"
    {
        out.letters(bare, owned);
    } else if is_stressed(bare)
        || !bare.is_ascii()
        || (bare.len() >= if tone.shouted { 3 } else { 5 } && pronounceable(bare))
    {
        // Names are looked up with their capital: WASHINGTON.
        if tone.shouted || is_stressed(bare) || !bare.is_ascii() {
            out.word(&lower());
        } else {
            let (first, rest) = bare.split_at(1);
            out.word(&format!("{first}{}{ending}", rest.to_lowercase()));
        }
    } else {
        out.letters(bare, owned);
    }
}

/// Camel case in its parts; everything else as it is, or spelled when nobody can say it.
fn mixed(bare: &str, owned: bool, tone: Tone, out: &mut Speaker<'_>) {
    let parts = camel(bare);
    let ending = if owned { "'s" } else { "" };
    if parts.len() < 2 {
        let consonants = bare.is_ascii()
            && !bare.contains('\'')
            && !pronounceable(bare)
            && !SOUNDS.contains(&bare.to_ascii_lowercase().as_str());
        let lower = bare.chars().all(char::is_lowercase);
        // A name may begin with any letters; `Ngo` and `Hmong` are said.
        if consonants && (lower || !bare.chars().any(|c| "aeiouyAEIOUY".contains(c))) {
            out.letters(bare, owned);
        } else {
            greek_or_word(bare, ending, out);
        }
        return;
    }
    let last = parts.len() - 1;
    for (nth, part) in parts.into_iter().enumerate() {
        let owned = owned && nth == last;
        if part.chars().all(char::is_uppercase) && part.len() > 1 {
            capitals(part, owned, tone, out);
        } else if part.chars().count() == 1 {
            single(
                part.chars().next().unwrap_or('A'),
                part,
                owned,
                Tone::default(),
                out,
            );
        } else if owned {
            out.word(&format!("{part}'s"));
        } else {
            out.word(part);
        }
    }
}

/// Sounds that are written without vowels and said all the same.
const SOUNDS: [&str; 18] = [
    "jth", "kth", "mth", "xth", "hmm", "hm", "mm", "mmm", "shh", "sh", "psst", "pst", "brr", "tsk",
    "pfft", "nth", "zzz", "grr",
];

/// A word, or the names of its letters where they are Greek.
fn greek_or_word(bare: &str, ending: &str, out: &mut Speaker<'_>) {
    if !bare.chars().any(|c| super::symbol::greek(c).is_some()) {
        out.word(&format!("{bare}{ending}"));
        return;
    }
    let mut plain = String::new();
    for c in bare.chars() {
        if let Some(name) = super::symbol::greek(c) {
            say_plain(&mut plain, out);
            out.say(name);
        } else {
            plain.push(c);
        }
    }
    say_plain(&mut plain, out);
}

fn say_plain(plain: &mut String, out: &mut Speaker<'_>) {
    let taken = std::mem::take(plain);
    if taken.chars().count() == 1 {
        out.letters(&taken, false);
    } else if !taken.is_empty() {
        out.word(&taken);
    }
}

/// The parts of a word in camel case: `camelCase`, `ChatGPT`, `HTMLParser`. A word with a capital only in front, or
/// after `Mc` or an apostrophe, is one part.
fn camel(word: &str) -> Vec<&str> {
    if word.contains('\'')
        || word.starts_with("Mc")
        || word.starts_with("Mac") && word.chars().nth(3).is_some_and(char::is_uppercase)
    {
        return vec![word];
    }
    // LeBron, DeVito, PyTorch: so short a first part belongs to the rest.
    let short = word
        .chars()
        .take_while(|c| c.is_alphabetic())
        .skip(1)
        .take(2)
        .collect::<Vec<_>>();
    if let [second, third] = short.as_slice()
        && word.starts_with(char::is_uppercase)
        && second.is_lowercase()
        && third.is_uppercase()
        && word.chars().filter(|c| c.is_uppercase()).count() == 2
        && word.chars().count() > 4
    {
        return vec![word];
    }
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let mut parts = Vec::new();
    let mut from = 0;
    for trio in chars.windows(2) {
        let [(_, before), (at, c)] = trio else {
            continue;
        };
        let next = word
            .get(at + c.len_utf8()..)
            .and_then(|rest| rest.chars().next());
        let rises = before.is_lowercase() && c.is_uppercase();
        let falls = before.is_uppercase()
            && c.is_uppercase()
            && next.is_some_and(char::is_lowercase)
            && word.get(*at..).is_some_and(|rest| rest.chars().count() > 2);
        if rises || falls {
            parts.extend(word.get(from..*at));
            from = *at;
        }
    }
    parts.extend(word.get(from..));
    parts
}

/// Whether an acronym is said as a word.
pub(super) fn is_said(acronym: &str) -> bool {
    SAID.contains(&acronym)
}
