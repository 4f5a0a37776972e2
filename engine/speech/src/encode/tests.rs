#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "small whole numbers of a test"
)]

use std::io::Cursor;

use ogg::PacketReader;
use opus_rs::OpusDecoder;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::*;
use crate::dsp::limiter::Limiter;
use crate::dsp::loudness::{CEILING, loudness, normalise, true_peak};
use crate::dsp::resample::{Resampler, to_engine_rate};
use crate::wav;

/// Sound that rises and falls as speech does and touches the ceiling, of so many samples.
fn speech_like(length: usize) -> Vec<f32> {
    let sound: Vec<f32> = (0..length)
        .map(|n| {
            let t = n as f64 / 24_000.0;
            let syllables = 0.55 + 0.45 * (std::f64::consts::TAU * 3.1 * t).sin();
            let voice: f64 = (1..30)
                .map(|k| (std::f64::consts::TAU * 117.0 * f64::from(k) * t).sin() / f64::from(k))
                .sum();
            (0.8 * syllables * voice) as f32
        })
        .collect();
    let mut limiter = Limiter::new(CEILING);
    let mut out = limiter.process(&sound);
    out.extend(limiter.flush());
    out
}

fn streamed(format: Format, rate: u32, sound: &[f32], piece: usize) -> Vec<u8> {
    let mut encoder = encoder(format, rate, Delivery::Streamed).unwrap();
    let mut bytes: Vec<u8> = sound
        .chunks(piece)
        .flat_map(|piece| encoder.push(piece).unwrap())
        .collect();
    bytes.extend(encoder.finish().unwrap());
    bytes
}

/// What an independent decoder makes of FLAC or MP3.
fn decoded(bytes: &[u8]) -> Vec<f32> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes.to_vec())), Default::default());
    let mut reader = symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            source,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .unwrap();
    let parameters = reader
        .default_track(TrackType::Audio)
        .and_then(|track| track.codec_params.clone())
        .unwrap();
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters.audio().unwrap(), &AudioDecoderOptions::default())
        .unwrap();
    let mut out = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        let buffer = decoder.decode(&packet).unwrap();
        let mut samples = vec![0.0_f32; buffer.samples_interleaved()];
        buffer.copy_to_slice_interleaved(&mut samples);
        out.extend(samples);
    }
    out
}

/// The packets of an Ogg stream, with the position of the page each is on and whether it ends page and stream.
fn packets(bytes: &[u8]) -> Vec<(Vec<u8>, u64, bool, bool)> {
    let mut reader = PacketReader::new(Cursor::new(bytes));
    let mut out = Vec::new();
    while let Some(packet) = reader.read_packet().unwrap() {
        let (position, page, stream) = (
            packet.absgp_page(),
            packet.last_in_page(),
            packet.last_in_stream(),
        );
        out.push((packet.data, position, page, stream));
    }
    out
}

/// What an Ogg Opus file plays at a rate: what is before and after the sound is left out, as RFC 7845 has it.
fn played(bytes: &[u8], rate: u32) -> Vec<f32> {
    let packets = packets(bytes);
    let per_48k = 48_000 / rate as usize;
    let skip = usize::from(u16::from_le_bytes([packets[0].0[10], packets[0].0[11]])) / per_48k;
    let end = packets.last().unwrap().1 as usize / per_48k;
    let mut decoder = OpusDecoder::new(rate as i32, 1).unwrap();
    let frame = rate as usize / 50;
    let mut out = Vec::new();
    for (packet, ..) in &packets[2..] {
        let mut samples = vec![0.0; frame];
        assert_eq!(decoder.decode(packet, frame, &mut samples), Ok(frame));
        out.extend(samples);
    }
    out[skip..end].to_vec()
}

/// Power of what was meant over power of what differs, in dB.
fn signal_to_noise(found: &[f32], meant: &[f32]) -> f64 {
    let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|s| s * s).sum::<f64>();
    let noise = power(&mut found.iter().zip(meant).map(|(f, m)| f64::from(f - m)));
    10.0 * (power(&mut meant.iter().map(|m| f64::from(*m))) / noise).log10()
}

