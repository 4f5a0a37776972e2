use super::*;
use crate::testing::fixture;

fn message(path: &Path) -> String {
    Voices::open(path, &Speakers::default())
        .unwrap_err()
        .to_string()
}

fn opened(path: &Path) -> Voices {
    Voices::open(path, &Speakers::default()).unwrap()
}

#[test]
fn an_archive_holds_voices_by_name() {
    let voices = opened(&fixture("tiny-voices.npz"));
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
    let voices = opened(&fixture("bf_emma.bin"));
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
    let voices = opened(folder.path());
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
        message(folder.path()).contains(
            "1 bytes, neither an npz archive, nor JSON (`.json`), nor rows of 1024 bytes"
        )
    );
}

#[test]
fn what_is_no_voices_file_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for (bytes, found) in [
        (
            Vec::new(),
            "0 bytes, neither an npz archive, nor JSON (`.json`), nor rows of 1024 bytes",
        ),
        (
            vec![0; 1_023],
            "1023 bytes, neither an npz archive, nor JSON (`.json`), nor rows of 1024 bytes",
        ),
        (
            vec![0; 1_025],
            "1025 bytes, neither an npz archive, nor JSON (`.json`), nor rows of 1024 bytes",
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
fn heart_leads_where_she_is_and_foreign_voices_are_left_out() {
    let voices = opened(&fixture("tiny-voices.npz")).described().unwrap();
    let ids: Vec<&str> = voices.iter().map(|voice| voice.id.as_str()).collect();
    assert_eq!(ids, ["af_heart", "am_michael", "bf_emma"]);
    let folder = tempfile::tempdir().unwrap();
    for name in ["af_alloy.bin", "af_heart.bin"] {
        std::fs::copy(fixture("bf_emma.bin"), folder.path().join(name)).unwrap();
    }
    let ids: Vec<String> = opened(folder.path())
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
    let error = opened(&file).described().unwrap_err().to_string();
    assert!(
        error.ends_with("voices, but none of them for English (af_, am_, bf_, bm_)"),
        "{error}"
    );
}

#[test]
fn packed_archives_hold_the_same_voices() {
    let stored = opened(&fixture("tiny-voices.npz"));
    let packed = opened(&fixture("compressed-voices.npz"));
    assert_eq!(stored.described().unwrap(), packed.described().unwrap());
    for name in ["af_heart", "am_michael", "bf_emma", "ef_dora"] {
        for phonemes in 1..5 {
            assert_eq!(
                stored.style(name, phonemes).unwrap(),
                packed.style(name, phonemes).unwrap()
            );
        }
    }
    assert!(!stored.are_old());
}

#[test]
fn json_holds_voices_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("voices.JSON");
    let row = |first: f32| format!("[[{first}{}]]", ", 0".repeat(255));
    std::fs::write(
        &file,
        format!(
            "{{\"af\": [{}, {}], \"am_x\": [{}]}}",
            row(0.5),
            row(0.25),
            row(1.0)
        ),
    )
    .unwrap();
    let voices = opened(&file);
    let ids: Vec<String> = voices
        .described()
        .unwrap()
        .into_iter()
        .map(|voice| voice.id)
        .collect();
    assert_eq!(ids, ["af", "am_x"]);
    assert!(voices.are_old());
    assert_eq!(voices.style("af", 1).unwrap()[0], 0.5);
    assert_eq!(voices.style("af", 2).unwrap()[0], 0.25);
    assert_eq!(voices.style("am_x", 9).unwrap()[..2], [1.0, 0.0]);
    std::fs::write(&file, "{").unwrap();
    assert!(message(&file).contains("it is not an object of voices: "));
    // A row whose first byte is a brace is a row.
    let raw = folder.path().join("af_brace.bin");
    std::fs::write(&raw, [b'{'; ROW]).unwrap();
    assert!(opened(&raw).style("af_brace", 1).is_ok());
}

#[test]
fn a_raw_file_of_several_voices_needs_their_names_from_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("voices.bin");
    let mut bytes = Vec::new();
    for first in [1.0_f32, 2.0, 3.0, 4.0] {
        bytes.extend(first.to_le_bytes());
        bytes.extend([0; ROW - 4]);
    }
    std::fs::write(&file, bytes).unwrap();
    let speakers = |rows| Speakers {
        names: vec!["am_b".to_owned(), "af_a".to_owned()],
        rows,
    };
    let voices = Voices::open(&file, &speakers(2)).unwrap();
    let first = |name: &str, phonemes| voices.style(name, phonemes).unwrap()[0];
    assert_eq!(
        (first("am_b", 1), first("am_b", 2), first("am_b", 3)),
        (1.0, 2.0, 2.0)
    );
    assert_eq!((first("af_a", 1), first("af_a", 2)), (3.0, 4.0));
    // The sizes do not fit: it is one voice, named as the file.
    assert!(
        Voices::open(&file, &speakers(3))
            .unwrap()
            .style("voices", 4)
            .is_ok()
    );
    std::fs::write(&file, vec![0; 511 * ROW]).unwrap();
    assert!(opened(&file).are_old());
    std::fs::write(&file, vec![0; 510 * ROW]).unwrap();
    assert!(!opened(&file).are_old());
    std::fs::write(&file, vec![0; 512 * ROW]).unwrap();
    let error = Voices::open(&file, &speakers(510)).unwrap_err().to_string();
    assert!(
        error.ends_with("512 rows, more than the 511 of one voice, and the model's metadata names 2 speakers of 510 rows"),
        "{error}"
    );
    // Twice so many is 512, but for the bit that does not fit in a number.
    let many = usize::MAX / 2 + 257;
    std::fs::write(&file, vec![0; 512 * ROW]).unwrap();
    let error = Voices::open(&file, &speakers(many))
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with(&format!("2 speakers of {many} rows")),
        "{error}"
    );
}

