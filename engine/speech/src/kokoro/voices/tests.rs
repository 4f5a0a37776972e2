use super::*;
use crate::testing::fixture;

fn message(path: &Path) -> String {
    Voices::open(path).unwrap_err().to_string()
}

fn header(text: &str) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

const GOOD: &str = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 256), }\n";

#[test]
fn an_archive_holds_voices_by_name() {
    let voices = Voices::open(&fixture("tiny-voices.npz")).unwrap();
    for (name, high) in [
        ("af_heart", 0.001),
        ("am_michael", 0.002),
        ("bf_emma", 0.003),
        ("ef_dora", 0.004),
    ] {
        for (phonemes, loud) in [
            (0, 0.1),
            (1, 0.1),
            (2, 0.2),
            (3, 0.3),
            (4, 0.4),
            (5, 0.4),
            (510, 0.4),
        ] {
            let row = voices.style(name, phonemes).unwrap();
            assert_eq!(row.len(), STYLE);
            assert_eq!(
                (row[0], row[1], row[2]),
                (loud, high, 0.0),
                "{name} {phonemes}"
            );
        }
    }
    assert_eq!(
        voices.style("nobody", 1).unwrap_err().to_string(),
        "unknown voice `nobody`; `kokoro voices` lists those there are"
    );
}

#[test]
fn raw_rows_are_one_voice_named_as_the_file() {
    let voices = Voices::open(&fixture("bf_emma.bin")).unwrap();
    assert_eq!(voices.described().unwrap()[0].id, "bf_emma");
    assert_eq!(voices.style("bf_emma", 3).unwrap()[..2], [0.3, 0.003]);
}

#[test]
fn a_folder_holds_raw_files() {
    let folder = tempfile::tempdir().unwrap();
    assert!(message(folder.path()).ends_with("is not a Kokoro voices file: no voice in it"));
    for name in ["bm_b.bin", "am_a.bin", "notes.txt"] {
        std::fs::copy(fixture("bf_emma.bin"), folder.path().join(name)).unwrap();
    }
    let voices = Voices::open(folder.path()).unwrap();
    let ids: Vec<String> = voices
        .described()
        .unwrap()
        .into_iter()
        .map(|voice| voice.id)
        .collect();
    assert_eq!(ids, ["am_a", "bm_b"]);
    assert_eq!(voices.style("bm_b", 2).unwrap()[0], 0.2);
    std::fs::write(folder.path().join("cf_broken.bin"), "x").unwrap();
    assert!(
        message(folder.path()).contains("1 bytes, neither an npz archive nor rows of 1024 bytes")
    );
}

#[test]
fn what_is_no_voices_file_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for (bytes, found) in [
        (
            Vec::new(),
            "0 bytes, neither an npz archive nor rows of 1024 bytes",
        ),
        (
            vec![0; 1_023],
            "1023 bytes, neither an npz archive nor rows of 1024 bytes",
        ),
        (
            vec![0; 1_025],
            "1025 bytes, neither an npz archive nor rows of 1024 bytes",
        ),
        (
            b"PK and more".to_vec(),
            "its ZIP directory is missing: the file is cut short",
        ),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let error = message(&file);
        assert_eq!(
            error,
            format!("{} is not a Kokoro voices file: {found}", file.display())
        );
    }
    assert!(message(&fixture("compressed-voices.npz")).contains("is compressed (method 8)"));
    let error = message(Path::new("/no/such/voices.npz"));
    assert!(
        error.starts_with("kokoro cannot speak: expected a file at `/no/such/voices.npz`"),
        "{error}"
    );
}

#[test]
fn an_array_in_an_archive_must_be_rows_of_floats() {
    let mut bytes = std::fs::read(fixture("tiny-voices.npz")).unwrap();
    let at = bytes
        .windows(4)
        .position(|window| window == b"'<f4")
        .unwrap();
    bytes[at + 3] = b'8';
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.npz");
    std::fs::write(&file, bytes).unwrap();
    let error = message(&file);
    assert!(
        error.contains(
            "`af_heart` in it is not an array of little-endian 32-bit floats in C order: "
        ),
        "{error}"
    );
}

#[test]
fn numpy_headers_are_read_in_both_versions() {
    let mut array = header(GOOD);
    array.extend([0; ROW]);
    let start = 10 + GOOD.len();
    assert_eq!(npy_data(&array), Ok(start..start + ROW));
    let mut later = b"\x93NUMPY\x02\0".to_vec();
    later.extend(u32::try_from(GOOD.len()).unwrap().to_le_bytes());
    later.extend(GOOD.as_bytes());
    later.extend([0; ROW]);
    assert_eq!(npy_data(&later), Ok(start + 2..start + 2 + ROW));
    // A header longer than one byte can say.
    let long = format!("{}{}", GOOD.trim(), " ".repeat(300));
    let mut array = header(&long);
    array.extend([0; ROW]);
    assert_eq!(npy_data(&array), Ok(10 + long.len()..10 + long.len() + ROW));
}

