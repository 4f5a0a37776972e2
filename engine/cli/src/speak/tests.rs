use super::*;

#[test]
fn audio_goes_where_it_is_told_and_never_to_a_terminal_unasked() {
    let to = |output: Option<&str>, terminal| destination(output.map(Path::new), terminal);
    assert_eq!(
        to(Some("a.wav"), true).unwrap(),
        Destination::File("a.wav".into())
    );
    assert_eq!(to(Some("-"), true).unwrap(), Destination::Stdout);
    assert_eq!(to(None, false).unwrap(), Destination::Stdout);
    let error = to(None, true).unwrap_err();
    assert_eq!(error.code(), 2);
    assert_eq!(
        error.to_string(),
        "the audio would go to the terminal; name a file with `-o FILE`, or send stdout to a player"
    );
}

#[test]
fn the_format_is_the_one_asked_for_else_the_file_names() {
    let file = |name: &str| Destination::File(name.into());
    assert_eq!(format(Some(Format::Pcm), &file("a.wav")), Format::Pcm);
    assert_eq!(format(Some(Format::Wav), &file("a.pcm")), Format::Wav);
    assert_eq!(format(None, &file("a.pcm")), Format::Pcm);
    assert_eq!(format(None, &file("a.raw")), Format::Pcm);
    assert_eq!(format(None, &file("a.wav")), Format::Wav);
    assert_eq!(format(None, &file("a.FLAC")), Format::Flac);
    assert_eq!(format(None, &file("a.mp3")), Format::Mp3);
    assert_eq!(format(None, &file("a.opus")), Format::Opus);
    assert_eq!(format(None, &file("a.ogg")), Format::Opus);
    assert_eq!(format(None, &file("a.other")), Format::Wav);
    assert_eq!(format(None, &file("a")), Format::Wav);
    assert_eq!(format(None, &Destination::Stdout), Format::Wav);
}

#[test]
fn text_on_stdin_is_utf8_and_bounded() {
    assert_eq!(read_text("Grüße\n".as_bytes()).unwrap(), "Grüße\n");
    let most = vec![b'a'; 18_000];
    assert_eq!(read_text(most.as_slice()).unwrap().len(), 18_000);
    let error = read_text(vec![b'a'; 18_001].as_slice()).unwrap_err();
    assert_eq!(error.code(), 2);
    assert!(
        error.to_string().contains("found more than 18000 bytes"),
        "{error}"
    );
    let error = read_text(b"ab\xff".as_slice()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected UTF-8 on stdin; the byte at offset 2 does not belong there"
    );
}

#[test]
fn a_stdin_that_breaks_is_named() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("broken"))
        }
    }
    assert_eq!(
        read_text(Broken).unwrap_err().to_string(),
        "cannot read stdin: broken"
    );
}

#[test]
fn files_are_replaced_whole_and_their_folders_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/c.wav");
    write_file(&path, b"one").unwrap();
    write_file(&path, b"two").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"two");
    assert_eq!(
        std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o644
        );
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = write_file(&file.join("a.wav"), b"").unwrap_err();
    assert_eq!(error.code(), 2);
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot write {}: ", file.join("a.wav").display())),
        "{error}"
    );
    assert!(write_file(folder.path(), b"").is_err());
}