/// An archive whose directory names one deflated member of a megabyte of zeros so many times.
fn repeated(times: u16) -> Vec<u8> {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1024, 256), }";
    let mut array = b"\x93NUMPY\x01\x00".to_vec();
    array.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    array.extend(header.as_bytes());
    array.resize(array.len() + 1024 * ROW, 0);
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, &array).unwrap();
    let packed = packer.finish().unwrap();
    let mut archive = b"PK\x03\x04".to_vec();
    archive.resize(30, 0);
    archive.extend(&packed);
    let directory = u32::try_from(archive.len()).unwrap();
    for _ in 0..times {
        let mut entry = [0; 46];
        entry[..4].copy_from_slice(b"PK\x01\x02");
        entry[10] = 8;
        entry[20..24].copy_from_slice(&u32::try_from(packed.len()).unwrap().to_le_bytes());
        entry[24..28].copy_from_slice(&u32::try_from(array.len()).unwrap().to_le_bytes());
        entry[28] = 8;
        archive.extend(entry);
        archive.extend(b"af_a.npy");
    }
    let mut end = [0; 22];
    end[..4].copy_from_slice(b"PK\x05\x06");
    end[10..12].copy_from_slice(&times.to_le_bytes());
    end[16..20].copy_from_slice(&directory.to_le_bytes());
    archive.extend(end);
    archive
}

#[test]
fn a_small_archive_does_not_unpack_to_any_size() {
    let of = |times| Voices::of(Path::new("a.npz"), repeated(times), &Speakers::default());
    assert!(of(2).is_ok());
    let error = of(512).unwrap_err().to_string();
    assert!(
        error.ends_with(" bytes unpacked; at most 536870912 are read"),
        "{error}"
    );
}

#[test]
fn a_blend_is_the_sum_of_its_parts() {
    let voices = opened(&fixture("tiny-voices.npz"));
    let high = |name: &str| voices.style(name, 2).unwrap()[1];
    let close = |a: f32, b: f32| assert!((a - b).abs() < 1e-7, "{a} is not {b}");
    close(high("af_heart(3)+bf_emma(1)"), 0.0015);
    close(high("af_heart,bf_emma"), 0.002);
    close(high("bf_emma(3)-af_heart(1)"), 0.002);
    close(high("af_heart.5+bf_emma.5"), 0.002);
    close(voices.style("af_heart.5+bf_emma.1", 2).unwrap()[0], 0.12);
    let error = voices.style("af_heart+nobody", 2).unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown voice `nobody`; `kokoro voices` lists those there are"
    );
    let error = voices.style("af_heart+bf_ema", 2).unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown voice `bf_ema`: did you mean `bf_emma`?; `kokoro voices` lists those there are"
    );
    let error = voices.style("af_heart+", 2).unwrap_err().to_string();
    assert!(
        error.starts_with("unknown voice `af_heart+`: a blend is written as "),
        "{error}"
    );
    let error = voices.style("af_hert", 2).unwrap_err().to_string();
    assert!(error.contains("did you mean `af_heart`?"), "{error}");
}