#[test]
fn formats_have_names_extensions_and_media_types() {
    let table = [
        (Format::Wav, "wav", "audio/wav"),
        (Format::Pcm, "pcm", "audio/pcm"),
        (Format::Flac, "flac", "audio/flac"),
        (Format::Mp3, "mp3", "audio/mpeg"),
        (Format::Opus, "opus", "audio/ogg"),
    ];
    assert_eq!(table.map(|(format, ..)| format), Format::ALL);
    for (format, name, media_type) in table {
        assert_eq!(format.name(), name);
        assert_eq!(format.media_type(), media_type);
        assert_eq!(Format::parse(name), Ok(format));
    }
    for (name, format) in [
        ("WAV", Format::Wav),
        ("wave", Format::Wav),
        ("raw", Format::Pcm),
        ("Ogg", Format::Opus),
        ("oga", Format::Opus),
    ] {
        assert_eq!(Format::parse(name), Ok(format), "{name}");
    }
}

#[test]
fn a_format_that_is_not_there_is_named_only_if_it_is_a_format() {
    assert_eq!(
        Format::parse("AAC").unwrap_err().to_string(),
        "unsupported format: expected `wav`, `pcm`, `flac`, `mp3` or `opus`, found aac"
    );
    for name in ["", "my secret"] {
        assert_eq!(
            Format::parse(name).unwrap_err().to_string(),
            "unsupported format: expected `wav`, `pcm`, `flac`, `mp3` or `opus`, found something else"
        );
    }
}

#[test]
fn there_are_nine_sample_rates_and_no_other() {
    for rate in OUTPUT_RATES {
        assert_eq!(check_rate(rate), Ok(rate));
    }
    for found in [0, 7_999, 24_001, 96_000] {
        assert_eq!(check_rate(found), Err(FormatError::SampleRate { found }));
        for format in Format::ALL {
            let error = encoder(format, found, Delivery::Whole).err();
            assert_eq!(error, Some(FormatError::SampleRate { found }));
        }
    }
    assert_eq!(
        FormatError::SampleRate { found: 96_000 }.to_string(),
        "unsupported sample rate: expected 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100 or 48000 Hz, found 96000"
    );
    let error = encode(Format::Wav, 96_000, &[]).unwrap_err();
    assert!(error.to_string().contains("found 96000"), "{error}");
}

#[test]
fn pcm_is_the_samples_whatever_the_pieces() {
    let sound = speech_like(5_000);
    for piece in [1, 1_000, 5_000] {
        assert_eq!(
            streamed(Format::Pcm, 24_000, &sound, piece),
            wav::pcm_bytes(&sound)
        );
    }
    assert_eq!(
        encode(Format::Pcm, 24_000, &sound).unwrap(),
        wav::pcm_bytes(&sound)
    );
}

#[test]
fn a_wav_has_its_true_sizes_when_whole_and_none_as_a_stream() {
    let sound = speech_like(5_000);
    assert_eq!(
        encode(Format::Wav, 24_000, &sound).unwrap(),
        wav::wav_bytes(&sound)
    );
    let stream = streamed(Format::Wav, 24_000, &sound, 999);
    assert_eq!(stream[..44], wav::streaming_header());
    assert_eq!(stream[44..], wav::pcm_bytes(&sound));
    let found = wav::parse(&encode(Format::Wav, 44_100, &sound).unwrap()).unwrap();
    assert_eq!(found.rate, 44_100);
    assert_eq!(found.samples.len(), 9_188);
    assert_eq!(
        wav::streaming_header_at(8_000)[24..32],
        [0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0]
    );
}

/// The fields of STREAMINFO: block size, shortest and longest frame, rate, bits, samples, digest.
fn stream_info(flac: &[u8]) -> (u16, u32, u32, u32, u64, u64, String) {
    assert_eq!(flac[..8], *b"fLaC\x80\0\0\x22");
    let number = |at: usize, bytes: usize| {
        flac[at..at + bytes]
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte))
    };
    assert_eq!(number(8, 2), number(10, 2));
    let packed = number(18, 8);
    assert_eq!(packed >> 41 & 7, 0, "one channel");
    (
        number(8, 2) as u16,
        number(12, 3) as u32,
        number(15, 3) as u32,
        (packed >> 44) as u32,
        (packed >> 36 & 31) + 1,
        packed & 0xF_FFFF_FFFF,
        flac[26..42].iter().map(|b| format!("{b:02x}")).collect(),
    )
}

