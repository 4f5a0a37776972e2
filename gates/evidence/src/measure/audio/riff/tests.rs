use proptest::prelude::*;

use super::*;

fn chunk(id: &[u8; 4], length: u32, content: &[u8]) -> Vec<u8> {
    [id.as_slice(), &length.to_le_bytes(), content].concat()
}

fn format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let mut content = Vec::new();
    content.extend(tag.to_le_bytes());
    content.extend(channels.to_le_bytes());
    content.extend(rate.to_le_bytes());
    content.extend([0; 6]);
    content.extend(bits.to_le_bytes());
    content
}

fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"RIFF\xff\xff\xff\xffWAVE".to_vec(), chunks.concat()].concat()
}

fn simple(format: &[u8], data: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
    wav(&[
        chunk(b"fmt ", length(format), format),
        chunk(b"data", length(data), data),
    ])
}

const TWO_SAMPLES: [u8; 4] = [0x00, 0x40, 0x00, 0x80];

#[test]
fn sixteen_bit_files_and_streams_give_the_same_samples() {
    let audio = decode(&simple(&format(1, 1, 24_000, 16), &TWO_SAMPLES)).unwrap();
    assert_eq!(
        audio,
        Audio {
            channels: 1,
            rate: 24_000,
            samples: vec![0.5, -1.0]
        }
    );
    assert_eq!(pcm(&TWO_SAMPLES).unwrap(), audio);
    assert_eq!(audio.seconds(), 2.0 / 24_000.0);
    let stereo = decode(&simple(&format(1, 2, 48_000, 16), &TWO_SAMPLES)).unwrap();
    assert_eq!((stereo.channels, stereo.seconds()), (2, 1.0 / 48_000.0));
}

#[test]
fn floats_and_the_extensible_header_are_read() {
    let data = [0.25_f32.to_le_bytes(), (-0.5_f32).to_le_bytes()].concat();
    assert_eq!(
        decode(&simple(&format(3, 1, 16_000, 32), &data))
            .unwrap()
            .samples,
        [0.25, -0.5]
    );
    let mut extensible = format(0xFFFE, 1, 16_000, 32);
    extensible.extend([22, 0, 32, 0, 4, 0, 0, 0, 3, 0]);
    extensible.extend([0; 14]);
    assert_eq!(
        decode(&simple(&extensible, &data)).unwrap().samples,
        [0.25, -0.5]
    );
    let infinite = [1.0_f32.to_le_bytes(), f32::INFINITY.to_le_bytes()].concat();
    assert_eq!(
        decode(&simple(&format(3, 1, 16_000, 32), &infinite)),
        Err("sample 1 is no finite number".to_owned())
    );
}

#[test]
fn a_streamed_file_reaches_to_its_end() {
    let file = wav(&[
        chunk(b"fmt ", 16, &format(1, 1, 24_000, 16)),
        chunk(b"LIST", 3, &[1, 2, 3, 0]),
        chunk(b"data", u32::MAX, &TWO_SAMPLES),
    ]);
    assert_eq!(decode(&file).unwrap().samples, [0.5, -1.0]);
}

#[test]
fn bytes_after_the_data_are_no_audio() {
    let file = wav(&[
        chunk(b"fmt ", 16, &format(1, 1, 24_000, 16)),
        chunk(b"data", 4, &TWO_SAMPLES),
        chunk(b"LIST", 2, &[9, 9]),
    ]);
    assert_eq!(decode(&file).unwrap().samples.len(), 2);
}

#[test]
fn what_is_no_wave_file_is_said() {
    let good = format(1, 1, 24_000, 16);
    let said = |bytes: &[u8]| decode(bytes).unwrap_err();
    assert_eq!(said(b""), "it does not begin with RIFF");
    assert_eq!(said(b"OggS"), "it does not begin with RIFF");
    assert_eq!(said(b"RIFF1234WAV"), "the header is cut");
    assert_eq!(said(b"RIFF1234AVI "), "it is RIFF and not WAVE");
    assert_eq!(said(&wav(&[])), "it has no data");
    assert_eq!(
        said(&wav(&[b"fmt \x10".to_vec()])),
        "the header of a chunk is cut"
    );
    assert_eq!(
        said(&wav(&[chunk(b"fmt ", 16, &good[..15])])),
        "a chunk is cut"
    );
    assert_eq!(
        said(&wav(&[chunk(b"fmt ", 15, &[&good[..15], &[0]].concat())])),
        "the format is cut"
    );
    assert_eq!(
        said(&wav(&[chunk(b"data", 0, &[])])),
        "the data come before their format"
    );
    assert_eq!(
        said(&wav(&[
            chunk(b"fmt ", 16, &good),
            chunk(b"data", 6, &TWO_SAMPLES)
        ])),
        "it says 6 bytes of data and has 4"
    );
    assert_eq!(said(&simple(&good, &[1, 2, 3])), "the last sample is cut");
    assert_eq!(pcm(&[1]), Err("the last sample is cut".to_owned()));
    assert_eq!(
        said(&simple(&format(3, 1, 24_000, 32), &[1, 2])),
        "the last sample is cut"
    );
    assert_eq!(
        said(&simple(&format(1, 2, 24_000, 16), &[1, 2])),
        "the last frame is cut"
    );
    assert_eq!(
        said(&simple(&format(1, 1, 24_000, 24), &[])),
        "format 1 with 24 bits is not read here"
    );
    assert_eq!(
        said(&simple(&format(7, 1, 8_000, 16), &[])),
        "format 7 with 16 bits is not read here"
    );
}

#[test]
fn only_what_can_be_metered_is_read() {
    for (channels, rate, fine) in [
        (1, 8_000, true),
        (2, 192_000, true),
        (0, 24_000, false),
        (3, 24_000, false),
        (1, 7_999, false),
        (1, 192_001, false),
    ] {
        let result = decode(&simple(&format(1, channels, rate, 16), &TWO_SAMPLES));
        assert_eq!(result.is_ok(), fine, "{channels} at {rate}: {result:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let _ = decode(&wav(std::slice::from_ref(&bytes)));
        let _ = decode(&wav(&[chunk(b"fmt ", 16, &format(1, 1, 24_000, 16)), bytes]));
    }
}