#[test]
fn numpy_arrays_of_another_kind_are_refused() {
    let with = |text: &str, data: usize| {
        let mut array = header(text);
        array.extend(vec![0; data]);
        npy_data(&array).unwrap_err()
    };
    let kind = "is not an array of little-endian 32-bit floats in C order: ";
    for text in [
        GOOD.replace("<f4", "<f8"),
        GOOD.replace("<f4", ">f4"),
        GOOD.replace("False", "True"),
    ] {
        assert_eq!(with(&text, ROW), format!("{kind}{}", text.trim()));
    }
    let rows = "does not have rows of 256 values: ";
    assert_eq!(with(GOOD, 0), format!("{rows}{}", GOOD.trim()));
    assert_eq!(with(GOOD, ROW - 1), format!("{rows}{}", GOOD.trim()));
    let narrow = GOOD.replace("256", "128");
    assert_eq!(with(&narrow, ROW), format!("{rows}{}", narrow.trim()));
    assert_eq!(npy_data(b"something").unwrap_err(), "is not a NumPy array");
    for cut in [
        &b"\x93NUMPY"[..],
        b"\x93NUMPY\x01\0",
        b"\x93NUMPY\x01\0\x50\0",
        b"\x93NUMPY\x02\0\x01\0",
    ] {
        assert_eq!(npy_data(cut).unwrap_err(), "has a header that is cut short");
    }
}

#[test]
fn names_tell_language_and_gender() {
    let told = |id: &str| described(id).map(|voice| (voice.name, voice.language, voice.gender));
    let some =
        |name: &str, language: &str, gender| Some((name.to_owned(), language.to_owned(), gender));
    assert_eq!(told("af_heart"), some("Heart", "en-US", "female"));
    assert_eq!(told("am_adam"), some("Adam", "en-US", "male"));
    assert_eq!(told("bf_emma"), some("Emma", "en-GB", "female"));
    assert_eq!(told("bm_lewis"), some("Lewis", "en-GB", "male"));
    assert_eq!(told("mine"), some("Mine", "en-US", "neutral"));
    assert_eq!(told("x_y"), some("Y", "en-US", "neutral"));
    assert_eq!(told("a_"), some("", "en-US", "neutral"));
    for foreign in [
        "ef_dora",
        "em_alex",
        "ff_siwis",
        "hm_omega",
        "if_sara",
        "jf_alpha",
        "pm_santa",
        "zf_xiaobei",
    ] {
        assert_eq!(told(foreign), None, "{foreign}");
    }
    assert!(told("en_x").is_some() && told("eff_x").is_some() && told("kf_x").is_some());
}

#[test]
fn openai_names_are_aliases_of_the_voices_most_like_them() {
    assert_eq!(described("af_alloy").unwrap().aliases, ["alloy"]);
    assert_eq!(described("bf_emma").unwrap().aliases, ["fable"]);
    assert_eq!(described("af_heart").unwrap().aliases, Vec::<String>::new());
}

#[test]
fn heart_leads_where_she_is_and_foreign_voices_are_left_out() {
    let voices = Voices::open(&fixture("tiny-voices.npz"))
        .unwrap()
        .described()
        .unwrap();
    let ids: Vec<&str> = voices.iter().map(|voice| voice.id.as_str()).collect();
    assert_eq!(ids, ["af_heart", "am_michael", "bf_emma"]);
    let folder = tempfile::tempdir().unwrap();
    for name in ["af_alloy.bin", "af_heart.bin"] {
        std::fs::copy(fixture("bf_emma.bin"), folder.path().join(name)).unwrap();
    }
    let ids: Vec<String> = Voices::open(folder.path())
        .unwrap()
        .described()
        .unwrap()
        .into_iter()
        .map(|voice| voice.id)
        .collect();
    assert_eq!(ids, ["af_heart", "af_alloy"]);
}

#[test]
fn voices_of_other_languages_alone_are_no_voices() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zf_xiaobei.bin");
    std::fs::copy(fixture("bf_emma.bin"), &file).unwrap();
    let error = Voices::open(&file)
        .unwrap()
        .described()
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("voices, but none of them for English (af_, am_, bf_, bm_)"),
        "{error}"
    );
}