#[test]
fn flac_gives_back_every_sample_also_of_a_last_block_of_any_size() {
    let sound = speech_like(2_500);
    assert_eq!(encode(Format::Flac, 24_000, &[]).unwrap().len(), 42);
    for length in (1..40).chain([1_199, 1_200, 1_201, 1_232, 2_400, 2_500]) {
        let meant: Vec<f32> = wav::to_i16(&sound[..length])
            .into_iter()
            .map(|s| f32::from(s) / 32_768.0)
            .collect();
        let whole = encode(Format::Flac, 24_000, &sound[..length]).unwrap();
        assert_eq!(stream_info(&whole).5, length as u64);
        assert_eq!(decoded(&whole), meant, "{length}");
        let stream = streamed(Format::Flac, 24_000, &sound[..length], 700);
        assert_eq!(whole[42..], stream[42..], "{length}");
    }
}

#[test]
fn a_whole_flac_knows_its_length_and_digest_and_a_streamed_one_says_it_does_not() {
    // The digest is that of another program over the same samples.
    let sound: Vec<f32> = (0..3_000_i16)
        .map(|n| f32::from((i32::from(n) * 37 % 2_001) as i16 - 1_000) / 32_768.0)
        .collect();
    let whole = encode(Format::Flac, 24_000, &sound).unwrap();
    let (block, least, most, rate, bits, samples, digest) = stream_info(&whole);
    assert_eq!((block, rate, bits, samples), (1_200, 24_000, 16, 3_000));
    assert_eq!(digest, "8e86e6cb102d7ff4f74b2c537b2d7898");
    assert!(0 < least && least < most, "{least} to {most}");
    let frames = whole.len() as u32 - 42;
    assert!(least + 2 * most >= frames && 2 * least + most <= frames);

    let stream = streamed(Format::Flac, 24_000, &sound, 500);
    let unknown = "0".repeat(32);
    assert_eq!(stream_info(&stream), (1_200, 0, 0, 24_000, 16, 0, unknown));
    assert_eq!(
        stream_info(&encode(Format::Flac, 44_100, &[]).unwrap()).0,
        2_205
    );
}

#[test]
fn a_whole_mp3_plays_exactly_its_sound() {
    let sound = speech_like(30_001);
    for rate in OUTPUT_RATES {
        let meant = Resampler::from_engine_rate(rate).unwrap().process(&sound);
        let found = decoded(&encode(Format::Mp3, rate, &sound).unwrap());
        assert_eq!(found.len(), meant.len(), "{rate}");
        let ratio = signal_to_noise(&found, &meant);
        assert!(ratio > 15.0, "{rate}: {ratio} dB");
    }
    assert_eq!(decoded(&encode(Format::Mp3, 24_000, &[]).unwrap()).len(), 0);
    assert_eq!(
        decoded(&encode(Format::Mp3, 24_000, &[0.5]).unwrap()).len(),
        1
    );
}

#[test]
fn a_streamed_mp3_starts_where_its_sound_starts_and_knows_no_end() {
    let sound = speech_like(30_001);
    for (rate, tag) in [(24_000, 13), (44_100, 21)] {
        let whole = encode(Format::Mp3, rate, &sound).unwrap();
        let stream = streamed(Format::Mp3, rate, &sound, 2_400);
        let meant = Resampler::from_engine_rate(rate).unwrap().process(&sound);
        let found = decoded(&stream);
        let more = found.len() - meant.len();
        assert!((1..=2 * 1_152 + 529).contains(&more), "{rate}: {more}");
        let ratio = signal_to_noise(&found, &meant);
        assert!(ratio > 15.0, "{rate}: {ratio} dB");
        // The same frames behind another Info frame: no flags, then the encoder's name and the delay.
        let name = if rate == 24_000 { b"Info" } else { b"Xing" };
        assert_eq!(stream.len(), whole.len());
        assert_eq!(stream[tag..tag + 8], [&name[..], &[0; 4]].concat());
        assert_eq!(stream[tag + 8..tag + 29], whole[tag + 120..tag + 141]);
        assert_eq!(stream[tag + 29..tag + 32], [0x21, 0, 0], "528 samples");
        assert_eq!(stream[tag + 32..tag + 36], whole[tag + 144..tag + 148]);
        assert_eq!(stream[tag + 36..tag + 42], [0; 6]);
        let sum = rusty_mp3::encode::lametag::crc16(0, &stream[..tag + 42]);
        assert_eq!(stream[tag + 42..tag + 44], sum.to_be_bytes());
    }
}

#[test]
fn a_short_streamed_mp3_has_ended_before_its_first_frame_leaves_and_is_exact() {
    let sound = speech_like(500);
    let stream = streamed(Format::Mp3, 24_000, &sound, 500);
    assert_eq!(
        stream[17..21],
        [0, 0, 0, 15],
        "frames, bytes, table and quality are known"
    );
    assert_eq!(decoded(&stream).len(), 500);
}

