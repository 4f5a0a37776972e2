use super::*;

#[test]
fn pcm_has_no_header() {
    assert_eq!(Format::Pcm.encode(&[0.0, 0.5]), [0, 0, 0, 0x40]);
    assert_eq!(Format::Pcm.stream_prefix(), Vec::<u8>::new());
}

#[test]
fn a_whole_wav_has_true_sizes() {
    let wav = Format::Wav.encode(&[0.0; 3]);
    assert_eq!(wav.len(), 50);
    assert_eq!(u32::from_le_bytes(wav[4..8].try_into().unwrap()), 42);
    assert_eq!(u32::from_le_bytes(wav[40..44].try_into().unwrap()), 6);
}

#[test]
fn a_streamed_wav_says_that_its_size_is_unknown() {
    let header = Format::Wav.stream_prefix();
    assert_eq!(header.len(), 44);
    assert_eq!(&header[..4], b"RIFF");
    assert_eq!(&header[4..8], [0xff; 4]);
    assert_eq!(&header[40..44], [0xff; 4]);
}

#[test]
fn formats_are_found_by_name() {
    assert_eq!(Format::from_name("wav"), Some(Format::Wav));
    assert_eq!(Format::from_name("pcm"), Some(Format::Pcm));
    assert_eq!(Format::from_name("mp3"), None);
    assert_eq!(Format::from_name("WAV"), None);
    assert_eq!(Format::default(), Format::Pcm);
    assert_eq!(Format::Wav.media_type(), "audio/wav");
    assert_eq!(Format::Pcm.media_type(), "audio/pcm");
    assert!(Format::Pcm.has_no_length());
    assert!(!Format::Wav.has_no_length());
    assert_eq!(BYTES_PER_SECOND, 48_000);
}
