use super::*;

#[test]
fn work_goes_on_until_its_time_is_over() {
    let control = Control::new(Cancel::new(), Duration::from_secs(60));
    assert!(control.check().is_ok());
    assert!(
        control.remaining() > Duration::from_secs(50)
            && control.remaining() <= Duration::from_secs(60)
    );
    assert!(!control.cancelled());
}

#[test]
fn a_deadline_says_how_long_it_was() {
    let control = Control::new(Cancel::new(), Duration::ZERO);
    let copy = control.clone();
    assert!(matches!(
        control.check(),
        Err(SpeechError::Deadline { seconds: 0 })
    ));
    assert_eq!(control.remaining(), Duration::ZERO);
    control.extend(Duration::from_secs(30));
    assert!(control.check().is_ok() && copy.check().is_ok());
    assert!(control.remaining() > Duration::from_secs(20));
}

#[test]
fn cancelling_comes_before_the_deadline() {
    let cancel = Cancel::new();
    let control = Control::new(cancel.clone(), Duration::ZERO);
    cancel.cancel();
    assert!(control.cancelled());
    assert!(matches!(control.check(), Err(SpeechError::Cancelled)));
}

#[test]
fn a_deadline_beyond_the_clock_is_a_day() {
    let control = Control::new(Cancel::new(), Duration::MAX);
    assert!(control.check().is_ok());
    assert!(
        control.remaining() > Duration::from_secs(86_000)
            && control.remaining() <= Duration::from_secs(86_400)
    );
}

#[derive(Debug)]
struct Plain;

impl Provider for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }
    fn backend(&self) -> String {
        String::new()
    }
    fn voices(&self) -> &[Voice] {
        &[]
    }
    fn limits(&self) -> Limits {
        Limits {
            first: 1,
            max: 1,
            growth: 1,
        }
    }
    fn ready(&self) -> Result<(), SpeechError> {
        Ok(())
    }
    fn synthesise(&self, _: &Request<'_>, _: &Control) -> Result<Sound, SpeechError> {
        Ok(Sound::default())
    }
}

#[test]
fn a_provider_has_no_model_unless_it_says_so() {
    assert_eq!(Plain.model_sha256(), None);
}

#[test]
fn a_call_takes_one_thread_and_little_memory_unless_the_provider_says_otherwise() {
    assert_eq!(
        Plain.footprint(),
        Footprint {
            threads: 1,
            memory: 16_777_216
        }
    );
}

#[test]
fn samples_alone_are_sound_without_words() {
    let sound = Sound::from(vec![0.5]);
    assert_eq!((sound.samples, sound.words), (vec![0.5], Vec::new()));
}