#[test]
fn an_opus_stream_has_the_heads_of_its_standard() {
    let bytes = encode(Format::Opus, 44_100, &speech_like(2_000)).unwrap();
    let packets = packets(&bytes);
    let head: [&[u8]; 3] = [b"OpusHead\x01\x01", &[120, 0], b"\x44\xAC\0\0\0\0\0"];
    assert_eq!(packets[0], (head.concat(), 0, true, false));
    let vendor = format!("kokoro {}", env!("CARGO_PKG_VERSION"));
    let tags: [&[u8]; 4] = [
        b"OpusTags",
        &[vendor.len() as u8, 0, 0, 0],
        vendor.as_bytes(),
        &[0; 4],
    ];
    assert_eq!(packets[1], (tags.concat(), 0, true, false));
    assert!(
        packets[2..]
            .iter()
            .all(|(packet, ..)| packet.len() <= 1_275)
    );
}

#[test]
fn opus_plays_exactly_its_sound() {
    for length in [0, 1, 419, 420, 421, 479, 480, 481, 960, 30_001] {
        // So quiet that Opus's ceiling takes nothing: what is compared is the codec's alone.
        let sound: Vec<f32> = speech_like(length).iter().map(|s| s * 0.7).collect();
        for bytes in [
            encode(Format::Opus, 24_000, &sound).unwrap(),
            streamed(Format::Opus, 24_000, &sound, 2_400),
        ] {
            let packets = packets(&bytes);
            let (_, position, page, stream) = packets.last().unwrap();
            assert_eq!(*position, 120 + 2 * length as u64);
            assert!(*page && *stream);
            assert_eq!(
                packets.len() - 2,
                (length + 60).div_ceil(480),
                "{length}: no frame more than its sound needs"
            );
            let found = played(&bytes, 24_000);
            assert_eq!(found.len(), length);
            if length == 30_001 {
                let ratio = signal_to_noise(&found, &sound);
                assert!(ratio > 12.0, "{ratio} dB");
            }
        }
    }
}

#[test]
fn opus_codes_lower_rates_lower() {
    let sound = speech_like(24_000);
    for (asked, coded) in [
        (8_000, 8_000),
        (11_025, 16_000),
        (12_000, 16_000),
        (16_000, 16_000),
        (22_050, 24_000),
        (48_000, 24_000),
    ] {
        let bytes = encode(Format::Opus, asked, &sound).unwrap();
        assert_eq!(opus::coded_rate(asked), coded);
        assert_eq!(packets(&bytes).last().unwrap().1, 120 + 48_000, "{asked}");
        let meant = Resampler::from_engine_rate(coded).unwrap().process(&sound);
        let ratio = signal_to_noise(&played(&bytes, coded), &meant);
        assert!(ratio > 8.0, "{asked}: {ratio} dB");
    }
}

#[test]
fn an_ogg_page_ends_with_each_piece_and_after_a_second_at_the_latest() {
    let sound = speech_like(24_000 * 5 / 2);
    let ends = |bytes: &[u8]| {
        let packets = packets(bytes);
        let mut last = 0;
        let mut lengths = Vec::new();
        for (n, (.., page, _)) in packets[2..].iter().enumerate() {
            if *page {
                lengths.push(n + 1 - last);
                last = n + 1;
            }
        }
        for (_, position, page, stream) in &packets[2..packets.len() - 1] {
            assert!(!stream && (!page || position % 960 == 0));
        }
        lengths
    };
    // The limiter holds 128 samples back: the first piece of 5 frames gives 4.
    let pieces = streamed(Format::Opus, 24_000, &sound[..12_000], 2_400);
    assert_eq!(ends(&pieces), [4, 5, 5, 5, 5, 1, 1]);
    let whole = encode(Format::Opus, 24_000, &sound).unwrap();
    assert_eq!(ends(&whole), [50, 50, 25, 1]);
    let packets_of = |piece: usize| -> Vec<Vec<u8>> {
        let bytes = streamed(Format::Opus, 24_000, &sound, piece);
        packets(&bytes).into_iter().map(|(data, ..)| data).collect()
    };
    assert_eq!(packets_of(7), packets_of(2_400));
}

