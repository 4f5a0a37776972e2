use super::*;

#[test]
fn samples_become_16_bit_and_are_clipped() {
    let cases = [
        (0.0, 0),
        (1.0, 32_767),
        (-1.0, -32_768),
        (0.5, 16_384),
        (-0.5, -16_384),
        (2.0, 32_767),
        (-2.0, -32_768),
        (f32::NAN, 0),
        (f32::INFINITY, 32_767),
        (1.0 / 65_536.0, 1),
        (0.4 / 32_768.0, 0),
    ];
    for (sample, expected) in cases {
        assert_eq!(to_i16(&[sample]), [expected], "{sample}");
    }
}

#[test]
fn pcm_is_little_endian() {
    assert_eq!(pcm_bytes(&[0.5, -1.0]), [0x00, 0x40, 0x00, 0x80]);
    assert_eq!(pcm_bytes(&[]), Vec::<u8>::new());
}

#[test]
fn a_whole_file_has_its_true_sizes() {
    let bytes = wav_bytes(&[0.5, -1.0]);
    let expected: [&[u8]; 3] = [
        b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xC0\x5D\0\0\x80\xBB\0\0\x02\0\x10\0",
        b"data\x04\0\0\0",
        b"\x00\x40\x00\x80",
    ];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn a_stream_says_its_size_is_not_known() {
    let header = streaming_header();
    assert_eq!(header.len(), HEADER_BYTES);
    assert_eq!(header[4..8], [0xFF; 4]);
    assert_eq!(header[40..44], [0xFF; 4]);
    assert_eq!(header[8..40], wav_bytes(&[])[8..40]);
}

#[test]
fn what_is_written_is_read_back() {
    let wav = parse(&wav_bytes(&[0.5, -1.0, 0.0])).unwrap();
    assert_eq!(
        wav,
        Wav {
            rate: 24_000,
            samples: vec![0.5, -1.0, 0.0]
        }
    );
}

#[test]
fn a_streamed_file_ends_where_it_ends() {
    let mut bytes = streaming_header().to_vec();
    bytes.extend([0x00, 0x40, 0x00, 0x80, 0x01]);
    assert_eq!(parse(&bytes).unwrap().samples, [0.5, -1.0]);
}

/// A file of chunks.
fn file(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
    for (name, body) in chunks {
        bytes.extend(*name);
        bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        bytes.extend(*body);
        if body.len() % 2 == 1 {
            bytes.push(0);
        }
    }
    bytes
}

fn format_of(format: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(format.to_le_bytes());
    body.extend(channels.to_le_bytes());
    body.extend(rate.to_le_bytes());
    body.extend([0; 6]);
    body.extend(bits.to_le_bytes());
    body
}

#[test]
fn other_chunks_are_skipped_odd_ones_with_their_padding() {
    let fmt = format_of(1, 1, 22_050, 16);
    let bytes = file(&[
        (b"LIST", b"abc"),
        (b"fmt ", &fmt),
        (b"note", b"x"),
        (b"data", &[0, 0x40]),
        (b"more", b"yy"),
    ]);
    assert_eq!(
        parse(&bytes),
        Ok(Wav {
            rate: 22_050,
            samples: vec![0.5]
        })
    );
}

#[test]
fn what_is_no_wav_is_named() {
    let text = |error: WavError| error.to_string();
    assert_eq!(
        text(parse(b"").unwrap_err()),
        "expected a RIFF/WAVE file, found 0 bytes of something else"
    );
    assert_eq!(
        parse(b"RIFX\0\0\0\0WAVE"),
        Err(WavError::NotWav { found: 12 })
    );
    assert_eq!(
        parse(b"RIFF\0\0\0\0AVI "),
        Err(WavError::NotWav { found: 12 })
    );
    assert_eq!(
        text(parse(b"RIFF\0\0\0\0WAVE").unwrap_err()),
        "expected a `fmt` chunk, found none"
    );
    let fmt = format_of(1, 1, 22_050, 16);
    assert_eq!(
        text(parse(&file(&[(b"fmt ", &fmt)])).unwrap_err()),
        "expected a `data` chunk, found none"
    );
    assert_eq!(
        parse(&file(&[(b"data", &[0, 0])])),
        Err(WavError::MissingChunk { missing: "fmt" })
    );
    assert_eq!(
        parse(&file(&[(b"fmt ", &fmt[..15])])),
        Err(WavError::MissingChunk { missing: "fmt" })
    );
}

#[test]
fn other_formats_are_refused() {
    for (format, channels, bits) in [(3, 1, 16), (1, 2, 16), (1, 1, 8)] {
        let fmt = format_of(format, channels, 22_050, bits);
        let expected = WavError::Unsupported {
            format,
            bits,
            channels,
        };
        assert_eq!(
            parse(&file(&[(b"fmt ", &fmt), (b"data", &[0, 0])])),
            Err(expected)
        );
    }
    assert_eq!(
        WavError::Unsupported {
            format: 3,
            bits: 32,
            channels: 2
        }
        .to_string(),
        "expected 16-bit PCM with one channel, found format 3, 32 bit, 2 channels"
    );
    for (rate, good) in [
        (7_999, false),
        (8_000, true),
        (192_000, true),
        (192_001, false),
    ] {
        let bytes = file(&[(b"fmt ", &format_of(1, 1, rate, 16)), (b"data", &[0, 0])]);
        assert_eq!(parse(&bytes).is_ok(), good, "{rate}");
        assert_eq!(parse(&bytes) == Err(WavError::Rate(rate)), !good, "{rate}");
    }
    assert_eq!(
        WavError::Rate(5).to_string(),
        "expected a sample rate of 8000 to 192000 Hz, found 5"
    );
}
