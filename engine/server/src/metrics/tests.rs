use super::*;

const GAUGES: Gauges = Gauges {
    queue_depth: 3,
    active_requests: 2,
    rss_bytes: 4096,
    uptime_seconds: 1.5,
    cpu_seconds: Some(2.25),
    fallbacks: 6,
};

#[test]
fn the_exposition_holds_what_was_counted() {
    let metrics = Metrics::default();
    metrics.answered("/v1/tts", 200, None);
    metrics.answered("/v1/tts", 200, None);
    metrics.answered("unmatched", 404, Some("NOT_FOUND"));
    metrics.first_audio(0.05);
    metrics.first_audio(20.0);
    metrics.spoken(0.5, 2.0, 4);
    metrics.spoken(0.1, 0.0, 0);
    metrics.spelled(2);
    metrics.spelled(5);
    metrics.queued(0.01);
    metrics.queued(0.02);
    metrics.accepted(12, 3);
    metrics.accepted(1, 0);
    let page = metrics.exposition(GAUGES);
    let expected = [
        "# HELP tts_requests_total Requests answered, by route and status.\n# TYPE tts_requests_total counter",
        "tts_requests_total{route=\"/v1/tts\",status=\"200\"} 2",
        "tts_requests_total{route=\"unmatched\",status=\"404\"} 1",
        "tts_errors_total{code=\"NOT_FOUND\"} 1",
        "# TYPE tts_ttfa_seconds histogram",
        "tts_ttfa_seconds_bucket{le=\"0.025\"} 0",
        "tts_ttfa_seconds_bucket{le=\"0.05\"} 1",
        "tts_ttfa_seconds_bucket{le=\"10\"} 1",
        "tts_ttfa_seconds_bucket{le=\"+Inf\"} 2",
        "tts_ttfa_seconds_sum 20.05",
        "tts_ttfa_seconds_count 2",
        "tts_rtf_ratio_bucket{le=\"0.2\"} 0",
        "tts_rtf_ratio_bucket{le=\"0.4\"} 1",
        "tts_rtf_ratio_sum 0.25",
        "tts_rtf_ratio_count 1",
        "tts_underruns_total 4",
        "tts_queue_seconds_bucket{le=\"0.01\"} 1",
        "tts_queue_seconds_bucket{le=\"0.05\"} 2",
        "tts_queue_seconds_sum 0.03",
        "tts_queue_seconds_count 2",
        "# TYPE tts_fallbacks_total counter\ntts_fallbacks_total 6",
        "tts_characters_total 13",
        "tts_dropped_characters_total 3",
        "tts_spelled_words_total 7",
        "tts_audio_seconds_total 2",
        "tts_queue_depth 3",
        "tts_active_requests 2",
        "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 4096",
        "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 2.25",
        "process_uptime_seconds 1.5",
    ];
    for line in expected {
        assert!(
            page.contains(&format!("{line}\n")),
            "{line} is missing from\n{page}"
        );
    }
    let unknown = Gauges {
        cpu_seconds: None,
        ..GAUGES
    };
    let page = metrics.exposition(unknown);
    assert!(!page.contains("process_cpu_seconds_total"));
}

#[test]
fn the_summary_is_empty_before_the_first_request() {
    let summary = Metrics::default().summary();
    assert_eq!(
        summary,
        Summary {
            mean_synthesis_ms: None,
            speech_requests: 0,
            success_rate: None
        }
    );
}

#[test]
fn the_summary_counts_speech_only_and_every_outcome() {
    let metrics = Metrics::default();
    metrics.answered("/v1/tts", 200, None);
    metrics.answered("/v1/audio/speech", 422, Some("VALIDATION_ERROR"));
    metrics.answered("/health", 200, None);
    metrics.spoken(0.1, 1.0, 0);
    metrics.spoken(0.3, 1.0, 0);
    metrics.spoken(0.2, 1.0, 0);
    metrics.broken();
    let summary = metrics.summary();
    assert_eq!(summary.speech_requests, 2);
    assert_eq!(summary.success_rate, Some(0.75));
    assert!((summary.mean_synthesis_ms.unwrap() - 200.0).abs() < 1e-9);
}

#[test]
fn failures_alone_are_no_success() {
    let metrics = Metrics::default();
    metrics.broken();
    assert_eq!(
        metrics.summary(),
        Summary {
            mean_synthesis_ms: None,
            speech_requests: 0,
            success_rate: Some(0.0)
        }
    );
}