#[test]
fn a_stream_of_any_format_gives_sound_with_its_first_100_ms() {
    let sound = speech_like(2_400);
    let headers = |format| match format {
        Format::Wav => 44,
        Format::Pcm | Format::Mp3 => 0,
        Format::Flac => 42,
        Format::Opus => 47 + 43,
    };
    for format in Format::ALL {
        for rate in OUTPUT_RATES {
            let mut stream = encoder(format, rate, Delivery::Streamed).unwrap();
            let first = stream.push(&sound).unwrap().len();
            let frame = if format == Format::Mp3 { 200 } else { 20 };
            assert!(
                first > headers(format) + frame,
                "{format:?} at {rate}: {first}"
            );
            let mut whole = encoder(format, rate, Delivery::Whole).unwrap();
            assert_eq!(whole.push(&sound).unwrap().len(), 0);
            assert!(whole.finish().unwrap().len() >= first);
        }
    }
}

#[test]
fn the_bytes_do_not_depend_on_the_pieces() {
    let sound = speech_like(10_000);
    for format in [Format::Wav, Format::Flac, Format::Mp3] {
        for rate in [8_000, 24_000, 44_100] {
            let one = streamed(format, rate, &sound, 10_000);
            let many = streamed(format, rate, &sound, 333);
            assert_eq!(one, many, "{format:?} at {rate}");
        }
    }
}

#[test]
fn decoded_peaks_stay_below_the_limit_at_every_rate() {
    let sound = speech_like(72_000);
    let peak = |samples: &[f32]| true_peak(samples).unwrap();
    assert!(true_peak(&sound).unwrap() > -1.4, "as loud as it may be");
    for rate in OUTPUT_RATES {
        let whole = |format| encode(format, rate, &sound).unwrap();
        let coded = opus::coded_rate(rate);
        for (name, peak) in [
            (
                "wav",
                peak(&wav::parse(&whole(Format::Wav)).unwrap().samples),
            ),
            ("flac", peak(&decoded(&whole(Format::Flac)))),
            ("mp3", peak(&decoded(&whole(Format::Mp3)))),
            ("opus", peak(&played(&whole(Format::Opus), coded))),
        ] {
            assert!(peak <= -1.0, "{name} at {rate}: {peak} dBTP");
            assert!(peak > -4.0, "{name} at {rate}: {peak} dBTP");
        }
    }
}

#[test]
fn decoded_sound_is_as_loud_as_it_was() {
    let sound = normalise(&speech_like(72_000)).samples;
    for rate in [22_050, 24_000, 32_000, 44_100, 48_000] {
        let whole = |format| encode(format, rate, &sound).unwrap();
        let coded = opus::coded_rate(rate);
        for (name, found, rate) in [
            (
                "wav",
                wav::parse(&whole(Format::Wav)).unwrap().samples,
                rate,
            ),
            ("mp3", decoded(&whole(Format::Mp3)), rate),
            ("opus", played(&whole(Format::Opus), coded), coded),
        ] {
            let loud = loudness(&to_engine_rate(&found, rate)).unwrap();
            assert!((loud + 16.0).abs() < 1.0, "{name} at {rate}: {loud} LUFS");
        }
    }
}

#[test]
fn samples_that_are_no_sound_break_no_encoder_and_last_no_longer_than_they_do() {
    let mut sound = speech_like(24_000);
    sound[4_000] = f32::NAN;
    sound[8_000] = f32::INFINITY;
    sound[8_001] = -7.0;
    let mut meant = sound.clone();
    meant[4_000] = 0.0;
    meant[8_000] = 1.0;
    meant[8_001] = -1.0;
    for format in Format::ALL {
        for rate in [16_000, 24_000] {
            let found = encode(format, rate, &sound).unwrap();
            assert_eq!(found, encode(format, rate, &meant).unwrap(), "{format:?}");
        }
    }
}

#[test]
fn silence_and_nothing_are_files_too() {
    for format in Format::ALL {
        let nothing = encode(format, 24_000, &[]).unwrap();
        assert_eq!(nothing.is_empty(), format == Format::Pcm, "{format:?}");
        let silence = encode(format, 24_000, &[0.0; 4_800]).unwrap();
        assert!(silence.len() > nothing.len(), "{format:?}");
    }
    let heard = played(&encode(Format::Opus, 24_000, &[0.0; 999]).unwrap(), 24_000);
    assert_eq!(heard.len(), 999);
    assert!(heard.iter().all(|sample| sample.abs() < 1e-6));
}
